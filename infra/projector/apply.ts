import { parseId, type StreamName } from '#domain/ids.ts';
import type { RecordedEvent } from '#domain/message.ts';
import type { ViewReads, ViewWrite } from '#domain/ports.ts';
import { breathe } from '#infra/eventloop/turns.ts';
import type { Projection, Target } from '#projections/projection.ts';
import type { ChangedDocument } from './announcements.ts';
import type { FeedItem } from './feed.ts';
import { errorCode, errorFrames } from './parked.ts';
import { rollupWrites } from './rollups.ts';

/** Documents loaded at one go, about 5 µs each. */
const LOADED_AT_ONCE = 200;

/** An event that the projection cannot apply. Its stream waits from here on. */
export type Poison = {
  readonly stream: StreamName;
  readonly revision: bigint;
  readonly position: bigint;
  readonly eventType: string | null;
  readonly code: string;
  /** Where it was thrown: functions, files and lines of the program. */
  readonly frames: readonly string[];
};

export type Applied = {
  readonly writes: readonly ViewWrite[];
  readonly changed: readonly ChangedDocument[];
  readonly poison: readonly Poison[];
};

/**
 * A document as the batch sees it. `applied` is stored with it: for each guarded source stream the revision that it has taken in, so that
 * an event reaches a document once, whatever comes again or late.
 */
type Slot = {
  readonly target: Target;
  /** As it was loaded, before the batch. */
  readonly loaded: object | null;
  readonly document: object | null;
  readonly applied: Readonly<Record<string, number>>;
  readonly dirty: boolean;
};
/** Of a document that no stream is guarded for: not stored. */
const NONE: Readonly<Record<string, number>> = {};
type Stored = { readonly applied?: Readonly<Record<string, number>> };
/** A target with its key, made once: a batch looks each up several times. */
type Aim = { readonly target: Target; readonly key: string };
type Step = { readonly event: RecordedEvent; readonly aims: readonly Aim[] };
type Options = {
  readonly projection: Projection;
  readonly views: Pick<ViewReads, 'getMany'>;
  readonly waiting: (stream: StreamName) => boolean;
};

/** Applies items in order to the documents they touch. An event changes all of its documents or none. */
export const applyItems = async (items: readonly FeedItem[], options: Options): Promise<Applied> => {
  const poison = new Map<StreamName, Poison>();
  const steps = routeItems(items, options, poison);
  const slots = await loadSlots(steps, options.views);
  for (const step of steps) {
    const { stream, position } = step.event;
    const parkedAt = poison.get(stream)?.position;
    if (parkedAt !== undefined && parkedAt <= position) continue;
    try {
      evolveStep(step, options.projection, slots);
    } catch (error) {
      poison.set(stream, poisonOf(step.event, error));
    }
    const turn = breathe();
    if (turn !== undefined) await turn;
  }
  // A document that came and went within the batch was never there.
  const dirty = [...slots.values()].filter((slot) => slot.dirty && (slot.document !== null || slot.loaded !== null));
  const moved = dirty.map(({ target, loaded, document }) => ({ target, before: loaded, after: document }));
  const sums = await rollupWrites(moved, options.projection, options.views);
  const changed = [...dirty.map(({ target, document }) => changedOf(target, document)), ...sums.map((sum) => changedOf(sum, sum.document))];
  return { writes: [...dirty.map(writeOf), ...sums], changed, poison: [...poison.values()] };
};

const changedOf = ({ collection, id }: Target, document: object | null): ChangedDocument => ({
  collection,
  id,
  tenant: document !== null && 'tenant' in document ? parseId<'tenant'>(document.tenant) : null,
});

const keyOf = (target: Target): string => `${target.collection}/${target.id}`;

const poisonOf = (event: RecordedEvent, error: unknown): Poison => {
  const { stream, revision, position, type } = event;
  return { stream, revision, position, eventType: type, code: errorCode(error), frames: errorFrames(error) };
};

const routeItems = (items: readonly FeedItem[], { projection, waiting }: Options, poison: Map<StreamName, Poison>): readonly Step[] => {
  const steps: Step[] = [];
  for (const item of items) {
    const stream = item.kind === 'event' ? item.event.stream : item.place.stream;
    if (waiting(stream) || poison.has(stream)) continue;
    if (item.kind === 'unreadable') {
      poison.set(stream, { ...item.place, eventType: null, code: item.code, frames: [] });
      continue;
    }
    try {
      const targets = projection.route(item.event);
      if (targets.length > 0) steps.push({ event: item.event, aims: targets.map((target) => ({ target, key: keyOf(target) })) });
    } catch (error) {
      poison.set(stream, poisonOf(item.event, error));
    }
  }
  return steps;
};

const loadSlots = async (steps: readonly Step[], views: Pick<ViewReads, 'getMany'>): Promise<Map<string, Slot>> => {
  const slots = new Map<string, Slot>();
  const wanted = new Map<string, string[]>();
  for (const { aims } of steps) {
    for (const { target, key } of aims) {
      if (slots.has(key)) continue;
      slots.set(key, slotOf({ collection: target.collection, id: target.id }, null));
      const ids = wanted.get(target.collection);
      if (ids === undefined) wanted.set(target.collection, [target.id]);
      else ids.push(target.id);
    }
  }
  for (const [collection, ids] of wanted) {
    for (let start = 0; start < ids.length; start += LOADED_AT_ONCE) {
      const found = await views.getMany<object>(collection, ids.slice(start, start + LOADED_AT_ONCE));
      for (const [id, stored] of found) {
        const target = { collection, id };
        slots.set(keyOf(target), slotOf(target, stored));
      }
      await breathe();
    }
  }
  return slots;
};

const slotOf = (target: Target, stored: (object & Stored) | null): Slot => {
  if (stored === null) return { target, loaded: null, document: null, applied: NONE, dirty: false };
  const { applied = NONE, ...document } = stored;
  return { target, loaded: document, document, applied, dirty: false };
};

/** Takes an event into the documents it touches; into none of them when one of them cannot take it. */
const evolveStep = ({ event, aims }: Step, projection: Projection, slots: Map<string, Slot>): void => {
  const [only, second] = aims;
  if (only !== undefined && second === undefined) {
    const before = slots.get(only.key) ?? slotOf(only.target, null);
    const after = evolveSlot(before, event, projection, only.target);
    if (after !== before) slots.set(only.key, after);
    return;
  }
  const staged = new Map<string, Slot>();
  for (const { target, key } of aims)
    staged.set(key, evolveSlot(staged.get(key) ?? slots.get(key) ?? slotOf(target, null), event, projection, target));
  for (const [key, slot] of staged) slots.set(key, slot);
};

const evolveSlot = (slot: Slot, event: RecordedEvent, projection: Projection, target: Target): Slot => {
  const revision = Number(event.revision);
  const guarded = projection.guard?.(event, target) ?? true;
  if (guarded && (slot.applied[event.stream] ?? -1) >= revision) return slot;
  const document = projection.evolve(slot.document, event, target);
  if (document === slot.document && (document === null || !guarded)) return slot;
  const applied = guarded ? { ...slot.applied, [event.stream]: revision } : slot.applied;
  return { target: slot.target, loaded: slot.loaded, document, applied, dirty: true };
};

const writeOf = ({ target, document, applied }: Slot): ViewWrite => {
  if (document === null) return { ...target, document: null };
  return { ...target, document: applied === NONE ? document : { ...document, applied } };
};

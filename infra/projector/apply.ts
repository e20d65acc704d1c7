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
type Stored = { readonly applied?: Readonly<Record<string, number>> };
type Step = { readonly event: RecordedEvent; readonly targets: readonly Target[] };
type Options = { readonly projection: Projection; readonly views: ViewReads; readonly waiting: (stream: StreamName) => boolean };

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
      for (const slot of evolveStep(step, options.projection, slots)) slots.set(keyOf(slot.target), slot);
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
      if (targets.length > 0) steps.push({ event: item.event, targets });
    } catch (error) {
      poison.set(stream, poisonOf(item.event, error));
    }
  }
  return steps;
};

const loadSlots = async (steps: readonly Step[], views: ViewReads): Promise<Map<string, Slot>> => {
  const wanted = new Map<string, Map<string, Target>>();
  for (const target of steps.flatMap((step) => step.targets)) {
    const ofCollection = wanted.get(target.collection) ?? new Map<string, Target>();
    wanted.set(target.collection, ofCollection.set(target.id, { collection: target.collection, id: target.id }));
  }
  const slots = new Map<string, Slot>();
  for (const [collection, targets] of wanted) {
    const ids = [...targets.keys()];
    for (let start = 0; start < ids.length; start += LOADED_AT_ONCE) {
      const found = await views.getMany<object>(collection, ids.slice(start, start + LOADED_AT_ONCE));
      for (const id of ids.slice(start, start + LOADED_AT_ONCE))
        slots.set(`${collection}/${id}`, slotOf({ collection, id }, found.get(id) ?? null));
      await breathe();
    }
  }
  return slots;
};

const slotOf = (target: Target, stored: (object & Stored) | null): Slot => {
  if (stored === null) return { target, loaded: null, document: null, applied: {}, dirty: false };
  const { applied = {}, ...document } = stored;
  return { target, loaded: document, document, applied, dirty: false };
};

const evolveStep = ({ event, targets }: Step, projection: Projection, slots: ReadonlyMap<string, Slot>): Iterable<Slot> => {
  const staged = new Map<string, Slot>();
  const revision = Number(event.revision);
  for (const target of targets) {
    const key = keyOf(target);
    const slot = staged.get(key) ?? slots.get(key) ?? slotOf(target, null);
    const guarded = projection.guard?.(event, target) ?? true;
    if (guarded && (slot.applied[event.stream] ?? -1) >= revision) continue;
    const document = projection.evolve(slot.document, event, target);
    const unchanged = document === slot.document && (document === null || !guarded);
    const applied = guarded ? { ...slot.applied, [event.stream]: revision } : slot.applied;
    staged.set(key, unchanged ? slot : { ...slot, document, applied, dirty: true });
  }
  return staged.values();
};

const writeOf = ({ target, document, applied }: Slot): ViewWrite => {
  if (document === null) return { ...target, document: null };
  return { ...target, document: Object.keys(applied).length === 0 ? document : { ...document, applied } };
};

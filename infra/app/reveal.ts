import type { SubjectId } from '#domain/ids.ts';
import type { PersonalClass } from '#domain/personal.ts';
import type { RevealItem } from '#domain/reveal/commands.ts';
import type { RevealPurpose } from '#domain/reveal/events.ts';
import type { SealedHandle } from '#domain/sealed-handle.ts';
import { StoreFault } from '#infra/sqlite/store-fault.ts';
import type { Shown, Viewer } from '#projections/shown.ts';
import type { Opened, Vault } from '#vault/vault.ts';
import { denialOf } from './access.ts';
import { revealAggregate } from './aggregates.ts';
import { viewerContext } from './context.ts';
import type { CommandHandler } from './handle-command.ts';
import { type Mask, masked } from './mask.ts';
import type { WorkInFlight } from './work-in-flight.ts';

/** One value that a page wants: its handle (null when the event never carried it) and how much of it. */
export type Wanted = { readonly handle: SealedHandle | null; readonly mask: Mask };

export type Reveal = {
  /**
   * Authorises, records, then opens in one batch; answers in the order of `wanted`. A denied reveal is recorded and shows nothing. While the
   * log cannot be written, what was not recorded before is `unavailable` (`not-recorded`): the page stands, without the values.
   */
  readonly show: (viewer: Viewer, purpose: RevealPurpose, wanted: readonly Wanted[]) => Promise<readonly Shown[] | 'denied'>;
  /** One file, on the same terms. */
  readonly bytes: (viewer: Viewer, purpose: RevealPurpose, handle: SealedHandle) => Promise<Opened<Uint8Array> | 'denied'>;
  /** Labels of numbers and organisations: business data that every member sees, sealed because it may name a person; not recorded. */
  readonly labels: (handles: readonly (SealedHandle | null)[]) => Promise<readonly Shown[]>;
};

type Parts = { readonly vault: Vault; readonly handler: CommandHandler; readonly inFlight: WorkInFlight };

/** Most subjects named in one event: a page of 50 conversations with their assignees stays below it. */
const MAX_ITEMS = 200;

export const createReveal = ({ vault, handler, inFlight }: Parts): Reveal => {
  const recorded = async (viewer: Viewer, purpose: RevealPurpose, wanted: readonly Wanted[]): Promise<boolean> => {
    const handles = wanted.flatMap(({ handle }) => (handle === null ? [] : [handle]));
    const who = { sessionId: viewer.sessionId, accountId: viewer.accountId, role: viewer.role, purpose };
    const reason = denialOf(
      viewer,
      purpose,
      wanted.flatMap(({ handle, mask }) => (handle === null ? [] : [{ handle, full: mask === 'none' }])),
    );
    if (reason !== null) {
      const items = itemsOf(handles).slice(0, MAX_ITEMS);
      await handler.handle(
        revealAggregate,
        viewer.sessionId,
        { type: 'RecordDenial', reason, items, ...who },
        viewerContext(viewer),
        () => null,
      );
      return false;
    }
    for (const level of ['full', 'masked'] as const) {
      const items = itemsOf(
        wanted.flatMap(({ handle, mask }) => (handle !== null && (mask === 'none') === (level === 'full') ? [handle] : [])),
      );
      for (let from = 0; from < items.length; from += MAX_ITEMS) {
        const command = { type: 'RecordReveal', level, items: items.slice(from, from + MAX_ITEMS), ...who } as const;
        await handler.handle(revealAggregate, viewer.sessionId, command, viewerContext(viewer), () => null);
      }
    }
    return true;
  };
  return {
    show: (viewer, purpose, wanted) =>
      inFlight.during(viewer.tenant, async () => {
        try {
          return (await recorded(viewer, purpose, wanted)) ? await shownOf(vault, wanted) : 'denied';
        } catch (error) {
          if (!isLogClosedToWriting(error)) throw error;
          return wanted.map(({ handle }): Shown =>
            handle === null ? { state: 'absent' } : { state: 'unavailable', reason: 'not-recorded' },
          );
        }
      }),
    bytes: (viewer, purpose, handle) =>
      inFlight.during(viewer.tenant, async () =>
        (await recorded(viewer, purpose, [{ handle, mask: 'none' }])) ? vault.openBytes(handle) : 'denied',
      ),
    labels: (handles) =>
      shownOf(
        vault,
        handles.map((handle) => ({ handle, mask: 'none' })),
      ),
  };
};

/** The log itself refuses writing, and goes on being read: a full or read-only disk, or damage. */
const isLogClosedToWriting = (error: unknown): boolean =>
  error instanceof StoreFault && (error.code === 'STORE_FULL' || error.code === 'STORE_READ_ONLY' || error.code === 'STORE_DAMAGED');

/** Subjects with the classes of theirs that are about to be shown, in a steady order. */
const itemsOf = (handles: readonly SealedHandle[]): readonly RevealItem[] => {
  const bySubject = new Map<SubjectId, Set<PersonalClass>>();
  for (const { subject, class: personalClass } of handles) {
    const classes = bySubject.get(subject) ?? new Set();
    bySubject.set(subject, classes.add(personalClass));
  }
  return [...bySubject].map(([subjectId, classes]) => ({ subjectId, classes: [...classes].sort() }));
};

const shownOf = async (vault: Vault, wanted: readonly Wanted[]): Promise<readonly Shown[]> => {
  const present = wanted.flatMap(({ handle }) => (handle === null ? [] : [handle]));
  const opened = (await vault.open(present)).values();
  return wanted.map(({ handle, mask }) => {
    if (handle === null) return { state: 'absent' };
    const next = opened.next().value;
    return next === undefined ? { state: 'unavailable', reason: 'payload-missing' } : shown(next, mask);
  });
};

const shown = (opened: Opened<string>, mask: Mask): Shown => {
  switch (opened.kind) {
    case 'value':
      return { state: 'value', text: masked(mask, opened.value), masked: mask !== 'none' };
    case 'erased':
      return { state: 'erased', certificate: opened.certificate, at: opened.erasedAt };
    case 'unavailable':
      return { state: 'unavailable', reason: opened.reason };
    case 'tampered':
      return { state: 'tampered' };
  }
};

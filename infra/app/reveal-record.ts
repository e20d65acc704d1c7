import type { IsoTime, SubjectId } from '#domain/ids.ts';
import type { PersonalClass } from '#domain/personal.ts';
import type { RevealCommand, RevealItem } from '#domain/reveal/commands.ts';
import { limitCode } from '#domain/reveal/decider.ts';
import { revealLimits, type RevealPurpose, type SearchKind } from '#domain/reveal/events.ts';
import type { SealedHandle } from '#domain/sealed-handle.ts';
import type { Log } from '#infra/log.ts';
import type { Viewer } from '#projections/shown.ts';
import { denialOf } from './access.ts';
import { revealAggregate } from './aggregates.ts';
import { viewerContext } from './context.ts';
import type { CommandHandler, Outcome } from './handle-command.ts';
import { derivedId } from './new-id.ts';
import type { Wanted } from './mask.ts';

type Parts = {
  readonly handler: Pick<CommandHandler, 'handle'>;
  readonly log: Pick<Log, 'warn'>;
  readonly refusals: Pick<RevealRefusals, 'count'>;
};

/** `denied`: not this person, or not for this. `limited`: this account has seen as many people as an hour allows. Both are recorded. */
export type Withheld = 'denied' | 'limited';

/** Most subjects named in one event: a page of 50 conversations with their assignees stays below it. */
const MAX_ITEMS = 200;

/** Writes down who is about to see whose values, and why, or that they may not. Nothing leaves before this has resolved. */
export const createRecord = ({ handler, log, refusals }: Parts) => {
  const tell = (viewer: Viewer, purpose: RevealPurpose, command: Told): Promise<Outcome> => {
    const who = { sessionId: viewer.sessionId, accountId: viewer.accountId, role: viewer.role, purpose };
    const context = viewerContext(viewer);
    return handler.handle(revealAggregate, streamOf(viewer, context.at), { ...command, ...who }, context, () => null);
  };

  /** @returns whether the limit allowed it; when not, that too is recorded: the signal of an account that looks at too many people */
  const withinLimit = async (viewer: Viewer, purpose: RevealPurpose, command: Told, items: readonly RevealItem[]): Promise<boolean> => {
    const outcome = await tell(viewer, purpose, command);
    if (outcome.kind === 'done') return true;
    const limit = revealLimits.find((each) => limitCode(each) === outcome.refusal.code) ?? 'conversations';
    await tell(viewer, purpose, { type: 'RecordLimit', limit, items });
    refusals.count(limit);
    log.warn('reveal.limit-reached', { tenant: viewer.tenant, account: viewer.accountId, reason: limit });
    return false;
  };

  return {
    reveal: async (viewer: Viewer, purpose: RevealPurpose, wanted: readonly Wanted[]): Promise<Withheld | null> => {
      const present = wanted.flatMap(({ handle, mask }) => (handle === null ? [] : [{ handle, full: mask === 'none' }]));
      const reason = denialOf(viewer, purpose, present);
      if (reason !== null) {
        const items = itemsOf(present.map(({ handle }) => handle)).slice(0, MAX_ITEMS);
        await tell(viewer, purpose, { type: 'RecordDenial', reason, items });
        refusals.count(reason);
        return 'denied';
      }
      for (const level of ['full', 'masked'] as const) {
        const items = itemsOf(present.flatMap(({ handle, full }) => (full === (level === 'full') ? [handle] : [])));
        for (let from = 0; from < items.length; from += MAX_ITEMS) {
          const some = items.slice(from, from + MAX_ITEMS);
          if (!(await withinLimit(viewer, purpose, { type: 'RecordReveal', level, items: some }, some))) return 'limited';
        }
      }
      return null;
    },
    search: (viewer: Viewer, by: SearchKind, found: number): Promise<boolean> =>
      withinLimit(viewer, 'answer-customer', { type: 'RecordSearch', by, found }, []),
  };
};

type Who = 'sessionId' | 'accountId' | 'role' | 'purpose';
/** A command without who gives it. */
type Told = RevealCommand extends infer Each ? (Each extends RevealCommand ? Omit<Each, Who> : never) : never;

/** One small stream per account and day (UTC): it folds quickly, also in a year, and all sessions of the account count together. */
const streamOf = ({ accountId }: Viewer, at: IsoTime): string => derivedId<'reveal'>(accountId, 'reveals', at.slice(0, 10));

/** Subjects with the classes of theirs that are about to be shown, in a steady order. */
const itemsOf = (handles: readonly SealedHandle[]): readonly RevealItem[] => {
  const bySubject = new Map<SubjectId, Set<PersonalClass>>();
  for (const { subject, class: personalClass } of handles) {
    const classes = bySubject.get(subject) ?? new Set();
    bySubject.set(subject, classes.add(personalClass));
  }
  return [...bySubject].map(([subjectId, classes]) => ({ subjectId, classes: [...classes].sort() }));
};

/** Why a reveal or a search was refused: the reason of a denial, or the limit that was reached. */
export const refusalReasons = ['role', 'purpose', 'other-organisation', ...revealLimits] as const;
export type RefusalReason = (typeof refusalReasons)[number];

/** Reveals and searches that this process refused, for `/metrics`. */
export type RevealRefusals = { readonly count: (reason: RefusalReason) => void; readonly counts: () => ReadonlyMap<RefusalReason, number> };

export const createRefusals = (): RevealRefusals => {
  const counts = new Map<RefusalReason, number>(refusalReasons.map((reason) => [reason, 0]));
  return {
    count: (reason) => {
      counts.set(reason, (counts.get(reason) ?? 0) + 1);
    },
    counts: () => counts,
  };
};

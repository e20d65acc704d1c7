import { accept, type At, type Decider, type Decision, nothing, refuse } from '../decider.ts';
import type { IsoTime } from '../ids.ts';
import type { PersonalClass } from '../personal.ts';
import { REVEAL_LIMITS, REVEAL_REPEAT_MS, type RevealCommand, type RevealItem } from './commands.ts';
import type { RevealEvent, RevealLimit, RevealPurpose } from './events.ts';

/** Something seen or refused: when, whose, and which limit it counts for. */
type Seen = { readonly at: IsoTime; readonly subjectId: string; readonly counts: RevealLimit | null };

/** What an account saw, was refused and looked for in the last `REVEAL_REPEAT_MS`; older entries are dropped. */
export type RevealState = {
  /** By `keyOf`. */
  readonly seen: ReadonlyMap<string, Seen>;
  readonly searches: readonly IsoTime[];
  /** When each limit was last told of. */
  readonly reached: Readonly<Partial<Record<RevealLimit, IsoTime>>>;
};

type Decided = Decision<RevealEvent<'plain'>>;
type Command<T extends RevealCommand['type']> = Extract<RevealCommand, { type: T }> & At;

/** Levels of a reveal, reasons of a denial: the same person and class under another one, or in another session, is news. */
type Heading = { readonly sessionId: string; readonly purpose: RevealPurpose; readonly outcome: string };

const keyOf = ({ sessionId, purpose, outcome }: Heading, subjectId: string, personalClass: string): string =>
  [sessionId, purpose, outcome, subjectId, personalClass].join('|');

const isRecent = (then: IsoTime | undefined, at: IsoTime): boolean =>
  then !== undefined && Date.parse(at) - Date.parse(then) < REVEAL_REPEAT_MS;

/** Purposes that are about customers; colleagues and numbers are few, and no limit counts them. */
const ABOUT_CUSTOMERS: readonly RevealPurpose[] = ['answer-customer', 'identify-customer', 'handle-request', 'investigate'];

/** The limit that a value counts for; what stands behind a mask counts for none. */
const limitOf = ({ purpose, outcome }: Heading, personalClass: PersonalClass): RevealLimit | null => {
  if (outcome !== 'full' || !ABOUT_CUSTOMERS.includes(purpose)) return null;
  return personalClass === 'profile' ? 'identifiers' : 'conversations';
};

/** The items without what was recorded a short time ago, each subject and class once. */
const newItems = ({ seen }: RevealState, heading: Heading, items: readonly RevealItem[], at: IsoTime) => {
  const taken = new Set<string>();
  const isNew = (key: string): boolean => {
    if (taken.has(key) || isRecent(seen.get(key)?.at, at)) return false;
    taken.add(key);
    return true;
  };
  return items
    .map(({ subjectId, classes }) => ({
      subjectId,
      classes: classes.filter((personalClass) => isNew(keyOf(heading, subjectId, personalClass))),
    }))
    .filter(({ classes }) => classes.length > 0);
};

/** The limit that these items would break: all of them are refused, so that a page is whole or says why it is not. */
const brokenLimit = ({ seen }: RevealState, heading: Heading, items: readonly RevealItem[], at: IsoTime): RevealLimit | null => {
  for (const limit of ['identifiers', 'conversations'] as const) {
    const wanted = items
      .filter(({ classes }) => classes.some((each) => limitOf(heading, each) === limit))
      .map(({ subjectId }) => subjectId);
    if (wanted.length === 0) continue;
    const known = [...seen.values()].filter(({ counts, at: then }) => counts === limit && isRecent(then, at));
    const people = new Set<string>(known.map(({ subjectId }) => subjectId));
    const before = people.size;
    for (const subjectId of wanted) people.add(subjectId);
    if (people.size > before && people.size > REVEAL_LIMITS[limit]) return limit;
  }
  return null;
};

const reveal = (state: RevealState, { type: _type, level, items, at, ...who }: Command<'RecordReveal'>): Decided => {
  const heading = { ...who, outcome: level };
  const shown = newItems(state, heading, items, at);
  if (shown.length === 0) return nothing();
  const limit = brokenLimit(state, heading, shown, at);
  if (limit !== null) return refuse('conflict', limitCode(limit));
  return accept({ type: 'ValuesRevealed', data: { ...who, level, items: shown, revealedAt: at }, personal: {} });
};

const deny = (state: RevealState, { type: _type, reason, items, at, ...who }: Command<'RecordDenial'>): Decided => {
  const refused = newItems(state, { ...who, outcome: `denied:${reason}` }, items, at);
  if (refused.length === 0) return nothing();
  return accept({ type: 'RevealDenied', data: { ...who, reason, items: refused, deniedAt: at }, personal: {} });
};

const search = (state: RevealState, { type: _type, by, found, at, ...who }: Command<'RecordSearch'>): Decided => {
  const recent = state.searches.filter((then) => isRecent(then, at)).length;
  if (recent >= REVEAL_LIMITS.searches) return refuse('conflict', limitCode('searches'));
  return accept({ type: 'PeopleSearched', data: { ...who, by, found, searchedAt: at }, personal: {} });
};

/** The signal once an hour, and each person who was not shown. */
const reach = (state: RevealState, { type: _type, limit, items, at, ...who }: Command<'RecordLimit'>): Decided => {
  const denied = deny(state, { type: 'RecordDenial', reason: 'limit', items, at, ...who });
  const events = denied.kind === 'accepted' ? denied.events : [];
  if (isRecent(state.reached[limit], at)) return accept(...events);
  const perHour = REVEAL_LIMITS[limit];
  return accept({ type: 'RevealLimitReached', data: { ...who, limit, perHour, reachedAt: at }, personal: {} }, ...events);
};

const decide = (state: RevealState, command: RevealCommand & At): Decided => {
  switch (command.type) {
    case 'RecordReveal':
      return reveal(state, command);
    case 'RecordDenial':
      return deny(state, command);
    case 'RecordSearch':
      return search(state, command);
    case 'RecordLimit':
      return reach(state, command);
  }
};

/** The refusal's code for a limit, and back. */
export const limitCode = (limit: RevealLimit): string => `limit-${limit}`;

const remember = (state: RevealState, heading: Heading, items: readonly RevealItem[], at: IsoTime): RevealState => {
  const kept = [...state.seen].filter(([, { at: then }]) => isRecent(then, at));
  const added = items.flatMap(({ subjectId, classes }) =>
    classes.map((each) => [keyOf(heading, subjectId, each), { at, subjectId, counts: limitOf(heading, each) }] as const),
  );
  return { ...state, seen: new Map([...kept, ...added]) };
};

const evolve = (state: RevealState, { type, data }: RevealEvent<'sealed'>): RevealState => {
  switch (type) {
    case 'ValuesRevealed':
      return remember(state, { ...data, outcome: data.level }, data.items, data.revealedAt);
    case 'RevealDenied':
      return remember(state, { ...data, outcome: `denied:${data.reason}` }, data.items, data.deniedAt);
    case 'PeopleSearched':
      return { ...state, searches: [...state.searches.filter((then) => isRecent(then, data.searchedAt)), data.searchedAt] };
    case 'RevealLimitReached':
      return { ...state, reached: { ...state.reached, [data.limit]: data.reachedAt } };
  }
};

/** Needs no facts: the account's own stream of the day knows what it was shown. */
export const revealDecider: Decider<RevealState, RevealCommand & At, null, RevealEvent<'plain'>, RevealEvent<'sealed'>> = {
  category: 'reveal',
  initial: { seen: new Map(), searches: [], reached: {} },
  decide,
  evolve,
};

import { accept, type At, type Decider, type Decision, nothing } from '../decider.ts';
import type { IsoTime } from '../ids.ts';
import { REVEAL_REPEAT_MS, type RevealCommand, type RevealItem } from './commands.ts';
import type { RevealEvent } from './events.ts';

/** What one session was shown or refused in the last `REVEAL_REPEAT_MS`, by `keyOf`, with the time. Older entries are dropped. */
export type RevealState = ReadonlyMap<string, IsoTime>;

/** Levels of a reveal, reasons of a denial: the same person and class under another one is news. */
type Heading = { readonly purpose: string; readonly outcome: string };

const keyOf = ({ purpose, outcome }: Heading, subjectId: string, personalClass: string): string =>
  [purpose, outcome, subjectId, personalClass].join('|');

const isRecent = (then: IsoTime | undefined, at: IsoTime): boolean =>
  then !== undefined && Date.parse(at) - Date.parse(then) < REVEAL_REPEAT_MS;

/** The items without what was recorded a short time ago, each subject and class once. */
const newItems = (state: RevealState, heading: Heading, items: readonly RevealItem[], at: IsoTime) => {
  const taken = new Set<string>();
  const isNew = (key: string): boolean => {
    if (taken.has(key) || isRecent(state.get(key), at)) return false;
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

const decide = (state: RevealState, command: RevealCommand & At): Decision<RevealEvent<'plain'>> => {
  const { sessionId, accountId, role, purpose, at } = command;
  switch (command.type) {
    case 'RecordReveal': {
      const { level } = command;
      const items = newItems(state, { purpose, outcome: level }, command.items, at);
      if (items.length === 0) return nothing();
      return accept({ type: 'ValuesRevealed', data: { sessionId, accountId, role, purpose, level, items, revealedAt: at }, personal: {} });
    }
    case 'RecordDenial': {
      const { reason } = command;
      const items = newItems(state, { purpose, outcome: `denied:${reason}` }, command.items, at);
      if (items.length === 0) return nothing();
      return accept({ type: 'RevealDenied', data: { sessionId, accountId, role, purpose, reason, items, deniedAt: at }, personal: {} });
    }
  }
};

const remember = (state: RevealState, heading: Heading, items: RevealEvent<'sealed'>['data']['items'], at: IsoTime): RevealState => {
  const kept = [...state].filter(([, then]) => isRecent(then, at));
  const added = items.flatMap(({ subjectId, classes }) =>
    classes.map((personalClass) => [keyOf(heading, subjectId, personalClass), at] as const),
  );
  return new Map([...kept, ...added]);
};

const evolve = (state: RevealState, event: RevealEvent<'sealed'>): RevealState => {
  const { purpose, items } = event.data;
  switch (event.type) {
    case 'ValuesRevealed':
      return remember(state, { purpose, outcome: event.data.level }, items, event.data.revealedAt);
    case 'RevealDenied':
      return remember(state, { purpose, outcome: `denied:${event.data.reason}` }, items, event.data.deniedAt);
  }
};

/** Needs no facts: the session's own stream knows what it was shown. */
export const revealDecider: Decider<RevealState, RevealCommand & At, null, RevealEvent<'plain'>, RevealEvent<'sealed'>> = {
  category: 'reveal',
  initial: new Map(),
  decide,
  evolve,
};

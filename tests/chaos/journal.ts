import type { Arrival, Counts, Keyed, LoadRecord, Setting, Sighting, Told, Written } from './record.ts';

type Open<T> = { -readonly [K in keyof T]: T[K] };

/** The record while it is being written. */
export type Journal = {
  readonly written: Open<Written>[];
  readonly keyed: Open<Keyed>[];
  readonly settings: Setting[];
  readonly arrivals: Arrival[];
  readonly told: Told[];
  readonly sightings: Sighting[];
  deliveries: number;
  repeatedDeliveries: number;
  repeatedCommands: number;
  readonly otherAnswers: Map<string, number>;
};

export const newJournal = (): Journal => ({
  written: [],
  keyed: [],
  settings: [],
  arrivals: [],
  told: [],
  sightings: [],
  deliveries: 0,
  repeatedDeliveries: 0,
  repeatedCommands: 0,
  otherAnswers: new Map(),
});

/** Notes how a request ended. @returns whether it was answered 200. */
export const noteAnswer = ({ otherAnswers }: Journal, status: number | null): boolean => {
  if (status === 200) return true;
  const name = String(status ?? 'none');
  otherAnswers.set(name, (otherAnswers.get(name) ?? 0) + 1);
  return false;
};

export const recordOf = ({ written, keyed, settings, arrivals, told, sightings }: Journal): LoadRecord => ({
  written,
  keyed,
  settings,
  arrivals,
  told,
  sightings,
});

export const countsOf = (journal: Journal): Counts => ({
  written: journal.written.length,
  writtenAcknowledged: count(journal.written),
  deliveries: journal.deliveries,
  repeatedDeliveries: journal.repeatedDeliveries,
  commands: journal.keyed.length + journal.settings.length,
  commandsAcknowledged: count(journal.keyed) + count(journal.settings),
  repeatedCommands: journal.repeatedCommands,
  arrivals: journal.arrivals.length,
  statuses: journal.told.length,
  otherAnswers: Object.fromEntries(journal.otherAnswers),
});

const count = (items: readonly { readonly acknowledged: boolean }[]): number => items.filter(({ acknowledged }) => acknowledged).length;

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
});

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
});

const count = (items: readonly { readonly acknowledged: boolean }[]): number => items.filter(({ acknowledged }) => acknowledged).length;

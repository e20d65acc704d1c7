import type { Person } from '../shown.ts';

/** The dashboard's answer, ready to be shown. */

export const dashboardRanges = [7, 30, 90] as const;
/** Days, today included. */
export type DashboardRange = (typeof dashboardRanges)[number];

/** Durations, in milliseconds, each within `relativeError` of the page; null when there was none. */
export type Durations = { readonly count: number; readonly medianMs: number | null; readonly p90Ms: number | null };

export type DashboardFigures = {
  /** Messages of customers, and replies. */
  readonly received: number;
  readonly sent: number;
  /** Conversations begun or opened again. */
  readonly opened: number;
  readonly resolved: number;
  /** From the first message of a customer that nobody had answered to the next reply, on the day of the reply. */
  readonly firstResponse: Durations;
  /** From opening to resolving, on the day of resolving. */
  readonly resolution: Durations;
};

export type Workload = {
  readonly person: Person;
  /** Now. */
  readonly open: number;
  readonly waiting: number;
  /** In the period. */
  readonly replies: number;
  readonly resolved: number;
};

export type DashboardPage = {
  readonly days: DashboardRange;
  /** First and last day, `2026-11-24`; days are days in UTC. */
  readonly from: string;
  readonly to: string;
  readonly total: DashboardFigures;
  /** As many days before; messages of its last day no further than the hour that it is now. */
  readonly before: DashboardFigures;
  readonly byDay: readonly ({ readonly day: string } & DashboardFigures)[];
  /** Messages of customers: seven days from Monday on, 24 hours each. */
  readonly byHour: readonly (readonly number[])[];
  /** Conversations now. `waiting`: open, and the customer wrote last. */
  readonly now: {
    readonly open: number;
    readonly waiting: number;
    readonly unassigned: number;
    readonly unassignedWaiting: number;
    readonly resolved: number;
  };
  readonly agents: readonly Workload[];
  readonly relativeError: number;
};

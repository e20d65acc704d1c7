import type { AccountId, IsoTime, TenantId } from '#domain/ids.ts';

/** What documents of the log count for: ids, codes and times, never a value. Collection `contribution`. */
export const CONTRIBUTION = 'contribution';
/** Sums of one organisation and one day. Id = `<tenant>.<day>`. */
export const DASHBOARD_DAY = 'dashboardDay';
/** What is open in one organisation now. Id = the tenant. */
export const DASHBOARD_NOW = 'dashboardNow';

/** One message: id = the message. */
export type MessageContribution = {
  readonly kind: 'message';
  readonly tenant: TenantId;
  readonly direction: 'in' | 'out';
  readonly at: IsoTime;
  /** Who wrote a reply. */
  readonly by: AccountId | null;
};

/** One conversation: id = the conversation. */
export type ConversationContribution = {
  readonly kind: 'conversation';
  readonly tenant: TenantId;
  /** Null while only its messages were heard of. */
  readonly status: 'open' | 'resolved' | 'erased' | null;
  readonly assignee: AccountId | null;
  /** When it was opened the last time. */
  readonly openedAt: IsoTime | null;
  /** Latest message of the customer and latest reply. */
  readonly lastIn: IsoTime | null;
  readonly lastOut: IsoTime | null;
  /** What its openings and resolutions count for, by day. Grows with the days on which it was opened or resolved, some 40 bytes each. */
  readonly days: Readonly<Record<string, Readonly<Record<string, number>>>>;
};

/** When the two sides of one conversation wrote in one month, and in the week before it: id = `<conversation>.<month>`. */
export type TurnsContribution = {
  readonly kind: 'turns';
  readonly tenant: TenantId;
  /** `2026-11` */
  readonly month: string;
  /** Milliseconds from the start of the month, ascending, each time once. */
  readonly in: readonly number[];
  readonly out: readonly number[];
};

export type Contribution = MessageContribution | ConversationContribution | TurnsContribution;

/**
 * Names of counts in a day: `in`, `out` and `in.13`, `out.13` (messages, in that hour), `opened` (conversations begun or opened again),
 * `first.<bucket>` and `resolution.<bucket>` (histogram.ts), `replies.<account>`, `resolved.<account>`.
 */
export type DashboardDay = { readonly tenant: TenantId; readonly day: string; readonly counts: Readonly<Record<string, number>> };

/** Names of counts now: `open.<assignee>`, `waiting.<assignee>` (open, and the customer wrote last); `nobody` where nobody has it; `resolved`. */
export type DashboardNow = { readonly tenant: TenantId; readonly counts: Readonly<Record<string, number>> };

export const NOBODY = 'nobody';

/** The days of the dashboard are days in UTC. */
export const dayOf = (at: string): string => at.slice(0, 'yyyy-mm-dd'.length);
export const hourOf = (at: string): string => at.slice('yyyy-mm-ddT'.length, 'yyyy-mm-ddThh'.length);

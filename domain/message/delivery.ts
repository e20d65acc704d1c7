import type { IsoTime } from '../ids.ts';
import type { MessageEvent } from './events.ts';

/** What became of a reply. */
export type Delivery = {
  /** `failed`: for good, until a person retries. `unknown`: the answer was lost, so it is never sent again by itself. */
  readonly stage: 'queued' | 'sending' | 'accepted' | 'failed' | 'unknown';
  /** Attempts so far. */
  readonly attempt: number;
  /** WhatsApp's own name for the message is recorded. A status may come before it. */
  readonly answered: boolean;
  /** Highest status so far, by `RANK`; 0 before the first. */
  readonly rank: number;
  /** WhatsApp reported a failure after it had taken the reply. */
  readonly reportedFailed: boolean;
  readonly retriedAt: IsoTime | null;
};

/** Statuses in the order in which they may come true; a failure has no rank. */
export const RANK = { sent: 1, delivered: 2, read: 3, played: 4 } as const;

export const queued: Delivery = { stage: 'queued', attempt: 0, answered: false, rank: 0, reportedFailed: false, retriedAt: null };

type Status = Extract<MessageEvent<'plain'>, { type: 'StatusReported' }>['data'];
type DeliveryEvent = Extract<
  MessageEvent<'sealed'>,
  { type: 'SendAttempted' | 'SendAccepted' | 'SendFailed' | 'SendOutcomeUnknown' | 'SendRetryRequested' | 'StatusReported' }
>;

/** Whether a status tells something new: ticks never go back, and a failure counts only until the reply reached the phone. */
export const isNews = (delivery: Delivery, { status, occurredAt }: Pick<Status, 'status' | 'occurredAt'>): boolean => {
  const ofEarlierAttempt = delivery.retriedAt !== null && occurredAt < toSecond(delivery.retriedAt);
  if (status === 'failed') return delivery.rank <= RANK.sent && delivery.stage !== 'failed' && !ofEarlierAttempt;
  return RANK[status] > delivery.rank && !(status === 'sent' && ofEarlierAttempt);
};

/** WhatsApp tells times in whole seconds, so a status of the very second of the retry belongs to it. */
const toSecond = (time: IsoTime): string => time.slice(0, 'yyyy-mm-ddThh:mm:ss'.length);

export const evolveDelivery = (delivery: Delivery, event: DeliveryEvent): Delivery => {
  switch (event.type) {
    case 'SendAttempted':
      return { ...delivery, stage: 'sending', attempt: event.data.attempt };
    case 'SendAccepted':
      return taken({ ...delivery, answered: true });
    case 'SendFailed':
      return { ...delivery, stage: event.data.willRetry ? 'queued' : 'failed' };
    case 'SendOutcomeUnknown':
      return { ...delivery, stage: 'unknown' };
    case 'SendRetryRequested':
      return { ...queued, attempt: delivery.attempt, retriedAt: event.data.requestedAt };
    case 'StatusReported':
      return event.data.status === 'failed'
        ? taken({ ...delivery, reportedFailed: true })
        : taken({ ...delivery, rank: Math.max(delivery.rank, RANK[event.data.status]) });
  }
};

/** Any status proves that WhatsApp took the reply, whatever we had noted. */
const taken = (delivery: Delivery): Delivery => ({
  ...delivery,
  stage: delivery.reportedFailed && delivery.rank <= RANK.sent ? 'failed' : 'accepted',
});

import { setTimeout as wait } from 'node:timers/promises';
import { deliver, deliveryOf } from '#tests/support/simulator-client.ts';
import { type Journal, noteAnswer } from './journal.ts';
import { NUMBER } from './load-protocol.ts';
import { inTurn, type Random } from './random.ts';
import { type Stage, untilAnswered, type Works } from './stage.ts';

/** Longest wait for a 200 before the same delivery is sent again. */
const ANSWER_MS = 6_000;
/** Share of deliveries that are sent twice at once, and that come again after the 200. */
const TWICE_AT_ONCE = 0.08;
const AGAIN_LATER = 0.12;
const LATEST_REPEAT_MS = 20_000;

export type Carrier = {
  /** Hands a delivery over until it is answered 200, as WhatsApp does. False when the run ended before. */
  readonly carry: (values: readonly object[]) => Promise<boolean>;
};

type Parts = {
  readonly urls: readonly string[];
  readonly channelId: string;
  readonly random: Random;
  readonly stage: Stage;
  readonly works: Works;
  readonly journal: Journal;
};

/** WhatsApp's side of the webhook: any process that serves it, again on anything but 200, twice, and long after. */
export const createCarrier = ({ urls, channelId, random, stage, works, journal }: Parts): Carrier => {
  const once = async (body: string, url: string): Promise<true | null> => {
    journal.deliveries += 1;
    const to = `${url}/webhooks/whatsapp/${channelId}`;
    try {
      const response = await deliver(to, NUMBER.appSecret, body, AbortSignal.timeout(ANSWER_MS));
      await response.body?.cancel();
      return noteAnswer(journal, response.status) ? true : null;
    } catch {
      // Killed, frozen or not there: the delivery comes again.
      noteAnswer(journal, null);
      return null;
    }
  };
  const repeat = async (body: string): Promise<void> => {
    journal.repeatedDeliveries += 1;
    await once(body, random.pick(urls));
  };
  return {
    carry: async (values) => {
      const body = JSON.stringify(deliveryOf(NUMBER.phoneNumberId, ...values));
      if (random.chance(TWICE_AT_ONCE)) works.begin(repeat(body));
      const next = inTurn(urls, random);
      const isTaken = (await untilAnswered(stage, (attempt) => once(body, next(attempt)))) === true;
      if (isTaken && random.chance(AGAIN_LATER)) works.begin(wait(random.between(0, LATEST_REPEAT_MS)).then(() => repeat(body)));
      return isTaken;
    },
  };
};

import { setTimeout as wait } from 'node:timers/promises';
import { textValue, type Writer } from '#tests/support/simulator-client.ts';
import type { Carrier } from './carrier.ts';
import type { Journal } from './journal.ts';
import type { Random } from './random.ts';
import type { Stage, Works } from './stage.ts';

const WORDS = ['order', 'فين الطلب؟', 'please', 'شكرا', 'address', 'tomorrow', 'السعر كام', 'blue', '🙂', 'invoice'];
/** Messages of a burst to one conversation, each in a delivery of its own, all at once; and of a batch in one delivery. */
const BURST = [4, 10] as const;
const BATCH = [2, 8] as const;
/** Shares of what begins: the rest is one message. */
const BURSTS = 0.12;
const BATCHES = 0.15;
const SECOND_MS = 1_000;

type Parts = {
  readonly count: number;
  readonly perSecond: number;
  /** A word of this run's own, so that no text and no id was ever seen before. */
  readonly run: string;
  readonly carrier: Carrier;
  readonly random: Random;
  readonly stage: Stage;
  readonly works: Works;
  readonly journal: Journal;
};

/** Customers who write until the stage is over: one by one, in bursts, several in one delivery. */
export const customersWrite = async (parts: Parts): Promise<void> => {
  const { random, stage, works, perSecond } = parts;
  const people = Array.from({ length: parts.count }, (_, n): Writer => personOf(parts.run, n));
  while (!stage.isOver()) {
    const kind = random.next();
    if (kind < BURSTS) {
      const person = random.pick(people);
      for (let left = random.between(...BURST); left > 0; left -= 1) works.begin(write(parts, [person]));
    } else if (kind < BURSTS + BATCHES) {
      works.begin(
        write(
          parts,
          Array.from({ length: random.between(...BATCH) }, () => random.pick(people)),
        ),
      );
    } else works.begin(write(parts, [random.pick(people)]));
    // Twice the mean at most: pauses of all lengths, as people make them.
    await wait((random.next() * 2 * SECOND_MS) / perSecond);
  }
};

const personOf = (run: string, n: number): Writer => ({
  phone: `2010${String(n).padStart(8, '0')}`,
  bsuid: `EG.${run}${String(n).padStart(6, '0')}`,
  name: `Customer ${String(n)}`,
});

/** One message of each writer, in one delivery. */
const write = async ({ run, carrier, random, journal }: Parts, writers: readonly Writer[]): Promise<void> => {
  const now = Date.now();
  const messages = writers.map((writer) => {
    const number = journal.written.length + 1;
    const text = `${run} ${String(number)} ${random.pick(WORDS)} ${random.pick(WORDS)}`;
    const message = {
      wamid: `wamid.${run}.${String(number)}`,
      phone: writer.phone,
      text,
      second: Math.floor(now / SECOND_MS),
      acknowledged: false,
    };
    journal.written.push(message);
    return { writer, message };
  });
  const values = messages.map(({ writer, message }) => textValue(writer, message.wamid, message.text, now));
  if (await carrier.carry(values)) for (const { message } of messages) message.acknowledged = true;
  else journal.sightings.push({ kind: 'gave-up', what: `a delivery of ${String(messages.length)} messages was never answered 200` });
};

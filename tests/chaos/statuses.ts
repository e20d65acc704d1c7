import { setTimeout as wait } from 'node:timers/promises';
import { statusValue } from '#tests/support/simulator-client.ts';
import type { Carrier } from './carrier.ts';
import type { Journal } from './journal.ts';
import type { Random } from './random.ts';

const STATUSES = ['sent', 'delivered', 'read'] as const;
/** Share of replies whose statuses come in another order than they happened, and together in one delivery. */
const REORDERED = 0.3;
const TOGETHER = 0.2;
const LONGEST_PAUSE_MS = 1_500;

/** The ticks of one reply: often before the send itself is answered, sometimes the wrong way round, sometimes all in one delivery. */
export const tellStatuses = async (
  messageId: string,
  wamid: string,
  { carrier, random, journal }: { readonly carrier: Carrier; readonly random: Random; readonly journal: Journal },
): Promise<void> => {
  const at = Date.now();
  const order = random.chance(REORDERED) ? shuffled(STATUSES, random) : STATUSES;
  const groups = random.chance(TOGETHER) ? [order] : order.map((status) => [status]);
  for (const group of groups) {
    await wait(random.next() * LONGEST_PAUSE_MS);
    const values = group.map((status) => statusValue(wamid, status, messageId, at + STATUSES.indexOf(status)));
    if (await carrier.carry(values)) for (const status of group) journal.told.push({ messageId, status });
    else journal.sightings.push({ kind: 'gave-up', what: `a delivery of ${String(group.length)} statuses was never answered 200` });
  }
};

const shuffled = <T>(items: readonly T[], random: Random): readonly T[] =>
  items
    .map((item) => ({ item, key: random.next() }))
    .sort((left, right) => left.key - right.key)
    .map(({ item }) => item);

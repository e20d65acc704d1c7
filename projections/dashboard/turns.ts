import type { ConversationId, IsoTime, TenantId } from '#domain/ids.ts';
import { bucketOf } from './histogram.ts';
import { dayOf, type TurnsContribution } from './view.ts';

/**
 * First responses. A customer waits from the first message that nobody had answered to the next reply.
 *
 * Each message has a stream of its own, and the streams come in any order once one of them was parked. So a document must not depend on the
 * order: it holds the *set* of times at which each side wrote, which only grows, and into which the same time comes once however often it
 * is told. Who answered whom is computed from the whole set. A set must hear of both sides, so it belongs to a conversation; so that it
 * stays small however long the conversation lasts, to one month of it. A wait may begin in the month before: a message also goes to the
 * next month's set when an answer to it could still lie there. That bounds the wait that is measured, by `LONGEST_WAIT_MS`.
 */
export const LONGEST_WAIT_MS = 7 * 24 * 60 * 60 * 1000;

const monthOf = (at: string): string => at.slice(0, 'yyyy-mm'.length);
const startOf = (month: string): number => Date.parse(`${month}-01T00:00:00.000Z`);
const textOf = (ms: number): string => new Date(ms).toISOString();

/** The sets that a message at this time belongs to: one, or two near the end of a month. */
export const turnsIdsOf = (conversationId: ConversationId, at: IsoTime): readonly string[] => {
  const months = new Set([monthOf(at), monthOf(textOf(Date.parse(at) + LONGEST_WAIT_MS))]);
  return [...months].map((month) => `${conversationId}.${month}`);
};

export const withTurn = (
  known: TurnsContribution | null,
  { tenant, id, direction, at }: { readonly tenant: TenantId; readonly id: string; readonly direction: 'in' | 'out'; readonly at: IsoTime },
): TurnsContribution => {
  const month = id.slice(id.indexOf('.') + 1);
  const turns = known ?? { kind: 'turns', tenant, month, in: [], out: [] };
  const ms = Date.parse(at) - startOf(month);
  const times = turns[direction];
  const place = times.findLastIndex((time) => time <= ms);
  return times[place] === ms ? turns : { ...turns, [direction]: times.toSpliced(place + 1, 0, ms) };
};

/** How often a customer was answered, by day of the answer and bucket of the wait. Only answers of the set's own month: each counts once. */
export const responsesOf = (turns: TurnsContribution): ReadonlyMap<string, Readonly<Record<string, number>>> => {
  const start = startOf(turns.month);
  const days = new Map<string, Record<string, number>>();
  let next = 0;
  for (const reply of turns.out) {
    let first: number | null = null;
    for (; next < turns.in.length; next += 1) {
      const wrote = turns.in[next] ?? Infinity;
      if (wrote > reply) break;
      if (wrote >= reply - LONGEST_WAIT_MS) first ??= wrote;
    }
    if (first === null || reply < 0) continue;
    const day = dayOf(textOf(start + reply));
    const counts = days.get(day) ?? {};
    const name = `first.${String(bucketOf(reply - first))}`;
    days.set(day, { ...counts, [name]: (counts[name] ?? 0) + 1 });
  }
  return days;
};

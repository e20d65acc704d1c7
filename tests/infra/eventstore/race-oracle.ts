import { expect } from 'vitest';
import type { RecordedEvent } from '#domain/message.ts';
import type { Said } from './race-writer.ts';

type Tried = { readonly ids: readonly string[]; readonly stream: string; readonly expected: string };
type Answer = Extract<Said, { say: 'appended' | 'conflict' }>;

/** What writers said they would do and what they were answered, in memory: the log must agree with all of it. */
export type Oracle = ReturnType<typeof createOracle>;

export const createOracle = () => {
  const tried = new Map<string, Tried>();
  const answers: Answer[] = [];
  return {
    hear: (said: Said): void => {
      if (said.say === 'try') tried.set(String(said.ids[0]), said);
      else answers.push(said);
    },
    appends: (): number => answers.filter(({ say }) => say === 'appended').length,
    conflicts: (): number => answers.filter(({ say }) => say === 'conflict').length,
    check: (log: readonly RecordedEvent[]): void => {
      checkOrder(log);
      const byId = new Map(log.map((event) => [String(event.id), event]));
      const appended = new Set<string>();
      for (const answer of answers) {
        const attempt = tried.get(answer.id);
        if (attempt === undefined) throw new Error('expected an answer to something that was tried');
        if (answer.say === 'appended') appended.add(answer.id);
        if (answer.say === 'appended') checkPlace(attempt, answer, byId);
      }
      for (const attempt of tried.values()) checkWhole(attempt, byId);
      for (const answer of answers)
        if (answer.say === 'conflict' && !appended.has(answer.id)) expect([answer.id, byId.has(answer.id)]).toEqual([answer.id, false]);
      const everTried = new Set([...tried.values()].flatMap(({ ids }) => ids));
      expect(log.filter(({ id }) => !everTried.has(id))).toEqual([]);
    },
  };
};

/** Positions dense from 1, revisions contiguous per stream from 0, each id once. */
const checkOrder = (log: readonly RecordedEvent[]): void => {
  const next = new Map<string, bigint>();
  const ids = new Set<string>();
  log.forEach((event, index) => {
    if (event.position !== BigInt(index + 1)) throw new Error(`expected position ${String(index + 1)}, got ${String(event.position)}`);
    const revision = next.get(event.stream) ?? 0n;
    if (event.revision !== revision) throw new Error(`expected revision ${String(revision)}, got ${String(event.revision)}`);
    if (ids.has(event.id)) throw new Error('expected each event id once, got one twice');
    next.set(event.stream, revision + 1n);
    ids.add(event.id);
  });
};

/** An acknowledged append stands where it was said to stand, behind the revision that it expected. */
const checkPlace = (attempt: Tried, answer: Extract<Answer, { say: 'appended' }>, byId: ReadonlyMap<string, RecordedEvent>): void => {
  const places = attempt.ids.map((id) => byId.get(id));
  const last = attempt.ids.length - 1;
  expect(places.map((event) => [event?.stream, event?.revision, event?.position])).toEqual(
    attempt.ids.map((_, index) => [
      attempt.stream,
      BigInt(answer.revision) - BigInt(last - index),
      BigInt(answer.position) - BigInt(last - index),
    ]),
  );
};

/** Whole or not at all, in one piece; a repetition may have come in where the first try was refused, so only the piece counts. */
const checkWhole = ({ ids }: Tried, byId: ReadonlyMap<string, RecordedEvent>): void => {
  const places = ids.flatMap((id) => byId.get(id)?.position ?? []);
  if (places.length === 0) return;
  expect(places).toEqual(ids.map((_, index) => (places[0] ?? 0n) + BigInt(index)));
};

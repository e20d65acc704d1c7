import { join } from 'node:path';
import { catalogueOf } from '#domain/catalogue.ts';
import type { RecordedEvent } from '#domain/message.ts';
import { openSqliteLogReader } from '#infra/eventstore/reader.ts';
import type { LogFacts } from './observed.ts';

const BATCH = 1_000;

/** The whole log of a folder whose processes have ended. */
export const readLog = async (folder: string): Promise<readonly RecordedEvent[]> => {
  const reader = openSqliteLogReader({ file: join(folder, 'events.db'), catalogueOf });
  try {
    const events: RecordedEvent[] = [];
    for (let batch = await reader.readAll(0n, BATCH); batch.length > 0; batch = await reader.readAll(events.at(-1)?.position ?? 0n, BATCH))
      events.push(...batch);
    return events;
  } finally {
    await reader.close();
  }
};

/** Positions dense, revisions dense in each stream, no event and no command twice, no half of a message. Pure. */
export const factsOf = (events: readonly RecordedEvent[]): LogFacts => {
  const faults: string[] = [];
  const ids = new Set<string>();
  const revisions = new Map<string, bigint>();
  events.forEach(({ id, stream, revision, position, type }, index) => {
    if (position !== BigInt(index + 1)) faults.push(`position ${String(index + 1)} of the log is ${String(position)}`);
    const expected = (revisions.get(stream) ?? -1n) + 1n;
    if (revision !== expected) faults.push(`revision ${String(expected)} of a stream is ${String(revision)} (${type})`);
    revisions.set(stream, revision);
    if (ids.has(id)) faults.push(`event ${id} stands twice (${type})`);
    ids.add(id);
  });
  return { head: events.length, faults: [...faults, ...halvesOf(events), ...repliesOf(events)] };
};

const idIn = (event: RecordedEvent): string => ('messageId' in event.data ? String(event.data.messageId) : '');

/** A conversation hears of a message before the message itself is written: after redelivery both must stand, each once. */
const halvesOf = (events: readonly RecordedEvent[]): readonly string[] => {
  const idsOf = (type: string): readonly string[] => events.filter((event) => event.type === type).map(idIn);
  const [heard, received] = [idsOf('CustomerWrote'), idsOf('MessageReceived')];
  const [heardOnce, receivedOnce] = [new Set(heard), new Set(received)];
  return [
    ...[...heardOnce].filter((id) => !receivedOnce.has(id)).map((id) => `message ${id} was announced and never written`),
    ...[...receivedOnce].filter((id) => !heardOnce.has(id)).map((id) => `message ${id} was written and never announced`),
    ...(heard.length === heardOnce.size ? [] : [`${String(heard.length - heardOnce.size)} messages were announced twice`]),
    ...(received.length === receivedOnce.size ? [] : [`${String(received.length - receivedOnce.size)} messages were written twice`]),
  ];
};

/** No attempt follows an unknown outcome by itself; no attempt follows an accepted one. */
const repliesOf = (events: readonly RecordedEvent[]): readonly string[] => {
  const last = new Map<string, string>();
  return events.flatMap((event) => {
    const id = idIn(event);
    const before = last.get(id);
    if (['SendAttempted', 'SendAccepted', 'SendFailed', 'SendOutcomeUnknown', 'MessageQueued'].includes(event.type))
      last.set(id, event.type);
    const isAgain =
      event.type === 'SendAttempted' && (before === 'SendOutcomeUnknown' || before === 'SendAccepted' || before === 'SendAttempted');
    return isAgain ? [`reply ${id} was attempted again after ${before}`] : [];
  });
};

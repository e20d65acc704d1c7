import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { catalogueOf } from '#domain/catalogue.ts';
import { contactEvents } from '#domain/contact/events.ts';
import type { EventCatalogue } from '#domain/define-events.ts';
import { type Category, streamName, type SubjectId } from '#domain/ids.ts';
import { messageEvents } from '#domain/message/events.ts';
import type { NewEvent } from '#domain/message.ts';
import { plain } from '#domain/personal.ts';
import { openSqliteEventStore } from '#infra/eventstore/sqlite.ts';
import { type LogReport, verifyLog } from '#infra/eventstore/verify-log.ts';
import { verifyStoredLog } from '#infra/compose/verify-log.ts';
import { type PlainEvent, sealedFields, sealRequests } from '#vault/seal-event.ts';
import type { Vault } from '#vault/vault.ts';
import { erase, id, openVault, START, TENANT } from '#tests/infra/vaultstore/support.ts';

/** The person whose values are erased in the sample. */
export const ERASED: SubjectId = id('erased contact');
const PEOPLE = ['first contact', 'second contact', 'erased contact'];
const MESSAGES_EACH = 12;
/** Longer than one chunk, so that it stands in a file of its own. */
const FILE_BYTES = 300_000;

type Sealing = { readonly vault: Vault; readonly category: Category; readonly streamId: string; readonly catalogue: EventCatalogue };

const sealEvent = async ({ vault, category, streamId, catalogue }: Sealing, event: PlainEvent, name: string): Promise<NewEvent> => {
  const spec = catalogue[event.type];
  if (spec === undefined) throw new Error('expected a declared event');
  const eventId = id<'event'>(`event of ${name}`);
  const requests = sealRequests(event, spec, {
    tenant: TENANT,
    stream: streamName(TENANT, category, streamId),
    eventId,
    recordedAt: START,
  });
  const result = requests.length === 0 ? { kind: 'sealed' as const, sealed: [] } : await vault.seal(requests);
  if (result.kind !== 'sealed') throw new Error('expected sealed values');
  return {
    id: eventId,
    type: event.type,
    version: spec.version,
    data: event.data,
    personal: sealedFields(requests, result.sealed),
    meta: {
      commandId: id(`command of ${name}`),
      correlationId: id('correlation'),
      causationId: null,
      recordedAt: START,
      actor: { kind: 'machine', part: 'webhook' },
    },
  };
};

/** A data folder with three people who wrote, one file, and one of them erased. */
export const makeSample = async (folder: string): Promise<void> => {
  const vault = await openVault(folder);
  const store = openSqliteEventStore({ file: join(folder, 'events.db'), catalogueOf });
  for (const person of PEOPLE) {
    const contactId = id<'contact'>(person);
    const ids = { conversationId: id(`conversation of ${person}`), contactId, channelId: id('channel') };
    const write = async (category: Category, streamId: string, catalogue: EventCatalogue, events: readonly PlainEvent[]): Promise<void> => {
      const sealed: NewEvent[] = [];
      for (const [index, event] of events.entries())
        sealed.push(await sealEvent({ vault, category, streamId, catalogue }, event, `${streamId} ${String(index)}`));
      await store.append(streamName(TENANT, category, streamId), 'none', sealed);
    };
    await write('contact', contactId, contactEvents, [
      {
        type: 'ContactStarted',
        data: { contactId, channelId: ids.channelId, startedAt: START },
        personal: { phone: plain('+20 100 000 0000'), profileName: plain(person) },
      },
    ]);
    for (let count = 0; count < MESSAGES_EACH; count += 1) {
      const messageId = id<'message'>(`message ${String(count)} of ${person}`);
      const hasMedia = count === 0;
      await write('message', messageId, messageEvents, [
        {
          type: 'MessageReceived',
          data: { messageId, ...ids, kind: hasMedia ? 'image' : 'text', sentAt: START, receivedAt: START, hasMedia },
          personal: { wamid: plain(`wamid ${messageId}`), body: plain(`text ${String(count)}`) },
        },
        ...(hasMedia ? [stored({ messageId, ...ids })] : []),
      ]);
    }
  }
  await erase(vault, ERASED);
  await store.close();
  await vault.close();
};

const stored = (ids: Readonly<Record<string, unknown>>): PlainEvent => ({
  type: 'MediaStored',
  data: { ...ids, sizeBytes: FILE_BYTES, storedAt: START },
  personal: { bytes: plain(new Uint8Array(FILE_BYTES).fill(7)), mediaType: plain('image/png') },
});

/** Events, streams and sealed values of the sample. */
export const SAMPLE = {
  events: PEOPLE.length * (1 + MESSAGES_EACH + 1),
  streams: PEOPLE.length * (1 + MESSAGES_EACH),
  sealed: PEOPLE.length * (2 + 2 * MESSAGES_EACH + 2),
  people: PEOPLE.length,
};

export const newFolder = (): string => mkdtempSync(join(tmpdir(), 'vconnect-verify-'));
export const removeFolder = (folder: string): void => rmSync(folder, { recursive: true, force: true });

/** A copy of its own, so that each test may damage it. */
export const copyOf = (sample: string): string => {
  const folder = newFolder();
  cpSync(sample, folder, { recursive: true });
  return folder;
};

export const logOf = (folder: string): string => join(folder, 'events.db');

export const verify = (folder: string): Promise<LogReport> => verifyStoredLog(folder, () => undefined);
export const verifyAlone = (folder: string): Promise<LogReport> =>
  verifyLog({ file: logOf(folder), catalogueOf, lookAtEnvelope: () => 'sound' });

/** Changes a database as nobody may. `PRAGMA writable_schema` and dropped indexes included. */
export const tamper = (file: string, ...statements: readonly string[]): void => {
  const db = new DatabaseSync(file, { enableForeignKeyConstraints: false });
  try {
    db.exec('PRAGMA ignore_check_constraints = ON');
    for (const statement of statements) db.exec(statement);
    db.exec('PRAGMA wal_checkpoint(TRUNCATE)');
  } finally {
    db.close();
  }
};

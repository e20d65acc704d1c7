import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { catalogueOf } from '#domain/catalogue.ts';
import { openSqliteEventStore } from '#infra/eventstore/sqlite.ts';
import { openSessionStore } from '#infra/sessions/sqlite.ts';
import { openIdentity } from '#infra/vaultstore/identity-rows.ts';
import { openPayloads } from '#infra/vaultstore/payload-rows.ts';
import { now } from '#infra/app/context.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'vconnect-start-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Each store opens its file and closes it again. */
const stores: Readonly<Record<string, (file: string) => unknown>> = {
  'the event log': (file) => openSqliteEventStore({ file, catalogueOf }).close(),
  'the sessions': (file) => openSessionStore(file).close(),
  'the payloads': (file) => openPayloads(file, now).database.close(),
  'the identities': (file) => openIdentity(file).database.close(),
};

test.each(Object.entries(stores))('%s open while another process is frozen in the middle of a write', async (_name, open) => {
  const file = join(folder, 'some.db');
  await open(file);
  const frozen = new DatabaseSync(file);
  frozen.exec('BEGIN IMMEDIATE');
  // Whoever needs the lock gets a fault in the end: it is not given back before.
  await open(file);
  expect(frozen.isTransaction).toBe(true);
  frozen.exec('ROLLBACK');
  frozen.close();
});

import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, test } from 'vitest';
import { catalogueOf } from '#domain/catalogue.ts';
import { openSqliteEventStore } from '#infra/eventstore/sqlite.ts';
import { eventually } from '#tests/support/eventually.ts';
import { newStream, statusEvents } from './sample-events.ts';

/** More than a first checkpoint's worth: each event of a stream of its own touches a few pages. */
const EVENTS = 60_000;

test('pages move to the main file beside the writer, the WAL stays bounded, and nothing is lost', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'vconnect-checkpoint-'));
  const file = join(folder, 'events.db');
  try {
    const store = openSqliteEventStore({ file, catalogueOf });
    const before = statSync(file).size;
    for (let count = 0; count < EVENTS; count += 1_000)
      await Promise.all(Array.from({ length: 10 }, () => store.append(newStream(), 'none', statusEvents(100))));
    await eventually('the main file has grown, with the store still open', () => statSync(file).size > before + 4_000_000);
    const watching = new DatabaseSync(file, { readOnly: true });
    expect(watching.prepare('PRAGMA quick_check').get()).toEqual({ quick_check: 'ok' });
    watching.close();
    expect(statSync(`${file}-wal`).size).toBeLessThan(100_000_000);
    await store.close();
    const again = openSqliteEventStore({ file, catalogueOf });
    expect(await again.head()).toBe(BigInt(EVENTS));
    await again.close();
  } finally {
    rmSync(folder, { recursive: true });
  }
});

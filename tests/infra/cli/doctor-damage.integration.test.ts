import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it, onTestFinished } from 'vitest';
import { lookAtDatabases } from '#infra/cli/doctor/databases.ts';
import { lookAtDisk, lookAtFolder } from '#infra/cli/doctor/machine.ts';
import { openSessionStore } from '#infra/sessions/sqlite.ts';
import { logOf, makeSample, SAMPLE, tamper, verify } from '#tests/infra/eventstore/verify-log-sample.ts';
import { tempFolder } from '#tests/support/temp-folder.ts';

const stored = async (): Promise<string> => {
  const folder = tempFolder();
  await makeSample(folder);
  openSessionStore(join(folder, 'sessions.db')).close();
  mkdirSync(join(folder, 'views'));
  return folder;
};

/** As `infra/views` keeps them: a file that says how far it has come. */
const makeGeneration = (folder: string, name: string, checkpoint = SAMPLE.events): string => {
  const file = join(folder, 'views', name);
  const db = new DatabaseSync(file);
  db.exec(`CREATE TABLE "vconnect.progress" (one INTEGER PRIMARY KEY, checkpoint INTEGER NOT NULL, commits INTEGER NOT NULL);
    INSERT INTO "vconnect.progress" VALUES (1, ${String(checkpoint)}, 1); CREATE TABLE t (x); INSERT INTO t VALUES (zeroblob(20000))`);
  db.close();
  return file;
};

const wrong = (folder: string) => lookAtDatabases(folder).filter(({ state }) => state === 'wrong');
const RESTORE = 'stop the server, keep a copy of the data folder as it is, and restore all of it from a backup';

describe('doctor on what is stored', () => {
  it('finds sound what is sound', async () => {
    const folder = await stored();
    makeGeneration(folder, 'inbox.1.db');
    expect(lookAtDatabases(folder).map(({ part, state }) => `${state} ${part}`)).toEqual([
      'ok events.db',
      'ok payloads.db',
      'ok identity.db',
      'ok keyring/keyring.db',
      'ok sessions.db',
      'ok views',
    ]);
  });

  it('names a damaged log and the verb that knows more', async () => {
    const folder = await stored();
    const bytes = readFileSync(logOf(folder));
    bytes.fill(0xff, 4_096 * 7, 4_096 * 7 + 100);
    writeFileSync(logOf(folder), bytes);
    expect(wrong(folder)).toEqual([
      {
        part: 'events.db',
        state: 'wrong',
        says: 'damaged',
        damage: true,
        wayOut: `"vconnect verify log" names the first bad record; ${RESTORE}`,
      },
    ]);
  });

  it.each([0, 40, 4_096 * 5])('names a log that was cut off at byte %d', async (bytes) => {
    const folder = await stored();
    truncateSync(logOf(folder), bytes);
    for (const suffix of ['-wal', '-shm']) rmSync(`${logOf(folder)}${suffix}`, { force: true });
    expect(wrong(folder)).toMatchObject([{ part: 'events.db', says: expect.stringMatching(/^cut off: /), damage: true }]);
  });

  it('sees by the views that whole records are missing at the end of a log that is sound in itself', async () => {
    const folder = await stored();
    makeGeneration(folder, 'inbox.1.db');
    const last = `position > ${String(SAMPLE.events - 2)}`;
    tamper(
      logOf(folder),
      `DELETE FROM events WHERE ${last}`,
      'DELETE FROM streams WHERE NOT EXISTS (SELECT 1 FROM events e WHERE e.stream = key)',
    );
    expect((await verify(folder)).faults).toBe(0);
    const says = `its end is missing: it holds ${String(SAMPLE.events - 2)} events, the views have seen ${String(SAMPLE.events)}`;
    expect(wrong(folder)).toMatchObject([{ part: 'events.db', says, damage: true }]);
  });

  it('names a damaged file of the views and the projection to rebuild', async () => {
    const folder = await stored();
    makeGeneration(folder, 'inbox.2.db');
    writeFileSync(makeGeneration(folder, 'thread.1.db'), 'no database, but long enough for the head of one. '.repeat(10));
    expect(wrong(folder)).toEqual([
      {
        part: 'views/thread.1.db',
        state: 'wrong',
        says: 'damaged',
        damage: true,
        wayOut: '"vconnect rebuild thread" builds it anew from the log',
      },
    ]);
    writeFileSync(join(folder, 'views', 'catalog.db'), 'no database, but long enough for the head of one. '.repeat(10));
    expect(wrong(folder)).toMatchObject([
      { part: 'views/catalog.db', wayOut: expect.stringContaining('move the folder views away and start') },
    ]);
  });

  it('knows the views of an earlier release, which nobody needs', async () => {
    const folder = await stored();
    writeFileSync(join(folder, 'views.db'), 'whatever');
    expect(lookAtDatabases(folder).find(({ part }) => part === 'views.db')).toEqual({
      part: 'views.db',
      state: 'note',
      says: 'left by an earlier release, read by nobody',
      wayOut: `delete views.db* in ${folder}`,
    });
  });
});

const smallDisk = (): string | null => {
  const folder = tempFolder();
  if (process.platform !== 'linux' || spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=8m,mode=700', 'tmpfs', folder]).status !== 0)
    return null;
  onTestFinished(() => void spawnSync('umount', [folder]));
  return folder;
};

describe('doctor on the disk', () => {
  it('sees that it is full, and that it is mounted read-only; a log on it is still verified', async ({ skip }) => {
    const folder = smallDisk();
    if (folder === null) {
      process.stderr.write('Left out: doctor on full and read-only disks. Mounting a small tmpfs needs root on Linux.\n');
      return skip();
    }
    expect(lookAtFolder(folder)).toMatchObject({ state: 'ok' });
    await makeSample(folder);
    expect(await lookAtDisk(folder)).toMatchObject([{ part: 'disk', state: 'wrong', says: expect.stringMatching(/^\d MiB free$/) }]);
    expect(spawnSync('mount', ['-o', 'remount,ro', folder]).status).toBe(0);
    expect(lookAtFolder(folder)).toMatchObject({ state: 'wrong', says: expect.stringContaining('mounted read-only') });
    expect(await verify(folder)).toMatchObject({ faults: 0, events: SAMPLE.events });
  });
});

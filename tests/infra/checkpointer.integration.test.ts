import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createCheckpointer } from '#infra/sqlite/checkpointer.ts';
import { eventually } from '#tests/support/eventually.ts';

let folder: string;
let db: DatabaseSync;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'vconnect-checkpointer-'));
  db = new DatabaseSync(join(folder, 'x.db'));
  db.exec('PRAGMA journal_mode = WAL; CREATE TABLE t (v)');
});
afterEach(() => {
  db.close();
  rmSync(folder, { recursive: true });
});

/** Commits until the thread was asked for a checkpoint. */
const commitOften = ({ committed }: ReturnType<typeof createCheckpointer>) => {
  for (let n = 0; n < 32; n += 1) {
    db.exec(`INSERT INTO t VALUES (${String(n)})`);
    committed();
  }
};

test.each([
  ['without a word', `process.exit()`],
  ['with an error', `throw new Error('x')`],
])('a checkpoint thread that ended %s is not waited for, and commits go on', { timeout: 10_000 }, async (_, does) => {
  const [program, ended] = [join(folder, 'thread.mjs'), join(folder, 'ended')];
  writeFileSync(
    program,
    `import { writeFileSync } from 'node:fs'; import { parentPort } from 'node:worker_threads';
     parentPort.once('message', () => { writeFileSync(${JSON.stringify(ended)}, 'x'); ${does}; });`,
  );
  const checkpointer = createCheckpointer(db, join(folder, 'x.db'), { pages: 1, thread: pathToFileURL(program) });
  commitOften(checkpointer);
  await eventually('the thread has ended', () => existsSync(ended));
  await new Promise((resolve) => setTimeout(resolve, 200));
  commitOften(checkpointer);
  const started = performance.now();
  await checkpointer.stop();
  // Not even until the bound of the wait.
  expect(performance.now() - started).toBeLessThan(1_000);
  expect(db.prepare('SELECT count(*) AS n FROM t').get()).toEqual({ n: 64 });
});

test('a checkpoint thread that runs ends when it is told to', async () => {
  const checkpointer = createCheckpointer(db, join(folder, 'x.db'), { pages: 1 });
  commitOften(checkpointer);
  const started = performance.now();
  await checkpointer.stop();
  await checkpointer.stop();
  // By itself: not ended by force at the bound of the wait.
  expect(performance.now() - started).toBeLessThan(4_000);
});

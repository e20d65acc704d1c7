// A keyring of a million people: size, memory, look-ups, the destruction of one key, and a rotation beside a service that goes on sealing.
import { randomBytes } from 'node:crypto';
import { existsSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type { IsoTime, SubjectId } from '#domain/ids.ts';
import { checkedRandom } from '#vault/random.ts';
import { createDataKeys } from '#infra/vaultstore/data-keys.ts';
import { openKeyringFile } from '#infra/vaultstore/keyring-file.ts';
import { createKeyring, type Keyring } from '#infra/vaultstore/keyring.ts';
import { destroySecrets } from '#infra/vaultstore/keyring-destroy.ts';
import { createVault } from '#infra/vaultstore/open-vault.ts';
import { rotation } from '../infra/vaultstore/rotation-support.ts';
import { id, request, TENANT } from '../infra/vaultstore/support.ts';

/** Fewer for a first look: KEYRING_SUBJECTS=50000 npm run bench keyring */
const SUBJECTS = Number(process.env['KEYRING_SUBJECTS'] ?? 1_000_000);
/** A folder that is kept: filled when it is empty, measured when it is full. */
const KEPT = process.env['KEYRING_FOLDER'];
const PER_TRANSACTION = 5_000;
const LOOK_UPS = 4_000;
const DESTROYED = 30;
const SEAL_EVERY_MS = 5;
const MIB = 1024 ** 2;

const now = () => new Date().toISOString() as IsoTime;
const random = checkedRandom(randomBytes);
const source = { kind: 'bytes', key: new Uint8Array(32).fill(7) } as const;
const subjectAt = (index: number): SubjectId => id<'subject'>(`subject ${String(index)}`);
const cellOf = (index: number) => ({ tenant: TENANT, subject: subjectAt(index), class: 'message', period: '2026-11' }) as const;
/** The second half is there to be destroyed. */
const anyLiving = (): number => Math.floor((Math.random() * SUBJECTS) / 2);
const anyToDestroy = (): number => SUBJECTS - 1 - anyLiving();

const say = (text: string): void => void process.stdout.write(`${text}\n`);
const at = (sorted: readonly number[], share: number): string =>
  (sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? NaN).toFixed(3);
const spread = (name: string, ms: readonly number[]): void => {
  const sorted = [...ms].sort((a, b) => a - b);
  say(`  ${name.padEnd(52)} p50 ${at(sorted, 0.5)}  p99 ${at(sorted, 0.99)}  max ${at(sorted, 1)} ms  (${String(ms.length)})`);
};
const eachTimed = async (count: number, work: (index: number) => unknown): Promise<readonly number[]> => {
  const took: number[] = [];
  for (let index = 0; index < count; index += 1) {
    const started = performance.now();
    await work(index);
    took.push(performance.now() - started);
  }
  return took;
};
const memory = (name: string): void => {
  globalThis.gc?.();
  say(`  memory ${name.padEnd(45)} ${(process.memoryUsage().rss / MIB).toFixed(0)} MiB resident`);
};

const openRing = async (folder: string): Promise<Keyring> =>
  createKeyring(
    await openKeyringFile({ file: join(folder, 'keyring', 'keyring.db'), source, random, now, othersExist: false }),
    random,
    now,
  );

const fill = (keyring: Keyring): void => {
  const started = performance.now();
  keyring.ensure([{ kind: 'bucket', tenant: TENANT, name: 'message/2026-11' }]);
  for (let from = 0; from < SUBJECTS; from += PER_TRANSACTION) {
    const count = Math.min(PER_TRANSACTION, SUBJECTS - from);
    keyring.ensure(Array.from({ length: count }, (_, index) => ({ kind: 'subject', tenant: TENANT, name: subjectAt(from + index) })));
  }
  say(`  filled with ${String(SUBJECTS)} people in ${((performance.now() - started) / 1_000).toFixed(1)} s`);
};

const lookUps = async (folder: string): Promise<void> => {
  memory('of the process before the keyring is opened');
  const keyring = await openRing(folder);
  const dataKeys = createDataKeys(keyring);
  memory('with the keyring open');
  const wanted = Array.from({ length: LOOK_UPS }, anyLiving);
  spread(
    'look-up, first of a new connection (unwrap, derive)',
    await eachTimed(LOOK_UPS, (index) => dataKeys.get(cellOf(wanted[index] ?? 0))),
  );
  dataKeys.clear();
  spread('look-up, pages read, keys not cached', await eachTimed(LOOK_UPS, (index) => dataKeys.get(cellOf(wanted[index] ?? 0))));
  spread('look-up, keys cached', await eachTimed(LOOK_UPS, (index) => dataKeys.get(cellOf(wanted[index] ?? 0))));
  memory(`with ${String(LOOK_UPS)} keys cached`);
  spread(
    'one key destroyed, the file read for it',
    await eachTimed(DESTROYED, () =>
      destroySecrets(keyring, [{ kind: 'subject', tenant: TENANT, name: subjectAt(anyToDestroy()) }], now(), null),
    ),
  );
  keyring.close();
};

/** Rotates the tenant's key in a process of its own while this one seals for people whose keys it must look up. */
const rotateBeside = async (folder: string): Promise<void> => {
  const vault = await createVault({ dataDir: folder, rootKey: source, clock: { now } });
  const sealing = async (): Promise<readonly number[]> =>
    eachTimed(200, async () => {
      await vault.seal([request('x'.repeat(200), { subject: subjectAt(anyLiving()), period: '2026-11' })]);
      await wait(SEAL_EVERY_MS);
    });
  const less = (took: readonly number[]): readonly number[] => took.map((ms) => ms - SEAL_EVERY_MS);
  spread('durable seal, nothing beside', less(await sealing()));
  const started = performance.now();
  const state = { running: true };
  const rotating = rotation({ dataDir: folder, current: source, next: null, tenant: TENANT, killedBehind: null, holders: [] }).finally(
    () => (state.running = false),
  );
  const beside: number[] = [];
  while (state.running) beside.push(...less(await sealing()));
  if (!(await rotating)) throw new Error('expected the rotation to end');
  const seconds = (performance.now() - started) / 1_000;
  say(`  tenant key rotated in ${seconds.toFixed(1)} s: ${(SUBJECTS / seconds).toFixed(0)} keys/s, search and destruction included`);
  spread('durable seal beside the rotation', beside);
  await vault.close();
};

export const run = async (): Promise<void> => {
  const folder = KEPT ?? mkdtempSync(join(tmpdir(), 'vconnect-bench-'));
  const file = join(folder, 'keyring', 'keyring.db');
  try {
    say(`\nKeyring of ${String(SUBJECTS)} people`);
    if (!existsSync(file)) {
      const keyring = await openRing(folder);
      fill(keyring);
      keyring.database.truncateWal();
      keyring.close();
      if (KEPT !== undefined) return;
    }
    say(`  keyring.db ${(statSync(file).size / MIB).toFixed(0)} MiB`);
    await lookUps(folder);
    await rotateBeside(folder);
    say(`  Node ${process.versions.node}`);
  } finally {
    if (KEPT === undefined) rmSync(folder, { recursive: true });
  }
};

if (import.meta.main) await run();

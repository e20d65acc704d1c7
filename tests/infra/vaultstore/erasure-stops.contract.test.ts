import { cpSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import fs from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';
import { DatabaseSync, StatementSync } from 'node:sqlite';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { plain } from '#domain/personal.ts';
import type { SealedHandle } from '#domain/sealed-handle.ts';
import type { Vault } from '#vault/vault.ts';
import { context, id, mark, NOUR, OMAR, openVault, sealOne, START, TENANT, unique } from './support.ts';

/** The process ends here, not the power: a folder in memory keeps enough, and hundreds of starts wait for no disk. */
const MEMORY = '/dev/shm';
const VALUES = 7;

const erasing = async (vault: Vault): Promise<object> => {
  const fenced = await vault.fence(TENANT, NOUR, mark());
  const destroyed = await vault.destroy(TENANT, NOUR, START);
  const removed = await vault.remove(TENANT, NOUR);
  const { hits } = await vault.scan(TENANT, NOUR);
  return { fenced, destroyed, removed, hits };
};

/**
 * Every statement of every database, and every file that is unlinked, counts. At the n-th one the process stops, before it is carried out or
 * right after; from then on none is carried out any more, so that no clean-up makes the end gentler than it would be.
 */
const stoppingAt = (nth: number, when: 'before' | 'after') => {
  const calls: string[] = [];
  let isStopped = false;
  const counted = <A extends unknown[], T>(name: string, original: (this: unknown, ...args: A) => T) =>
    function (this: unknown, ...args: A): T {
      const stop = (): never => {
        isStopped = true;
        throw new Error('stopped');
      };
      if (isStopped) stop();
      const isLast = calls.push(name) === nth;
      if (isLast && when === 'before') stop();
      const answer = original.apply(this, args);
      return isLast ? stop() : answer;
    };
  for (const method of ['run', 'get', 'all'] as const) {
    const original = StatementSync.prototype[method] as (this: unknown, ...args: unknown[]) => unknown;
    vi.spyOn(StatementSync.prototype, method).mockImplementation(counted(method, original) as never);
  }

  const exec = DatabaseSync.prototype.exec as (this: unknown, sql: string) => undefined;
  vi.spyOn(DatabaseSync.prototype, 'exec').mockImplementation(counted('exec', exec));
  const { unlink } = fs;
  vi.spyOn(fs, 'unlink').mockImplementation(counted('unlink', unlink));
  syncBuiltinESMExports();
  return { calls, stopped: () => isStopped };
};

const goOn = (): void => {
  vi.restoreAllMocks();
  syncBuiltinESMExports();
};

describe('an erasure inside the vault that is stopped at any statement', () => {
  const folder = mkdtempSync(join(existsSync(MEMORY) ? MEMORY : tmpdir(), 'vault-stops-'));
  const template = join(folder, 'template');
  let handles: readonly SealedHandle[] = [];
  let neighbour: SealedHandle;
  let expected: object;
  let calls: readonly string[] = [];
  let copies = 0;
  afterEach(goOn);
  afterAll(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  const onCopy = async <T>(use: (copy: string) => Promise<T>): Promise<T> => {
    const copy = join(folder, String((copies += 1)));
    cpSync(template, copy, { recursive: true });
    try {
      return await use(copy);
    } finally {
      goOn();
      rmSync(copy, { recursive: true });
    }
  };

  beforeAll(async () => {
    const vault = await openVault(template);
    const sealed: SealedHandle[] = [];
    for (let n = 0; n < VALUES; n += 1) sealed.push(await sealOne(vault, `text ${String(n)}`, { event: id(unique()) }));
    for (let n = 0; n < 2; n += 1) sealed.push(await sealOne(vault, new Uint8Array(9), { class: 'media', event: id(unique()) }));
    handles = sealed;
    neighbour = await sealOne(vault, 'stays', { subject: OMAR });
    for (const [field, value] of [['phone', '201000000001'] as const, ['bsuid', 'EG.1'] as const])
      await vault.claim({ tenant: TENANT, identifiers: [{ field, value: plain(value) }], propose: NOUR, subject: null });
    await vault.claim({
      tenant: TENANT,
      identifiers: [{ field: 'wamid', value: plain('wamid.1') }],
      propose: id('message'),
      subject: NOUR,
      rememberAt: START,
    });
    await vault.close();
    expected = await onCopy(async (copy) => {
      const own = await openVault(copy);
      const counting = stoppingAt(Infinity, 'before');
      const told = await erasing(own);
      calls = counting.calls;
      await own.close();
      return told;
    });
  });

  test.each(['before', 'after'] as const)(
    'ends in the same answers on the same files (%s the statement was carried out)',
    async (when) => {
      expect(expected).toMatchObject({ removed: { payloads: VALUES + 2, mediaFiles: 2 }, hits: 0 });
      let nth = 1;
      for (let goesOn = true; goesOn; nth += 1) {
        goesOn = await onCopy(async (copy) => {
          const dying = await openVault(copy);
          const stopping = stoppingAt(nth, when);
          const ended = await erasing(dying).then(
            () => 'done',
            (error: unknown) => (error instanceof Error ? error.message : 'another fault'),
          );
          if (stopping.stopped()) expect({ nth, ended }).toEqual({ nth, ended: 'stopped' });
          goOn();
          await dying.close();
          const restarted = await openVault(copy);
          const told = await erasing(restarted);
          expect({ nth, call: stopping.calls.at(-1), ...told }).toEqual({ nth, call: stopping.calls.at(-1), ...expected });
          const answers = new Set((await restarted.open(handles)).map(({ kind }) => kind));
          expect([...answers]).toEqual(['erased']);
          expect(await restarted.open([neighbour])).toEqual([{ kind: 'value', value: 'stays' }]);
          expect((await restarted.seal([{ context: context(), value: plain('late') }])).kind).toBe('fenced');
          await restarted.close();
          return stopping.stopped();
        });
      }
      expect(calls).toEqual(expect.arrayContaining(['exec', 'run', 'get', 'all', 'unlink', 'unlink']));
      expect(nth - 2).toBeGreaterThanOrEqual(calls.length);
    },
    240_000,
  );
});

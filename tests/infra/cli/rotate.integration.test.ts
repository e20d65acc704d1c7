import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { TenantId } from '#domain/ids.ts';
import { parseId } from '#domain/ids.ts';
import { openProcesses } from '#infra/processes/processes.ts';
import { openVault, sealOne, TENANT, fixedClock } from '#tests/infra/vaultstore/support.ts';
import { commandLine, type Line } from './command-line.ts';

const keyFile = (line: Line): string => join(line.data, 'keyring', 'root.key');
/** A keyring with one organisation, whose vault is closed again. */
const filled = async (line: Line) => {
  const vault = await openVault(line.data, { rootKey: { kind: 'file', path: keyFile(line) } });
  const sealed = await sealOne(vault, 'kept');
  await vault.close();
  return sealed;
};
const opensWith = async (line: Line, rootKey: Parameters<typeof openVault>[1], sealed: Awaited<ReturnType<typeof filled>>) => {
  const vault = await openVault(line.data, rootKey);
  try {
    return await vault.open([sealed]);
  } finally {
    await vault.close();
  }
};

describe('vconnect rotate', () => {
  it('root asks first; nobody there to ask is wrong usage, and nothing happens', async () => {
    const line = commandLine();
    await filled(line);
    const before = readFileSync(keyFile(line));
    expect((await line.run('rotate root')).exit).toBe(2);
    expect(await line.run('rotate root', ['no'])).toMatchObject({ exit: 1, out: '' });
    expect(readFileSync(keyFile(line))).toEqual(before);
  });

  it('root puts a new key in the same file, with a bar to its end, and status shows the history', async () => {
    const line = commandLine();
    const sealed = await filled(line);
    const before = readFileSync(keyFile(line), 'latin1');
    const { exit, out, err } = await line.run('rotate root', ['rotate']);
    expect([exit, out]).toEqual([0, expect.stringMatching(/^The root key is replaced: [0-9a-f]{32}, from a file\.\n$/)]);
    expect(err).toContain('root key: 100 % (1 of 1 keys)');
    expect(readFileSync(keyFile(line), 'latin1')).not.toBe(before);
    expect(await opensWith(line, { rootKey: { kind: 'file', path: keyFile(line) } }, sealed)).toEqual([{ kind: 'value', value: 'kept' }]);
    const status = JSON.parse((await line.run('rotate status --json')).out) as { roots: { state: string }[]; unfinished: number };
    expect([status.roots.map(({ state }) => state), status.unfinished]).toEqual([['retired', 'active'], 0]);
  });

  it('root goes to what the environment names next, and says what to set', async () => {
    const line = commandLine();
    const sealed = await filled(line);
    line.environment['VCONNECT_NEXT_ROOT_KEY'] = 'cd'.repeat(32);
    const { exit, err } = await line.run('rotate root --yes');
    expect([exit, err]).toEqual([0, expect.stringContaining('Set VCONNECT_ROOT_KEY to the new key')]);
    expect(err).not.toContain('cdcd');
    expect(existsSync(keyFile(line))).toBe(false);
    const rootKey = { kind: 'bytes', key: new Uint8Array(32).fill(0xcd) } as const;
    expect(await opensWith(line, { rootKey }, sealed)).toEqual([{ kind: 'value', value: 'kept' }]);
  });

  it('root names a process that does not take the next key, by its pid, after its time; both keys go on opening', async () => {
    const line = commandLine();
    const sealed = await filled(line);
    const frozen = openProcesses({ folder: line.data, roles: ['web'], holdsKeys: true, clock: fixedClock() });
    const { exit, err } = await line.run('rotate root --yes');
    expect([exit, err]).toEqual([1, expect.stringContaining(`process ${frozen.id} (pid ${String(process.pid)})`)]);
    expect(await opensWith(line, { rootKey: { kind: 'file', path: keyFile(line) } }, sealed)).toEqual([{ kind: 'value', value: 'kept' }]);
    expect((await line.run('rotate status')).out).toContain('A rotation is not finished');
    frozen.close();
    expect((await line.run('rotate root --yes')).exit).toBe(0);
    expect((await line.run('rotate status')).out).not.toContain('not finished');
  }, 60_000);

  it('tenant takes one organisation, or all; one that is none is refused', async () => {
    const line = commandLine();
    const sealed = await filled(line);
    expect(await line.run(`rotate tenant ${TENANT}`)).toMatchObject({ exit: 0, out: `The key of organisation ${TENANT} is replaced.\n` });
    const all = await line.run('rotate tenant --all --json');
    expect([all.exit, JSON.parse(all.out)]).toEqual([0, { ok: true, rotated: [TENANT] }]);
    expect(await line.run(`rotate tenant ${unknown()}`)).toMatchObject({ exit: 1, out: '' });
    expect(await opensWith(line, { rootKey: { kind: 'file', path: keyFile(line) } }, sealed)).toEqual([{ kind: 'value', value: 'kept' }]);
  });

  it.each([
    'rotate',
    'rotate root now',
    'rotate tenant',
    'rotate tenant x',
    `rotate tenant ${TENANT} --all`,
    'rotate root --all',
    'rotate keys',
  ])('"%s" is wrong usage', async (text) => {
    expect((await commandLine().run(text)).exit).toBe(2);
  });

  it('beside a server that is running needs no restart of it', async () => {
    const line = commandLine();
    const sealed = await filled(line);
    const processes = openProcesses({ folder: line.data, roles: ['web'], holdsKeys: true, clock: fixedClock() });
    const server = await openVault(line.data, { rootKey: { kind: 'file', path: keyFile(line) }, holder: processes.id });
    expect((await line.run('rotate root --yes')).exit).toBe(0);
    expect((await line.run('rotate tenant --all')).exit).toBe(0);
    await wait(600);
    expect(await server.open([sealed])).toEqual([{ kind: 'value', value: 'kept' }]);
    await sealOne(server, 'more');
    await server.close();
    processes.close();
  });

  it('without a keyring says so', async () => {
    expect(await commandLine().run('rotate status')).toMatchObject({ exit: 4, out: '' });
  });
});

const unknown = (): TenantId => {
  const id = parseId<'tenant'>('f'.repeat(32));
  if (id === null) throw new Error('expected an id');
  return id;
};

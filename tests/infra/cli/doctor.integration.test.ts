import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { commandLine } from './command-line.ts';

describe('doctor', () => {
  it('finds nothing wrong on a fresh machine, and makes nothing', async () => {
    const line = commandLine();
    const { exit, out } = await line.run('doctor');
    expect([exit, out.includes('✗')]).toEqual([0, false]);
    expect(existsSync(line.data)).toBe(false);
  });

  it('sees that the server runs', async () => {
    const line = commandLine();
    const url = /http:\S+/.exec(await line.begin('start').until('running'))?.[0] ?? '';
    line.environment = { ...line.environment, VCONNECT_PORT: new URL(url).port };
    expect((await line.run('doctor')).out).toContain(`✓ port ${new URL(url).port}: V Connect is running on it`);
  });

  it('names a damaged file and the way out, with exit code 4', async () => {
    const line = commandLine();
    mkdirSync(join(line.data, 'keyring'), { recursive: true, mode: 0o700 });
    for (const file of ['payloads.db', 'identity.db', 'keyring/keyring.db']) writeFileSync(join(line.data, file), '');
    writeFileSync(join(line.data, 'keyring/root.key'), 'x', { mode: 0o600 });
    for (const file of ['events.db', 'sessions.db'])
      writeFileSync(join(line.data, file), 'not a database, but long enough to have a header of a hundred bytes '.repeat(4));
    const { exit, out } = await line.run('doctor');
    expect(exit).toBe(4);
    expect(out).toMatch(/✗ events\.db: .*\n {2}→ "vconnect verify log" names the first bad record; stop the server/);
    expect(out).toMatch(/✗ sessions\.db: .*\n {2}→ stop the server, move the file away and start: everybody signs in again/);
  });

  it('names a root key that others may read, and one that is missing', async () => {
    const line = commandLine();
    mkdirSync(join(line.data, 'keyring'), { recursive: true, mode: 0o700 });
    const key = join(line.data, 'keyring/root.key');
    writeFileSync(key, 'x', { mode: 0o644 });
    expect((await line.run('doctor')).out).toContain(
      `✗ root key: other users of this machine may read it (mode 644)\n  → chmod 600 ${key}`,
    );
    line.environment = { ...line.environment, VCONNECT_ROOT_KEY_FILE: join(line.folder, 'elsewhere') };
    writeFileSync(join(line.data, 'keyring/keyring.db'), '');
    const { exit, out } = await line.run('doctor --json');
    const { findings } = JSON.parse(out) as { findings: { part: string; state: string; says: string }[] };
    expect(exit).toBe(1);
    expect(findings.find(({ part }) => part === 'root key')).toMatchObject({ state: 'wrong', says: expect.stringContaining('is missing') });
  });

  it('says what is wrong with the configuration and stops there', async () => {
    const line = commandLine();
    line.environment = { VCONNECT_PORT: 'x' };
    const { exit, out } = await line.run('doctor');
    expect([exit, out.includes('✗ configuration: VCONNECT_PORT: expected a whole number')]).toEqual([1, true]);
  });
});

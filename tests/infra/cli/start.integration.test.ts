import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { describe, expect, it } from 'vitest';
import { VaultFault } from '#vault/fault.ts';
import { commandLine } from './command-line.ts';

describe('start', () => {
  it('serves until the signal, then closes the door first and the stores last', async () => {
    const line = commandLine();
    const running = line.begin('start');
    const url = /http:\S+/.exec(await running.until('V Connect is running at'))?.[0] ?? '';
    expect(await (await fetch(url)).text()).toBe('page');
    expect((await fetch(`${url}/health/ready`)).status).toBe(200);
    expect(line.fake.callsOf('start')).toEqual([[{ url }]]);
    const { exit, err } = await running.stop();
    expect([exit, err]).toEqual([0, 'Stopping …\n']);
    expect(line.fake.callsOf('close')).toHaveLength(1);
    await expect(fetch(url)).rejects.toThrow();
  });

  it('makes the data folder for its user alone, and leaves nothing of its own in it', async () => {
    const line = commandLine();
    const running = line.begin('start');
    await running.until('running');
    expect(statSync(line.data).mode & 0o777).toBe(0o700);
    await running.stop();
    expect(readdirSync(line.data)).toEqual([]);
  });

  it.each([
    ['start', {}, 'all'],
    ['start --role web', { VCONNECT_ROLE: 'worker' }, 'web'],
    ['start', { VCONNECT_ROLE: 'web' }, 'web'],
    ['start --role worker', {}, 'worker'],
    ['start --role projector', {}, 'read models'],
  ])('%s with %o does the work of: %s', async (command, environment, work) => {
    const line = commandLine();
    line.environment = { ...line.environment, ...environment };
    const opened: string[] = [];
    line.openProduct = async (_config, _log, role) => {
      opened.push(role);
      return line.fake.product;
    };
    line.openReadModels = async (_config, _log, role) => {
      opened.push(`read models as ${role}`);
      return line.fake.product;
    };
    await line.begin(command).until('running');
    expect(opened).toEqual([work === 'read models' ? 'read models as projector' : work]);
    expect(line.fake.callsOf('start')).toHaveLength(work === 'read models' ? 0 : 1);
  });

  it.each(['worker', 'projector'])('--role %s answers health and metrics, and nothing else', async (role) => {
    const line = commandLine();
    const running = line.begin(`start --role ${role} --json`);
    const { url } = JSON.parse(await running.until('\n')) as { readonly url: string };
    const statuses = ['/health/live', '/health/ready', '/metrics', '/', '/api/v1/me', '/webhooks/whatsapp/1'].map(
      async (path) => (await fetch(`${url}${path}`)).status,
    );
    expect(await Promise.all(statuses)).toEqual([200, 200, 200, 404, 404, 404]);
    expect((await running.stop()).exit).toBe(0);
    expect(line.fake.callsOf('close')).toHaveLength(1);
  });

  it.each(['start --role owner', 'start --role web --demo'])('refuses "%s" before anything is opened', async (command) => {
    const line = commandLine();
    expect((await line.run(command)).exit).toBe(2);
    expect(existsSync(line.data)).toBe(false);
  });

  it('--demo runs the demo after the address', async () => {
    const running = commandLine().begin('start --demo');
    expect(await running.until('demo people')).toMatch(/running at .*\ndemo people\n$/);
  });

  it('--json says the address as JSON', async () => {
    const running = commandLine().begin('start --json');
    expect(JSON.parse(await running.until('\n'))).toEqual({ ok: true, url: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/) });
  });

  it('on a port that is taken: one sentence, exit code 1, and the product is closed', async () => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const address = other.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    const line = commandLine();
    line.environment = { ...line.environment, VCONNECT_PORT: String(port) };
    const { exit, err } = await line.run('start');
    other.close();
    expect([exit, err]).toEqual([
      1,
      `vconnect start: Another program already listens on port ${String(port)} of 127.0.0.1: stop it, or choose another with VCONNECT_PORT.\n`,
    ]);
    expect(line.fake.callsOf('start')).toHaveLength(0);
    expect(line.fake.callsOf('close')).toHaveLength(1);
  });

  it('with a data folder that cannot be one: one sentence, exit code 3', async () => {
    const line = commandLine();
    writeFileSync(line.data, 'a file');
    const { exit, err } = await line.run('start');
    expect(exit).toBe(3);
    expect(err).toBe(
      `vconnect start: The data folder ${line.data} cannot be written (EEXIST): correct its permissions, or set another with VCONNECT_DATA.\n`,
    );
    expect(readFileSync(line.data, 'utf8')).toBe('a file');
  });

  it.each([
    ['VAULT_WRONG_ROOT_KEY', 'expected the root key of this keyring, got another one', 1],
    ['VAULT_STORE_DAMAGED', 'The file of the keyring is damaged: restore it from a backup.', 4],
    ['VAULT_STORE_BUSY', 'Another process kept the keyring locked: try again.', 3],
  ] as const)('that meets %s says the sentence and ends with the right exit code', async (code, sentence, exit) => {
    const line = commandLine();
    line.openProduct = async () => Promise.reject(new VaultFault(code, sentence));
    expect(await line.run('start')).toEqual({ exit, out: '', err: `vconnect start: ${sentence}\n` });
    line.openProduct = async () => line.fake.product;
    await line.begin('start').until('running');
  });

  it.each([
    [26, 4, 'A database in the data folder is damaged: "vconnect doctor" says which, and the way out.'],
    [13, 3, 'A database in the data folder cannot be used (SQLite result 13): "vconnect doctor" looks at all of them.'],
  ])('that meets SQLite result %d without a sentence of a store ends with %d', async (errcode, exit, says) => {
    const line = commandLine();
    line.openProduct = async () => Promise.reject(Object.assign(new Error('near "Ada"'), { code: 'ERR_SQLITE_ERROR', errcode }));
    expect(await line.run('start')).toEqual({ exit, out: '', err: `vconnect start: ${says}\n` });
  });

  it('with a variable that is wrong: the sentence, exit code 2, nothing made', async () => {
    const line = commandLine();
    line.environment = { ...line.environment, VCONNECT_VIEWS_URL: 'mongodb://ada:secret@db' };
    const { exit, err } = await line.run('start');
    expect(exit).toBe(2);
    expect(err).toContain(
      'vconnect start: VCONNECT_VIEWS_URL: expected nothing: other engines than the embedded one are not in this release yet\n',
    );
    expect(err).not.toContain('secret');
    expect(existsSync(line.data)).toBe(false);
  });

  it('that fails in a way nobody foresaw prints no message of others, exit code 1', async () => {
    const line = commandLine();
    line.fake.answers.start = new Error('cannot parse "+20 100 123 4567"');
    const { exit, err } = await line.run('start');
    expect(exit).toBe(1);
    expect(err).not.toContain('4567');
    expect(err).toContain('Something failed that should not (UNEXPECTED)');
    expect(err).toContain('start.integration.test.ts');
  });
});

import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ids } from '#tests/support/fake-product.ts';
import { VaultFault } from '#vault/fault.ts';
import { commandLine, type Line } from './command-line.ts';

const lastLine = (text: string): string => text.trim().split('\n').at(-1) ?? '';

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

  it('makes the data folder for its user alone, and leaves nothing that says it still runs', async () => {
    const line = commandLine();
    const running = line.begin('start');
    await running.until('running');
    expect(statSync(line.data).mode & 0o777).toBe(0o700);
    expect(statSync(join(line.data, 'control.sock')).mode & 0o777).toBe(0o600);
    await running.stop();
    expect(existsSync(join(line.data, 'owner.pid'))).toBe(false);
    expect(existsSync(join(line.data, 'control.sock'))).toBe(false);
  });

  it('--demo runs the demo after the address', async () => {
    const running = commandLine().begin('start --demo');
    expect(await running.until('demo people')).toMatch(/running at .*\ndemo people\n$/);
  });

  it('--json says the address as JSON', async () => {
    const running = commandLine().begin('start --json');
    expect(JSON.parse(await running.until('\n'))).toEqual({ ok: true, url: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/) });
  });

  it('twice on one data folder: the second says who has it, and exit code 1', async () => {
    const line = commandLine();
    await line.begin('start').until('running');
    const { exit, err } = await line.run('start');
    expect(exit).toBe(1);
    expect(err).toBe(
      `vconnect start: Another process (${String(process.pid)}) already works on the data folder ${line.data}: stop it first, or set another with VCONNECT_DATA.\n`,
    );
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
    expect([exit, err]).toEqual([1, `vconnect start: Another program already listens on port ${String(port)} of 127.0.0.1: stop it, or choose another with VCONNECT_PORT.\n`]);
    expect(line.fake.callsOf('start')).toHaveLength(0);
    expect(line.fake.callsOf('close')).toHaveLength(1);
  });

  it('with a data folder that cannot be one: one sentence, exit code 3', async () => {
    const line = commandLine();
    writeFileSync(line.data, 'a file');
    const { exit, err } = await line.run('start');
    expect(exit).toBe(3);
    expect(err).toBe(`vconnect start: The data folder ${line.data} cannot be written (EEXIST): correct its permissions, or set another with VCONNECT_DATA.\n`);
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

  it('with a variable that is wrong: the sentence, exit code 2, nothing made', async () => {
    const line = commandLine();
    line.environment = { ...line.environment, VCONNECT_VIEWS_URL: 'mongodb://ada:secret@db' };
    const { exit, err } = await line.run('start');
    expect(exit).toBe(2);
    expect(err).toContain('vconnect start: VCONNECT_VIEWS_URL: expected nothing: other engines than the embedded one are not in this release yet\n');
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
    expect(err).toContain('verbs.integration.test.ts');
  });
});

/** The same verbs alone and beside a running server: the answers must not differ. */
describe.each(['alone', 'beside the server'])('%s', (place) => {
  const open = async (): Promise<Line> => {
    const line = commandLine();
    if (place === 'beside the server') {
      await line.begin('start').until('running');
      line.openProduct = async () => Promise.reject(new Error('a second process opened the stores'));
    }
    return line;
  };

  it('token prints the token alone on stdout', async () => {
    const line = await open();
    const { exit, out, err } = await line.run('token --email ada@example.com --days 7');
    expect([exit, out]).toEqual([0, 'a-token-of-the-command-line\n']);
    expect(err).toContain('Holds until 2026-11-24');
    expect(line.fake.callsOf('operator.createToken')).toEqual([['ada@example.com', 7]]);
  });

  it('token for nobody is refused with the code, exit code 1', async () => {
    const line = await open();
    line.fake.answers.token = { ok: false, status: 404, code: 'person-unknown' };
    const { exit, out } = await line.run('token --email x@example.com --json');
    expect([exit, JSON.parse(out)]).toEqual([1, { ok: false, code: 'person-unknown', status: 404 }]);
  });

  it('projections shows where each one is', async () => {
    const line = await open();
    expect((await line.run('projections')).out).toBe(
      'projection  version  checkpoint  behind  seconds  parked\ninbox       1        40          2       3        1\n',
    );
    expect(JSON.parse((await line.run('projections --json')).out)).toEqual({ ok: true, projections: line.fake.answers.projections });
  });

  it('rebuild asks, shows its progress and says what it did', async () => {
    const line = await open();
    const no = await line.run('rebuild inbox', ['no']);
    expect([no.exit, lastLine(no.err)]).toEqual([1, 'vconnect rebuild: Not confirmed: nothing was done.'.replace('vconnect', 'Type rebuild to go on: vconnect')]);
    expect(line.fake.callsOf('operator.rebuild')).toHaveLength(0);
    const yes = await line.run('rebuild inbox', ['rebuild']);
    expect([yes.exit, yes.out]).toEqual([0, 'Rebuilt: inbox\n']);
    expect(yes.err).toContain('inbox: 100 % (10 of 10 events)');
    expect((await line.run('rebuild --all --yes')).out).toBe('Rebuilt: inbox\n');
  });

  it('user add reads the password from stdin and never from the command line', async () => {
    const line = await open();
    const { exit, out } = await line.run('user add --email ada@example.com --name "Ada Lovelace" --role agent --password-stdin');
    expect([exit, out]).toEqual([0, `Added: ${ids.account}\n`]);
    expect(line.fake.callsOf('operator.addPerson')).toEqual([
      [ids.tenant, { email: 'ada@example.com', name: 'Ada Lovelace', role: 'agent', password: 'from-stdin' }],
    ]);
    expect((await line.run('user add --email a@b.example --name A --role agent --password x')).exit).toBe(2);
  });

  it('user list shows accounts and roles, and no name', async () => {
    const line = await open();
    expect((await line.run('user list')).out).toContain(`${ids.account}  owner`);
  });

  it('user password wants the same twice', async () => {
    const line = await open();
    expect((await line.run('user password --email ada@example.com', ['one', 'two'])).exit).toBe(2);
    expect((await line.run('user password --email ada@example.com', ['one', 'one'])).exit).toBe(0);
    expect(line.fake.callsOf('operator.setPassword')).toEqual([['ada@example.com', 'one']]);
  });

  it('erase asks, tells each step, and saves the exact certificate once', async () => {
    const line = await open();
    line.fake.answers.certificate = Buffer.from('{ "é": 1 }');
    const file = join(line.folder, 'certificate.json');
    const order = `erase ${ids.contact} --as dpo@example.com --reason consent-withdrawn --out ${file}`;
    const { exit, out, err } = await line.run(order, ['erase']);
    expect(exit).toBe(0);
    expect(err).toContain(`… fenced\n… destroyed\n… completed\nCertificate: ${file}\n`);
    expect(out).toContain(`Erased: ${ids.erasure}\nSalt: salt\n`);
    expect(readFileSync(file).equals(Buffer.from('{ "é": 1 }'))).toBe(true);
    expect(line.fake.callsOf('operator.erase')).toEqual([['dpo@example.com', ids.contact, 'consent-withdrawn']]);
    writeFileSync(file, 'another certificate');
    expect((await line.run(`${order} --yes`)).exit).toBe(1);
    expect(readFileSync(file, 'utf8')).toBe('another certificate');
    expect(line.fake.callsOf('operator.erase')).toHaveLength(1);
  });

  it('erase tells the salt even when the certificate cannot be saved', async () => {
    const line = await open();
    const { exit, out, err } = await line.run(`erase ${ids.contact} --as dpo@example.com --reason child --out ${line.folder}/none/c.json --yes`);
    expect([exit, out.includes('Salt: salt')]).toEqual([1, true]);
    expect(err).toContain('cannot be written (ENOENT)');
  });
});

describe('erase', () => {
  it.each([
    ['erase', 'expected one contact id'],
    ['erase 12 --as a@b.example --reason child', 'expected one contact id'],
    [`erase ${ids.contact} --reason child`, '--as: expected'],
    [`erase ${ids.contact} --as a@b.example --reason because`, '--reason: expected one of no-longer-necessary'],
    [`erase ${ids.contact} --as a@b.example --reason child`, 'nobody is there to confirm: give --yes'],
  ])('written as "%s" is wrong usage', async (text, says) => {
    const line = commandLine();
    const { exit, err } = await line.run(text);
    expect([exit, err.includes(says)]).toEqual([2, true]);
    expect(line.fake.callsOf('operator.erase')).toHaveLength(0);
  });
});

describe('verify', () => {
  const file = (line: Line): string => {
    const path = join(line.folder, 'certificate.json');
    writeFileSync(path, '{"statement":1}');
    return path;
  };

  it('needs no data folder, prints the verdict and the facts', async () => {
    const line = commandLine();
    line.environment = { VCONNECT_PORT: 'not even a configuration' };
    const { exit, out } = await line.run(`verify ${file(line)} --key vkey`);
    expect([exit, out]).toEqual([0, 'Certificate EC-2026-0001 is genuine and unchanged.\n  stage: executed\n']);
    expect(existsSync(line.data)).toBe(false);
    expect(line.verifyInputs).toEqual([{ certificate: Buffer.from('{"statement":1}'), vkey: 'vkey', salt: null, subject: null }]);
  });

  it('of a forgery is exit code 4, with the sentence', async () => {
    const line = commandLine();
    line.verified = { ok: false, code: 'signature', says: 'The signature does not fit: the certificate was changed or forged.' };
    const { exit, out, err } = await line.run(`verify ${file(line)} --key vkey --json`);
    expect([exit, err]).toEqual([4, 'Not valid: The signature does not fit: the certificate was changed or forged.\n']);
    expect(JSON.parse(out)).toMatchObject({ ok: false, code: 'signature' });
  });

  it('without a key, with half of a subject, or with a key that is none is wrong usage', async () => {
    const line = commandLine();
    const path = file(line);
    expect((await line.run(`verify ${path}`)).exit).toBe(2);
    expect((await line.run(`verify ${path} --key k --salt ab`)).exit).toBe(2);
    line.verified = { ok: false, code: 'key-text', says: 'The given key is not a verifier key.' };
    expect((await line.run(`verify ${path} --key k`)).exit).toBe(2);
  });

  it('of a file that is not there is exit code 1', async () => {
    const { exit, err } = await commandLine().run('verify /nowhere.json --key k');
    expect([exit, err]).toEqual([1, 'vconnect verify: The file /nowhere.json cannot be read (ENOENT).\n']);
  });
});

describe('simulator', () => {
  it('runs alone until the signal', async () => {
    const running = commandLine().begin('simulator --port 0 --host 127.0.0.1');
    expect(await running.until('simulator')).toBe('The simulator is running at http://127.0.0.1:0\n');
    expect((await running.stop()).exit).toBe(0);
  });

  it('wants a port that is one', async () => {
    expect((await commandLine().run('simulator --port 70000')).exit).toBe(2);
  });
});

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
    for (const file of ['events.db', 'payloads.db', 'identity.db', 'keyring/keyring.db']) writeFileSync(join(line.data, file), '');
    writeFileSync(join(line.data, 'keyring/root.key'), 'x', { mode: 0o600 });
    writeFileSync(join(line.data, 'views.db'), 'not a database, but long enough to have a header of a hundred bytes '.repeat(4));
    const { exit, out } = await line.run('doctor');
    expect(exit).toBe(4);
    expect(out).toContain('✗ views.db: damaged\n  → stop the server, move the file away and start: it is built anew from the log');
  });

  it('names a root key that others may read, and one that is missing', async () => {
    const line = commandLine();
    mkdirSync(join(line.data, 'keyring'), { recursive: true, mode: 0o700 });
    const key = join(line.data, 'keyring/root.key');
    writeFileSync(key, 'x', { mode: 0o644 });
    expect((await line.run('doctor')).out).toContain(`✗ root key: other users of this machine may read it (mode 644)\n  → chmod 600 ${key}`);
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

import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ids } from '#tests/support/fake-values.ts';
import { commandLine, type Line } from './command-line.ts';

/** The same verbs alone and beside a running server: the answers must not differ. */
describe.each(['alone', 'beside the server'])('%s', (place) => {
  const open = async (): Promise<Line> => {
    const line = commandLine();
    if (place === 'beside the server') {
      await line.begin('start').until('running');
      line.openProduct = async (_config, _log, role) => {
        expect(role).toBe('cli');
        return line.fake.product;
      };
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
      'projection  generation  version  checkpoint  behind  seconds  parked  fault  beside it\ninbox       2           1        40          2       3        1              1 kept\n',
    );
    expect(JSON.parse((await line.run('projections --json')).out)).toMatchObject({
      ok: true,
      projections: [{ name: 'inbox', checkpoint: '40', lag: '2' }],
    });
  });

  it('projections parked names the event, the error and its place, and the way out; replay takes it up', async () => {
    const line = await open();
    const { out } = await line.run('projections parked');
    expect(out).toContain('from revision 3 (position 17): CustomerWrote, TypeError');
    expect(out).toContain('projections/inbox/project.ts:1:1');
    const [, way] = /vconnect (projections replay \S+ \S+)/.exec(out) ?? [];
    expect((await line.run(String(way))).out).toBe('Taken up: the views are as if it had never failed.\n');
    expect((await line.run('projections replay inbox nonsense')).exit).toBe(2);
    expect((await line.run('projections replay nowhere nonsense')).exit).toBe(2);
  });

  it('rebuild shows its progress and its comparison, and switches to what is equal', async () => {
    const line = await open();
    const ran = await line.run('rebuild inbox');
    expect([ran.exit, ran.out]).toEqual([0, 'Rebuilt: inbox, generation 3 is live\n']);
    expect(ran.err).toContain('inbox: 100 % (10 of 10 events)');
    expect(ran.err).toContain('equal to the live one in all 12 documents');
    expect((await line.run('rebuild --all')).out).toBe('Rebuilt: inbox, generation 3 is live\n');
  });

  it('rebuild lists a difference, and asks before it switches', async () => {
    const line = await open();
    const differences = [{ collection: 'inbox', missing: 0, added: 1, changed: 2, ids: ['a', 'b', 'c'] }];
    line.fake.answers.comparison = { kind: 'different', documents: 12, differences };
    const no = await line.run('rebuild inbox', ['no']);
    expect([no.exit, no.out]).toEqual([1, 'Not switched: inbox stays as it was; the new generation was dropped\n']);
    expect(no.err).toContain('inbox: 2 changed, 1 added, 0 missing (a, b, c)');
    expect((await line.run('rebuild inbox', ['switch'])).out).toBe('Rebuilt: inbox, generation 3 is live\n');
    expect((await line.run('rebuild inbox --yes')).exit).toBe(0);
  });

  it('rollback goes back to the generation before', async () => {
    const line = await open();
    expect((await line.run('rollback inbox')).out).toBe('Generation 1 of inbox is live again.\n');
    expect((await line.run('rollback nowhere')).exit).toBe(2);
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
    const certificate = Buffer.from(JSON.stringify({ statement: { controller: { organisation: ids.tenant }, é: 1 } }));
    line.fake.answers.certificate = certificate;
    const file = join(line.folder, 'certificate.json');
    const order = `erase ${ids.contact} --as dpo@example.com --reason consent-withdrawn --out ${file}`;
    const { exit, out, err } = await line.run(order, ['erase']);
    expect(exit).toBe(0);
    expect(err).toContain(`… fenced\n… destroyed\n… completed\nCertificate: ${file}\n`);
    expect(out).toContain(`Erased: ${ids.erasure}\nSalt: salt\n`);
    expect(readFileSync(file).equals(certificate)).toBe(true);
    expect(err).toContain(`npx vconnect verify ${file} --key vconnect+aaaaaaaa+key`);
    expect(line.fake.callsOf('operator.erase')).toEqual([['dpo@example.com', ids.contact, 'consent-withdrawn']]);
    writeFileSync(file, 'another certificate');
    expect((await line.run(`${order} --yes`)).exit).toBe(1);
    expect(readFileSync(file, 'utf8')).toBe('another certificate');
    expect(line.fake.callsOf('operator.erase')).toHaveLength(1);
  });

  it('erase tells the salt even when the certificate cannot be saved', async () => {
    const line = await open();
    const { exit, out, err } = await line.run(
      `erase ${ids.contact} --as dpo@example.com --reason child --out ${line.folder}/none/c.json --yes`,
    );
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

import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { verbs } from '#infra/cli/verbs.ts';
import { startSimulator } from '#infra/simulator/main.ts';
import { type Canary, phoneForms, searchFolder, searchText } from '#tests/support/canaries.ts';
import { handleCanaries, phone, planted } from '#tests/support/canary-workload.ts';
import { eventually } from '#tests/support/eventually.ts';
import { apiClient, freePort, type ProductProcess, startProcess } from '#tests/support/product-process.ts';
import { environmentOf, newDataFolder, runProduct } from '#tests/support/running-product.ts';

const PROGRAM = join(import.meta.dirname, '../support/product-program.ts');
const CRASH = join(import.meta.dirname, '../support/crash-program.ts');
const environmentSecret: Canary = { name: 'environment', value: `Canaryenvironment${planted.body.value.slice(-16)}` };

/**
 * What a process leaves when it is asked for its state, is quit, killed, or fails; and what the command line prints. Everything it may write
 * lies in one folder: data, temporary files, reports, and where a memory image would go.
 */
describe('a process that is looked into, or ends badly', () => {
  const folder = newDataFolder();
  const [dataFolder, temporary, reports] = [join(folder, 'data'), join(folder, 'tmp'), join(folder, 'reports')];
  const canaries: Canary[] = [...Object.values(planted), ...phoneForms('phone', phone), environmentSecret];
  const reporting = `--report-on-signal --report-signal=SIGUSR2 --report-uncaught-exception --report-on-fatalerror --report-directory=${reports}`;
  const own = { TMPDIR: temporary, SQLITE_TMPDIR: temporary, CANARY: environmentSecret.value };
  let simulator: Awaited<ReturnType<typeof startSimulator>>;
  let contactId = '';

  beforeAll(async () => {
    for (const each of [temporary, reports]) mkdirSync(each);
    const running = await runProduct({ dataFolder });
    ({ contactId } = await handleCanaries(running, canaries, []));
    await running.close();
    simulator = await startSimulator({ port: 0, host: '127.0.0.1' });
  });
  afterAll(async () => {
    await simulator.close();
    rmSync(folder, { recursive: true, force: true });
  });

  /** A server whose memory holds what it opened. */
  const warmServer = async (): Promise<ProductProcess> => {
    const port = await freePort();
    const server = await startProcess(dataFolder, simulator.url, {
      port,
      logLevel: 'debug',
      environment: { ...own, NODE_OPTIONS: reporting },
    });
    const signedIn = await fetch(`${server.url}/api/v1/session`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ email: `${planted.ownerEmail.value}@x.example`, password: planted.password.value }),
    });
    const { token } = (await signedIn.json()) as { readonly token: string };
    canaries.push({ name: 'token', value: token });
    const api = apiClient(server.url, token);
    const { body } = (await api<{ readonly items: readonly { readonly conversationId: string }[] }>('GET', '/conversations')) ?? {};
    const read = await api<object>('GET', `/conversations/${body?.items[0]?.conversationId ?? ''}/messages`);
    // The control: this process has them in its memory.
    expect(JSON.stringify(read)).toContain(planted.body.value);
    expect(JSON.stringify(await api<object>('GET', `/contacts/${contactId}`))).toContain('masked');
    return server;
  };
  const found = () => searchFolder(canaries, folder).finds;

  it('reports its state without a value, an environment or a name', async () => {
    const server = await warmServer();
    process.kill(server.pid, 'SIGUSR2');
    const report = await eventually('a diagnostic report', () => {
      const [name] = readdirSync(reports);
      const text = name === undefined ? '' : readFileSync(join(reports, name), 'utf8');
      return text.trimEnd().endsWith('}') ? text : null;
    });
    expect(report).toContain('"javascriptStack"');
    expect(searchText(canaries, 'report', report)).toEqual([]);
    expect(report).not.toContain('"environmentVariables"');
    for (const name of readdirSync(reports)) rmSync(join(reports, name));
    expect(await server.stop()).toBe(0);
    expect(searchText(canaries, 'log', server.errors())).toEqual([]);
    expect(found()).toEqual([]);
  });

  it('would be found in a report that quotes an error', () => {
    const quoting = JSON.stringify(process.report.getReport(new Error(`cannot handle ${planted.body.value}`)));
    expect(searchText(canaries, 'report', quoting)).not.toEqual([]);
  });

  it.each(['SIGQUIT', 'SIGKILL', 'SIGTERM'] as const)('leaves nothing behind on %s', async (signal) => {
    const server = await warmServer();
    process.kill(server.pid, signal);
    await eventually('its end', () => !isAlive(server.pid));
    expect(searchText(canaries, 'log', server.errors())).toEqual([]);
    expect(found()).toEqual([]);
    if (signal === 'SIGQUIT') expect(server.errors()).toContain('process.quit');
  });

  const crash = async (way: string) => {
    const words = [way, planted.body.value].map((text) => Buffer.from(text).toString('base64'));
    const child = spawn(process.execPath, [...reporting.split(' '), CRASH, ...words], { cwd: folder, env: { ...process.env, ...own } });
    let said = '';
    for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text: string) => (said += text));
    const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
    // The words came in on the command line, which a report names: that is the test's doing.
    const written = readdirSync(reports).map((name) => readFileSync(join(reports, name), 'utf8').replaceAll(words[1] ?? '', ''));
    for (const name of readdirSync(reports)) rmSync(join(reports, name));
    return { code, said, written: written.join('\n') };
  };

  it.each(['throw', 'throw-text', 'reject', 'quit'])('says nothing of what it had in hand: %s', async (way) => {
    const { code, said, written } = await crash(way);
    expect(code).toBe(1);
    expect(said).toContain(way === 'quit' ? 'process.quit' : 'process.failed');
    expect(searchText(canaries, way, `${said}\n${written}`)).toEqual([]);
  });

  it('would be found where Node itself tells of the end', async () => {
    const { said, written } = await crash('without-the-guard');
    expect(searchText(canaries, 'said', said)).not.toEqual([]);
    expect(searchText(canaries, 'written', written)).not.toEqual([]);
  });

  /** Every verb. Null: it serves, and is looked at above. */
  const lines: Readonly<Record<string, readonly string[] | null>> = {
    start: null,
    simulator: null,
    verify: ['verify', 'log'],
    erase: ['erase', '0'.repeat(32), '--as', 'nobody@x.example', '--reason', 'objection', '--yes'],
    rebuild: ['rebuild', 'inbox', '--yes'],
    rollback: ['rollback', 'inbox'],
    projections: ['projections'],
    rotate: ['rotate', 'nonsense'],
    datamap: ['datamap'],
    user: ['user', 'list'],
    token: ['token', '--email', 'nobody@x.example'],
    doctor: ['doctor'],
  };

  it('visits every verb: one that is new fails here', () => {
    expect(Object.keys(lines).sort()).toEqual(verbs.map(({ name }) => name).sort());
  });

  it.each(Object.entries(lines).flatMap(([name, words]) => (words === null ? [] : [{ name, words }])))(
    'prints ids, codes and numbers, and nothing of anybody: $name',
    ({ words }) => {
      for (const how of [[], ['--json']]) {
        const env = { PATH: process.env['PATH'], ...environmentOf(dataFolder, simulator.url, {}), ...own };
        const { stdout, stderr, status } = spawnSync(process.execPath, [PROGRAM, ...words, ...how], { cwd: folder, env, encoding: 'utf8' });
        expect(status, stderr).toBeLessThanOrEqual(2);
        expect(searchText(canaries, words.join(' '), `${stdout}\n${stderr}`)).toEqual([]);
      }
      expect(found()).toEqual([]);
    },
  );
});

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};

import { spawn } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ROOT } from '#infra/tooling/root.ts';

// A stand-in for the CLI: says under which Node and with what it was called, then does what its first argument asks.
const CLI = `
const [verb, value] = process.argv.slice(2);
if (verb === 'exit') process.exitCode = Number(value);
if (verb === 'wait') {
  process.on('SIGTERM', () => process.exit(7));
  process.on('SIGINT', () => process.exit(8));
  setInterval(() => {}, 1000);
}
console.log(JSON.stringify({ node: process.versions.node, args: process.argv.slice(2) }));
if (verb === 'die') process.kill(process.pid, 'SIGKILL');
`;

describe('the vconnect command', () => {
  let folder = '';
  beforeEach(() => {
    folder = realpathSync(mkdtempSync(join(tmpdir(), 'vconnect-bin-')));
    mkdirSync(join(folder, 'infra/cli'), { recursive: true });
    copyFileSync(join(ROOT, 'infra/cli/bin.mjs'), join(folder, 'infra/cli/bin.mjs'));
    writeFileSync(join(folder, 'infra/cli/main.ts'), CLI);
    writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
    // Tells the command, and only it, that its Node is an old one.
    writeFileSync(
      join(folder, 'old.mjs'),
      "Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '20.11.0' } });",
    );
  });
  afterEach(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  const installNode = (): void => {
    mkdirSync(join(folder, 'node_modules'));
    symlinkSync(join(ROOT, 'node_modules/node'), join(folder, 'node_modules/node'));
  };
  const run = (onOldNode: boolean, ...args: readonly string[]) => {
    const child = spawn(process.execPath, [...(onOldNode ? ['--import', join(folder, 'old.mjs')] : []), 'infra/cli/bin.mjs', ...args], {
      cwd: folder,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const out = { text: '', error: '' };
    child.stdout.setEncoding('utf8').on('data', (text: string) => (out.text += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (out.error += text));
    const started = new Promise((resolve) => child.stdout.once('data', resolve));
    const ended = new Promise<{ code: number | null; signal: string | null }>((resolve) => {
      child.once('close', (code, signal) => {
        resolve({ code, signal });
      });
    });
    return { child, out, started, ended };
  };

  it('runs the CLI in its own process where Node is new enough', async () => {
    const { out, ended } = run(false, 'exit', '3');
    expect(await ended).toEqual({ code: 3, signal: null });
    expect(JSON.parse(out.text)).toEqual({ node: process.versions.node, args: ['exit', '3'] });
  });

  it('runs the same command line again under its own Node where that is too old', async () => {
    installNode();
    const { out, ended } = run(true, 'exit', '4', '--json');
    expect(await ended).toEqual({ code: 4, signal: null });
    expect(JSON.parse(out.text)).toEqual({ node: expect.stringMatching(/^24\./) as string, args: ['exit', '4', '--json'] });
  });

  it.each([
    ['SIGTERM', 7],
    ['SIGINT', 8],
  ] as const)('passes %s on and ends with the code that the CLI chose', async (signal, code) => {
    installNode();
    const { child, started, ended } = run(true, 'wait');
    await started;
    child.kill(signal);
    expect(await ended).toEqual({ code, signal: null });
  });

  it('ends by the signal that ended the CLI', async () => {
    installNode();
    expect(await run(true, 'die').ended).toEqual({ code: null, signal: 'SIGKILL' });
  });

  it('says in one line what to do where no new Node is installed', async () => {
    const { out, ended } = run(true, 'exit', '0');
    expect(await ended).toEqual({ code: 1, signal: null });
    expect(out.error).toMatch(/^vconnect: expected Node 24\.12 or newer, got 20\.11\.0, .*"npm ci".*\n$/);
  });
});

import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, describe, expect, it } from 'vitest';

const MAIN = join(import.meta.dirname, '../../../infra/cli/main.ts');
const folder = mkdtempSync(join(tmpdir(), 'vconnect-process-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The real command line, as a process of its own with the real parts. */
const run = async (args: readonly string[], environment: Record<string, string> = {}, leave = false) => {
  const child = spawn(process.execPath, [MAIN, ...args], {
    env: { PATH: process.env['PATH'], VCONNECT_DATA: join(folder, 'data'), ...environment },
  });
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  if (leave) child.stdout.destroy();
  const [out, err] = await Promise.all([leave ? '' : text(child.stdout), text(child.stderr)]);
  return { exit: await ended, out, err };
};

describe('the process', () => {
  it('shows help and ends', async () => {
    const { exit, out, err } = await run(['--help']);
    expect([exit, err, out.includes('Usage: vconnect <verb>')]).toEqual([0, '', true]);
  });

  it('refuses what is no certificate with the real verifier', async () => {
    const file = join(folder, 'certificate.json');
    writeFileSync(file, '{}');
    const { exit, err } = await run(['verify', file, '--key', 'nonsense']);
    expect([exit, err]).toEqual([2, 'Not valid: The given key is not a verifier key of the form name+id+base64.\n']);
  });

  it('ends with one sentence, without a value and without a stack, when the environment is wrong', async () => {
    const { exit, out, err } = await run(['projections'], { VCONNECT_ROOT_KEY: 'hunter2' });
    expect([exit, out]).toEqual([2, '']);
    expect(err).toBe(
      'vconnect projections: VCONNECT_ROOT_KEY: expected 64 hexadecimal digits\n"vconnect projections --help" shows how it is used.\n',
    );
  });

  it('does not fail when nobody reads its result to the end', async () => {
    const { exit, err } = await run(['--help'], {}, true);
    expect([exit, err]).toEqual([0, '']);
  });
});

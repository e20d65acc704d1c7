import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { withLock } from '#infra/tooling/lock.ts';
import { ROOT } from '#infra/tooling/root.ts';

const WAIT_MS = 10_000;

describe('the lock around a build', () => {
  let folder = '';
  let file = '';
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'vconnect-lock-'));
    file = join(folder, 'deep/build.lock');
  });
  afterEach(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  it('lets one holder in at a time', async () => {
    let inside = 0;
    let most = 0;
    const work = async (): Promise<void> => {
      most = Math.max(most, (inside += 1));
      await new Promise((resolve) => setTimeout(resolve, 50));
      inside -= 1;
    };
    await Promise.all([withLock(file, WAIT_MS, work), withLock(file, WAIT_MS, work), withLock(file, WAIT_MS, work)]);
    expect(most).toBe(1);
  });

  it('is free again after work that failed', async () => {
    await expect(withLock(file, WAIT_MS, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(await withLock(file, 0, () => Promise.resolve('in'))).toBe('in');
  });

  it('gives up after its time, with a code', async () => {
    await withLock(file, WAIT_MS, async () => {
      await expect(withLock(file, 1, () => Promise.resolve())).rejects.toMatchObject({ code: 'lock_timeout' });
    });
  });

  it('is free again when its holder was killed', async () => {
    const script = `import { withLock } from ${JSON.stringify(join(ROOT, 'infra/tooling/lock.ts'))};
      await withLock(${JSON.stringify(file)}, 1000, async () => { console.log('held'); await new Promise((r) => setTimeout(r, 60000)); });`;
    const holder = spawn(process.execPath, ['--input-type=module', '--eval', script], { stdio: ['ignore', 'pipe', 'inherit'] });
    await new Promise((resolve) => holder.stdout.once('data', resolve));
    holder.kill('SIGKILL');
    expect(await withLock(file, WAIT_MS, () => Promise.resolve('in'))).toBe('in');
  });
});

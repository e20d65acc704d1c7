import { readFile, writeFile } from 'node:fs/promises';
import { CliFault } from './exit-codes.ts';

export const readBytes = async (path: string): Promise<Uint8Array> => {
  try {
    return await readFile(path);
  } catch (error) {
    throw new CliFault('FILE_NOT_READABLE', `The file ${path} cannot be read (${codeOf(error)}).`, error);
  }
};

/** Never over an existing file: it may be the only certificate of somebody else. */
export const writeNew = async (path: string, bytes: Uint8Array): Promise<void> => {
  try {
    await writeFile(path, bytes, { flag: 'wx' });
  } catch (error) {
    throw new CliFault('FILE_NOT_WRITABLE', `The file ${path} cannot be written (${codeOf(error)}).`, error);
  }
};

const codeOf = (error: unknown): string => (error instanceof Error && 'code' in error ? String(error.code) : 'no code');

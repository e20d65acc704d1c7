import { join } from 'node:path';

/** The repository's folder, absolute, without a slash at its end. */
export const ROOT = join(import.meta.dirname, '../..');

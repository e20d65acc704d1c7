import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { releaseSchema } from '#domain/ids.ts';

const manifest = z.object({ version: releaseSchema });

/** This release of the product, as its package says. */
export const RELEASE = manifest.parse(JSON.parse(readFileSync(join(import.meta.dirname, '../package.json'), 'utf8'))).version;

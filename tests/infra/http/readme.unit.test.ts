import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { problems } from '#infra/http/problems.ts';

const README = readFileSync(join(import.meta.dirname, '../../../infra/http/README.md'), 'utf8');

it('the README lists every code of the server with its status and its sentence, and no other', () => {
  const table = README.split(/<!-- \/?problems[^>]*-->/)[1] ?? '';
  const rows = table.split('\n').filter((line) => line.startsWith('| `'));
  expect(rows).toEqual(Object.entries(problems).map(([code, { status, title }]) => `| \`${code}\` | ${String(status)} | ${title} |`));
});

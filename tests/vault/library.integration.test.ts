// vault/ can be lifted out: it needs what its README says, and the README's example works as printed.
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { after, text } from './readme-example.ts';

const VAULT = join(import.meta.dirname, '../../vault');
const sourceOf = (file: string): string => readFileSync(join(VAULT, file), 'utf8');
const files = globSync('*.ts', { cwd: VAULT }).filter((file) => !file.endsWith('.d.ts'));

/** What a file imports from outside of its folder; of types alone: in brackets, since nothing is left of it when it runs. */
const importsOf = (file: string): readonly string[] =>
  [...sourceOf(file).matchAll(/import\s+(type\s)?(?:[^;'"]+?\sfrom\s)?['"]([^.'"][^'"]*)['"]|import\(['"]([^'"]+)['"]\)/g)].map(
    ([, type, from = '', dynamic]) => (type === undefined ? (dynamic ?? from) : `[${from}]`),
  );

test('it has files to look at', () => {
  expect(files.length).toBeGreaterThan(15);
});

test('it runs on node:crypto, tweetnacl and, where it is there, sodium-native', () => {
  const own = files.filter((file) => file !== 'seal-event.ts');
  const running = new Set(own.flatMap(importsOf).filter((from) => !from.startsWith('[')));
  expect([...running].sort()).toEqual(['node:crypto', 'sodium-native', 'tweetnacl']);
});

test('of the domain it takes types alone, but in the one file that knows events', () => {
  const types = new Set(
    files
      .filter((file) => file !== 'seal-event.ts')
      .flatMap(importsOf)
      .filter((from) => from.startsWith('[#')),
  );
  expect([...types].sort()).toEqual(['[#domain/ids.ts]', '[#domain/personal.ts]', '[#domain/sealed-handle.ts]']);
  expect(importsOf('seal-event.ts').filter((from) => !from.startsWith('['))).toEqual(['#domain/ids.ts', '#domain/sealed-handle.ts']);
});

test('the verifier runs on tweetnacl alone, in a browser too', () => {
  const verifier = files.filter((file) => file.startsWith('verify-'));
  expect(new Set(verifier.flatMap(importsOf).filter((from) => !from.startsWith('[')))).toEqual(new Set(['tweetnacl']));
});

test('the example of the README is the file that runs here', () => {
  const [, printed] = /^```ts\n(.+?)^```$/ms.exec(readFileSync(join(VAULT, 'README.md'), 'utf8')) ?? [];
  expect(printed).toBe(readFileSync(join(import.meta.dirname, 'readme-example.ts'), 'utf8'));
  expect(text).toBe('Hello');
  expect(after).toBe('tampered');
});

import { join } from 'node:path';
import { ESLint, Linter } from 'eslint';
import tseslint from 'typescript-eslint';
import { describe, expect, it } from 'vitest';
import { ROOT } from '#infra/tooling/root.ts';

const eslint = new ESLint({ cwd: ROOT, overrideConfigFile: join(ROOT, 'infra/tooling/eslint.config.js') });

/** The messages that the house's own bans, as configured for `file`, give for `code`. */
const bansBrokenBy = async (file: string, code: string): Promise<readonly string[]> => {
  const config: { readonly rules: Linter.RulesRecord } = await eslint.calculateConfigForFile(join(ROOT, file));
  const rules = Object.fromEntries(
    ['no-restricted-syntax', 'no-restricted-properties', 'no-restricted-globals', 'no-console'].map((rule) => [
      rule,
      config.rules[rule] ?? 'off',
    ]),
  );
  const messages = new Linter().verify(
    code,
    [{ files: ['**/*.ts'], languageOptions: { parser: tseslint.parser }, rules }] as Linter.Config[],
    {
      filename: 'planted.ts',
    },
  );
  return messages.map(({ message }) => message);
};

const DECIDER = 'domain/contact/decider.ts';
const HANDLER = 'infra/app/handle-command.ts';

describe('the lint rules', () => {
  it.each([
    ['an async function', 'export const f = async () => 1;'],
    ['an await', 'await f();'],
    ['a throw', "export const f = () => { throw new Error('no'); };"],
    ['the clock', 'export const f = () => Date.now();'],
    ['a date of now', 'export const f = () => new Date();'],
    ['chance', 'export const f = () => Math.random();'],
    ['a random id', 'export const f = () => crypto.randomUUID();'],
    ['a cast', 'export const f = (x: unknown) => x as string;'],
    ['an enum', 'export enum E { A }'],
    ['a class', 'export class C {}'],
    ['a barrel', "export * from './events.ts';"],
    ['a default export', 'export default 1;'],
    ['the console', "console.log('x');"],
    ['the environment', 'export const f = () => process.env;'],
  ])('refuse %s in a decider', async (_name, code) => {
    expect(await bansBrokenBy(DECIDER, code)).not.toEqual([]);
  });

  it.each([
    ['arithmetic on times', 'export const f = (at: string) => new Date(Date.parse(at) + 1).toISOString();'],
    ['constant tables', "export const T = ['a'] as const satisfies readonly string[];"],
  ])('allow %s in a decider', async (_name, code) => {
    expect(await bansBrokenBy(DECIDER, code)).toEqual([]);
  });

  it.each([
    ['a cast', 'export const f = (x: unknown) => x as string;'],
    ['a class', 'export class Store {}'],
    ['a class that extends one', 'export class Store extends Base {}'],
    ['the environment', 'export const f = () => process.env.HOME;'],
    ['the console', "console.error('x');"],
  ])('refuse %s in infra', async (_name, code) => {
    expect(await bansBrokenBy(HANDLER, code)).not.toEqual([]);
  });

  it.each([
    ['a fault', 'export class StoreFault extends Error {}'],
    ['an async function that throws', "export const f = async () => { throw new Error('no'); };"],
  ])('allow %s in infra', async (_name, code) => {
    expect(await bansBrokenBy(HANDLER, code)).toEqual([]);
  });

  it('let the configuration alone read the environment', async () => {
    expect(await bansBrokenBy('infra/config.ts', 'export const f = () => process.env;')).toEqual([]);
  });
});

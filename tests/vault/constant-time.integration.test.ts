// The rule of infra/tooling/eslint-constant-time.js, as configured for the files that hold secrets.
import { join } from 'node:path';
import { ESLint } from 'eslint';
import { describe, expect, test } from 'vitest';
import { ROOT } from '#infra/tooling/root.ts';

const RULE = 'vault/constant-time';
const eslint = new ESLint({
  cwd: ROOT,
  overrideConfigFile: join(ROOT, 'infra/tooling/eslint.config.js'),
  ruleFilter: ({ ruleId }) => ruleId === RULE,
});

const HEAD = `import { createHmac, hash } from 'node:crypto';
type Bytes = Uint8Array;
declare const a: Bytes; declare const b: Buffer; declare const maybe: Uint8Array | null; declare const hmac: ReturnType<typeof createHmac>;
declare const text: string; declare const at: number; declare const hexOf: (bytes: Bytes) => string;
`;

/** How many comparisons the rule refuses in `code`, read as if it stood in `file`. */
const refused = async (code: string, file = 'vault/box.ts'): Promise<number> => {
  const [result] = await eslint.lintText(`${HEAD}export const x = ${code};\n`, { filePath: join(ROOT, file) });
  return result?.messages.filter(({ ruleId }) => ruleId === RULE).length ?? -1;
};

describe('in the vault a comparison of bytes is refused', () => {
  test.each([
    ['by identity', 'a === b'],
    ['by Buffer.equals', 'b.equals(a)'],
    ['by Buffer.compare', 'Buffer.compare(a, b) === 0'],
    ['by compare of a buffer', 'b.compare(a) > 0'],
    ['element by element', 'a.every((byte, index) => byte === b[index])'],
    ['element by element, negated', 'a.some((byte, index) => b[index] !== byte)'],
    ['as text', "b.toString('hex') === text"],
    ['as text of a helper', 'text !== hexOf(a)'],
    ['as text of a hash', "hash('sha256', a) === text"],
    ['as text of an HMAC', "hmac.digest('hex') == text"],
    ['as the beginning of a text', "b.toString('base64').startsWith(text)"],
    ['of a kind that may be null', 'maybe === a'],
  ])('%s', async (_name, code) => {
    expect(await refused(code)).toBe(1);
    expect(await refused(code, 'infra/vaultstore/open.ts')).toBe(1);
  });
});

describe('and left alone', () => {
  test.each([
    ['a length', 'a.length === b.length'],
    ['a field of a format at its place', 'a[0] !== 0x01'],
    ['nothing at all', 'maybe === null'],
    ['texts', "text === 'executed'"],
    ['a search in a file', 'b.indexOf(a, at) >= 0'],
  ])('%s', async (_name, code) => {
    expect(await refused(code)).toBe(0);
  });

  test('public bytes: the verifier of certificates, and files outside the vault', async () => {
    expect(await refused('b.equals(a)', 'vault/verify-key.ts')).toBe(0);
    expect(await refused('b.equals(a)', 'infra/http/api.ts')).toBe(0);
  });
});

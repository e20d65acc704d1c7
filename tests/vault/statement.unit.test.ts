// Every field of a certificate, one by one: what it may hold, what not, that it must be there and that no other may be.
import { describe, expect, test } from 'vitest';
import vectors from '#vault/vectors.json' with { type: 'json' };
import { verifyCertificate } from '#vault/verify-certificate.ts';
import { isCertificate } from '#vault/verify-statement.ts';
import { certificate, signerFrom } from './certificate-support.ts';

type Json = string | number | null | readonly Json[] | { readonly [name: string]: Json };
type Path = readonly (string | number)[];

const whole = JSON.parse(Buffer.from(await certificate()).toString()) as Json;
const isObject = (value: unknown): value is Readonly<Record<string, Json>> => typeof value === 'object' && value !== null;
const entries = (value: Json): readonly (readonly [string | number, Json])[] =>
  Array.isArray(value) ? value.map((item: Json, at) => [at, item] as const) : isObject(value) ? Object.entries(value) : [];

const put = (value: Json, [head, ...rest]: Path, change: (old: Json) => Json): Json => {
  if (head === undefined) return change(value);
  if (Array.isArray(value)) return value.map((item: Json, at) => (at === head ? put(item, rest, change) : item));
  return isObject(value) ? { ...value, [head]: put(value[head] ?? null, rest, change) } : value;
};
const leaves = (value: Json, path: Path = []): readonly (readonly [Path, Json])[] =>
  isObject(value) ? entries(value).flatMap(([name, item]) => leaves(item, [...path, name])) : [[path, value]];
const objects = (value: Json, path: Path = []): readonly Path[] =>
  isObject(value)
    ? [...(Array.isArray(value) ? [] : [path]), ...entries(value).flatMap(([name, item]) => objects(item, [...path, name]))]
    : [];

const shown = (path: Path): string => path.join('.');
const NULLABLE = /(acknowledgements\.\d+\.id|residual\.\d+\.days|ledger)$/;

describe('a field', () => {
  test.each(leaves(whole).map(([path, value]) => [shown(path), path, value] as const))(
    '%s holds nothing of another form',
    (name, path, value) => {
      const accepts = (other: Json): boolean => isCertificate(put(whole, path, () => other));
      expect(accepts(value)).toBe(true);
      const others: readonly Json[] = [
        {},
        [],
        '',
        ...(NULLABLE.test(name) ? [] : [null]),
        ...(typeof value === 'number' ? [String(value), -1, 0.5, 2 ** 53, [value]] : NULLABLE.test(name) ? ['x'] : [7]),
        ...(typeof value === 'string'
          ? [`${value} `, ` ${value}`, `${value}\n`, `\n${value}`, `x\n${value}\nx`, [value], `${value}é`, value.slice(1)]
          : []),
      ];
      // A code without its first letter is another code.
      for (const other of others)
        if (accepts(other)) expect(`${name} = ${JSON.stringify(other)}`).toMatch(/(role|reason|version|store|data|ground) = "[^\s"]+"$/);
    },
  );

  test.each(objects(whole).map((path) => [shown(path) || 'the file', path] as const))(
    '%s has all of its fields and no other',
    (_name, path) => {
      expect(isCertificate(put(whole, path, (old) => ({ ...(isObject(old) ? old : {}), more: 1 })))).toBe(false);
      const names = entries(path.reduce<Json>((value, name) => (isObject(value) ? (value[name as string] ?? null) : null), whole)).map(
        ([name]) => name,
      );
      for (const name of names) {
        const drop = (old: Json): Json => Object.fromEntries(entries(old).filter(([one]) => one !== name));
        expect(isCertificate(put(whole, path, drop))).toBe(false);
        expect(isCertificate(put(whole, path, (old) => ({ ...(drop(old) as object), [`${String(name)}s`]: null })))).toBe(false);
      }
      expect(isCertificate(put(whole, path, (old) => [old]))).toBe(false);
      expect(isCertificate(put(whole, path, () => null))).toBe(false);
    },
  );
});

describe('and holds', () => {
  const statement = (...path: Path): Path => ['statement', ...path];
  test.each<readonly [string, Path, readonly Json[], readonly Json[]]>([
    [
      'a number of four to nine digits after its year',
      statement('certificate'),
      ['EC-2026-0001', 'EC-9999-123456789'],
      ['EC-2026-001', 'EC-2026-1234567890', 'EC-20260-0001', 'XEC-2026-0001', 'EC-2026-0001X', 'EC-2o26-0001', 'EC-2026-00o1'],
    ],
    [
      'an id of 32 digits',
      statement('erasureId'),
      ['0'.repeat(32), 'f'.repeat(32)],
      ['0'.repeat(31), '0'.repeat(33), 'F'.repeat(32), 'g'.repeat(32)],
    ],
    ['a digest of 64 digits', statement('subjectHash'), ['0'.repeat(64)], ['0'.repeat(63), '0'.repeat(65), 'A'.repeat(64)]],
    [
      'a version of one to 64 signs',
      statement('processor', 'version'),
      ['1', 'a.b-c+Z9', '1'.repeat(64)],
      ['', '1'.repeat(65), '1 0', '1/0'],
    ],
    [
      'a code of one to 64 signs',
      statement('operator', 'role'),
      ['d', 'dpo2-Xy', 'd'.repeat(64)],
      ['', 'd'.repeat(65), 'Dpo', '2', '-d', 'd o', 'd_o', 'd.'],
    ],
    [
      'a time in UTC with milliseconds',
      statement('issuedAt'),
      ['0000-00-00T00:00:00.000Z'],
      [
        '2026-11-24T09:30:00Z',
        '2026-11-24T09:30:00.000',
        '2026-11-24T09:30:00.0000Z',
        '02026-11-24T09:30:00.000Z',
        '2026-11-24T09:30:00.000ZZ',
        '2026-11-24T09:30:00x000Z',
        '2026-11-24t09:30:00.000Z',
        '202x-11-24T09:30:00.000Z',
        '2026-1x-24T09:30:00.000Z',
        '2026-11-2xT09:30:00.000Z',
        '2026-11-24Tx9:30:00.000Z',
        '2026-11-24T09:x0:00.000Z',
        '2026-11-24T09:30:x0.000Z',
        '2026-11-24T09:30:00.x00Z',
      ],
    ],
    ['any count', statement('verification', 'tried'), [0, 1, 2 ** 53 - 1], [-1, 1.5, 2 ** 53]],
    ['no keys, as far as the form goes', statement('keys'), [[]], [[1], {}, 'none']],
    ['no backups', statement('backups'), [[]], [[1], [[]], {}]],
    ['no process', statement('acknowledgements', 0, 'id'), [null, '0'.repeat(32)], ['x', 0]],
    ['no end', statement('residual', 0, 'days'), [null, 0], [-1, 'x', 0.5]],
    ['a key id of eight digits', ['signature', 'keyId'], ['0'.repeat(8)], ['0'.repeat(7), '0'.repeat(9), 'A'.repeat(8)]],
    [
      'a signature of 64 bytes in base64',
      ['signature', 'value'],
      [`${'A/+z09'.repeat(14)}Aa==`],
      [
        'A'.repeat(86),
        `${'A'.repeat(85)}==`,
        `${'A'.repeat(87)}==`,
        `x${'A'.repeat(86)}==`,
        `${'A'.repeat(86)}==x`,
        `${'-'.repeat(86)}==`,
        `${'A'.repeat(86)}=`,
      ],
    ],
  ])('%s', (_what, path, good, bad) => {
    for (const value of good) expect([value, isCertificate(put(whole, path, () => value))]).toEqual([value, true]);
    for (const value of bad) expect([value, isCertificate(put(whole, path, () => value))]).toEqual([value, false]);
  });
});

describe('what the verifier says', () => {
  const { vkey } = signerFrom(1);
  const sentenceOf = (file: Uint8Array, key = vkey, subject?: { salt: string; subjectId: string }): string =>
    verifyCertificate(file, key, subject).sentence;
  test('is a sentence for each refusal', async () => {
    const file = await certificate();
    expect(sentenceOf(new Uint8Array(1_048_577))).toBe('This file is too large to be a certificate.');
    expect(sentenceOf(Buffer.from('x'))).toBe('This file is not a certificate: it does not hold JSON text.');
    expect(sentenceOf(Buffer.from('{} '))).toBe('This file was changed: its bytes are not in the canonical form that was signed.');
    expect(sentenceOf(Buffer.from('{}'))).toBe(
      'This file is not a certificate of erasure: fields are missing, unknown or of another form.',
    );
    expect(sentenceOf(Buffer.from('{"statement":{"stage":"final"}}'))).toBe(
      'This certificate claims a stage that this verifier cannot confirm.',
    );
    const text = Buffer.from(file).toString();
    expect(sentenceOf(Buffer.from(text.replace('"message":398', '"message":399')))).toBe(
      'The signature does not fit: the certificate was changed or forged.',
    );
    const incomplete = vectors.certificates.find(({ name }) => name === 'no destroyed key');
    expect(sentenceOf(Buffer.from(incomplete?.file ?? ''), incomplete?.vkey)).toBe(
      'This certificate must not have been issued: an acknowledgement is missing, or something still opened or was found.',
    );
    expect(sentenceOf(file, '')).toBe('The given key is not a verifier key of the form name+id+base64.');
    expect(sentenceOf(file, signerFrom(2).vkey)).toBe('This certificate was not signed with the given key.');
    expect(sentenceOf(file, vkey, { salt: '00', subjectId: 'x' })).toBe(
      'This certificate is about someone else, or the salt is another one.',
    );
  });
});

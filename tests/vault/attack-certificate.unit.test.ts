// What a forger may try beyond the frozen vectors: on the reader of JSON, on memory and time, and on what the verifier leaves behind.
import fc from 'fast-check';
import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { signCertificate } from '#vault/certificate.ts';
import { keyIdOf } from '#vault/signing.ts';
import { verifyCertificate } from '#vault/verify-certificate.ts';
import { fromBase64, hex } from '#vault/verify-encoding.ts';
import { canonicalJson, isRecord } from '#vault/verify-json.ts';
import { isReduced, parseVkey } from '#vault/verify-key.ts';
import { sha256 } from '#vault/verify-sha256.ts';
import { isCertificate, missingInStatement } from '#vault/verify-statement.ts';
import { certificate, signerFrom, statement } from './certificate-support.ts';
import { bytes, id, reasonOf } from './support.ts';

const { vkey, keyId } = signerFrom(1);
const file = Buffer.from(await certificate()).toString();
const reason = (text: string | Uint8Array, key = vkey): string => reasonOf(verifyCertificate(Buffer.from(text), key));

describe('a file made to exhaust its reader', () => {
  test.each([
    ['lists in lists', '['.repeat(500_000) + ']'.repeat(500_000)],
    ['objects in objects', '{"a":'.repeat(100_000) + '1' + '}'.repeat(100_000)],
  ])('%s: refused in no time, without a fault', (_name, text) => {
    const started = performance.now();
    expect(reason(text)).toBe('not-canonical');
    expect(performance.now() - started).toBeLessThan(2_000);
  });

  test('a megabyte is read, one byte more is not', () => {
    const list = (length: number): string => `["${'x'.repeat(length - 4)}"]`;
    expect(reason(list(1_048_576))).toBe('shape');
    expect(reason(list(1_048_577))).toBe('too-large');
  });

  test('a thousand acknowledgements fit', async () => {
    const many = Array.from({ length: 1_000 }, (_, index) => ({
      part: 'process' as const,
      id: id<'process'>(String(index)),
      at: statement().issuedAt,
    }));
    const bytesOf = await certificate({ acknowledgements: [...statement().acknowledgements, ...many] });
    expect(reason(bytesOf)).toBe('genuine');
    expect(bytesOf.length).toBeLessThan(150_000);
  });
});

describe('names that mean something to JavaScript', () => {
  test.each(['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty', 'valueOf'])(
    '%s changes nothing and is refused',
    (name) => {
      const forged = JSON.parse(`{"${name}":{"stage":"executed","polluted":true}}`) as object;
      for (const at of [{ ...statement(), ...{} }, {}])
        expect(
          reason(canonicalJson({ signature: {}, statement: Object.defineProperty(at, name, { value: forged, enumerable: true }) })),
        ).toMatch(/^(shape|stage)$/);
      expect(reason(canonicalJson(forged))).toBe('shape');
      expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
    },
  );

  test('a statement whose fields come from its prototype is no certificate', () => {
    const whole = JSON.parse(file) as { statement: object; signature: object };
    expect(isCertificate(whole)).toBe(true);
    expect(isCertificate({ ...whole, statement: Object.create(whole.statement) as object })).toBe(false);
    expect(isCertificate(Object.create(whole))).toBe(false);
    const swapped = { ...whole.statement, toString: 1 } as Record<string, unknown>;
    delete swapped['ledger'];
    expect(isCertificate({ ...whole, statement: swapped })).toBe(false);
  });
});

describe('letters that look alike', () => {
  test.each([
    ['an organisation’s key name with a Cyrillic letter', vkey.replace('vconnect', 'vc\u043ennect')],
    ['with an invisible mark', vkey.replace('vconnect', 'vconnect\u200b')],
    ['in another case', vkey.replace('vconnect', 'VCONNECT')],
  ])('%s is another key', (_name, text) => {
    const [name = '', , key = ''] = text.split('+');
    expect(reason(file, `${name}+${keyIdOf(name, Buffer.from(key, 'base64').subarray(1))}+${key}`)).toBe('other-key');
    expect(reason(file, text)).toBe('key-text');
  });

  test('a file with the same letters composed otherwise is another file', () => {
    expect(reason(file.replace('consent-withdrawn', 'consent-withdr\u0061\u030awn'))).toBe('shape');
  });

  test('bytes that are no UTF-8 are no JSON', () => {
    expect(reason(Buffer.concat([Buffer.from(file).subarray(0, -1), Buffer.of(0xff, 0x7d)]))).toBe('not-json');
    expect(reason(Buffer.from(file, 'utf16le'))).toBe('not-json');
    const [before = '', after = ''] = file.split('consent-withdrawn');
    expect(reason(Buffer.concat([Buffer.from(before), Buffer.of(0xff), Buffer.from(after)]))).toBe('not-json');
  });
});

describe('the verifier key', () => {
  test('is read with space around it, and says what it names', () => {
    expect(parseVkey(` ${vkey}\n`)).toMatchObject({ name: `vconnect/${statement().controller.organisation}`, id: keyId });
    expect(parseVkey(vkey)?.publicKey.length).toBe(32);
  });

  const [name = '', hash = '', key = ''] = vkey.split('+');
  const raw = Buffer.from(key, 'base64').subarray(1);
  const made = (named: string, type: number, bytesOf: Uint8Array): string => {
    const body = Buffer.concat([Buffer.of(type), bytesOf]);
    return `${named}+${createHash('sha256').update(`${named}\n`).update(body).digest('hex').slice(0, 8)}+${body.toString('base64')}`;
  };
  test('made as here is one', () => {
    expect(made(name, 1, raw)).toBe(vkey);
    expect(parseVkey(made('n'.repeat(128), 1, raw))).not.toBeNull();
  });
  test.each([
    ['of another kind', made(name, 2, raw)],
    ['cut short', made(name, 1, raw.subarray(1))],
    ['that is too long', made(name, 1, Buffer.concat([raw, Buffer.of(0)]))],
    ['with a name too long', made('n'.repeat(129), 1, raw)],
    ['without a name', made('', 1, raw)],
    ['with a space in its name', made('a b', 1, raw)],
    ['with more before it', `x ${vkey}`],
    ['with more behind it', `${vkey}x`],
    ['with two lines', `${vkey}\n${vkey}`],
    ['with upper case in its id', `${name}+${hash.toUpperCase()}X+${key}`],
    ['with an id of nine digits', `${name}+${hash}0+${key}`],
    ['with base64 of another alphabet', `${name}+${hash}+${'-'.repeat(44)}`],
    ['with loose base64', `${name}+${hash}+${key.slice(0, -1)}=`],
  ])('%s is none', (_kind, text) => {
    expect(parseVkey(text)).toBeNull();
  });

  // RFC 8032 §5.1.3 with p = 2^255 - 19: the points whose order divides eight, and forms of them above p.
  const SMALL = [
    ['00'.repeat(32), '0'],
    [`01${'00'.repeat(31)}`, '1'],
    [`ec${'ff'.repeat(30)}7f`, 'p - 1'],
    [`ed${'ff'.repeat(30)}7f`, 'p'],
    [`ee${'ff'.repeat(30)}7f`, 'p + 1'],
    ['26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05', 'order eight'],
    ['c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a', 'order eight, negative'],
  ];
  test.each(SMALL)('of small order is none: %s (y = %s), with either sign', (point) => {
    const y = Buffer.from(point, 'hex');
    expect(parseVkey(made(name, 1, y))).toBeNull();
    y[31] = (y[31] ?? 0) | 0x80;
    expect(parseVkey(made(name, 1, y))).toBeNull();
    y[0] = (y[0] ?? 0) ^ 0x40;
    expect(parseVkey(made(name, 1, y))).not.toBeNull();
  });
});

describe('the signature’s second half', () => {
  const ORDER = 2n ** 252n + 27742317777372353535851937790883648493n;
  const scalar = (value: bigint): Uint8Array => Buffer.from(value.toString(16).padStart(64, '0'), 'hex').reverse();
  test.each([
    [0n, true],
    [ORDER - 1n, true],
    [ORDER, false],
    [ORDER + 1n, false],
    [2n ** 252n, true],
    [2n ** 256n - 1n, false],
  ])('%i below the order of the group: %s', (value, expected) => {
    expect(isReduced(scalar(value))).toBe(expected);
  });
});

describe('the parts of the verifier', () => {
  test('SHA-256 is that of node:crypto, at every length around a block', () => {
    for (let length = 0; length < 200; length += 1)
      expect(hex(sha256(bytes('text', length)))).toBe(createHash('sha256').update(bytes('text', length)).digest('hex'));
    expect(hex(sha256(bytes('text', 70_000)))).toBe(createHash('sha256').update(bytes('text', 70_000)).digest('hex'));
  });

  test('base64 has one form', () => {
    expect(hex(fromBase64('AQIDBA==') ?? Buffer.of())).toBe('01020304');
    for (const text of ['AQIDBB==', 'AQIDBA=', 'AQIDBA', 'AQ IDBA==', 'AQIDBA==\n', '-_8=', 'é']) expect(fromBase64(text)).toBeNull();
    expect(hex(Buffer.of(0, 15, 255))).toBe('000fff');
  });

  test('canonical JSON is that of RFC 8785', () => {
    const value: unknown = JSON.parse(
      '{"b":[1,-0,1e21,0.1,true,false,null],"a":{"\\u20ac":"\\u000f\\"","\\ud83d\\ude00":2,"":[]},"10":1,"9":{}}',
    );
    expect(canonicalJson(value)).toBe('{"10":1,"9":{},"a":{"":[],"€":"\\u000f\\"","😀":2},"b":[1,0,1e+21,0.1,true,false,null]}');
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 4 }), (any) => {
        const parsed: unknown = JSON.parse(JSON.stringify(any));
        expect(JSON.parse(canonicalJson(parsed))).toEqual(parsed);
        expect(canonicalJson(JSON.parse(canonicalJson(parsed)))).toBe(canonicalJson(parsed));
      }),
    );
  });

  test.each([
    ['not a number', Number.NaN, 'expected a finite number'],
    ['beyond all numbers', [Number.POSITIVE_INFINITY], 'expected a finite number'],
    ['a lone surrogate', { a: '\ud800' }, 'expected well-formed text'],
    ['a lone surrogate in a name', { '\udc00': 1 }, 'expected well-formed text'],
    ['a big integer', 1n, 'expected a JSON value'],
    ['nothing at all', undefined, 'expected a JSON value'],
    ['a function', () => 1, 'expected a JSON value'],
    ['seventeen levels', JSON.parse('['.repeat(18) + ']'.repeat(18)), 'expected at most 16 levels'],
    ['seventeen levels of objects', JSON.parse('{"a":'.repeat(17) + '1' + '}'.repeat(17)), 'expected at most 16 levels'],
  ])('canonical JSON has no form for %s', (_name, value, message) => {
    expect(() => canonicalJson(value)).toThrow(new TypeError(message));
  });
  test('and sixteen levels are enough', () => {
    expect(canonicalJson(JSON.parse('['.repeat(17) + ']'.repeat(17)))).toBe('['.repeat(17) + ']'.repeat(17));
  });

  test('a record is an object that is no list', () => {
    expect([{}, { a: 1 }, [], null, 'a', 1, undefined].map(isRecord)).toEqual([true, true, false, false, false, false, false]);
  });
});

describe('what forbids a certificate', () => {
  const missing = (over: Partial<ReturnType<typeof statement>>, processes: readonly string[] = []): string | null =>
    missingInStatement(statement(over), processes);
  const without = (part: string) => statement().acknowledgements.filter((one) => one.part !== part);

  test.each(['keyring', 'payloads', 'media', 'identity', 'views', 'process'])('no acknowledgement of %s', async (part) => {
    expect(missing({ acknowledgements: without(part) })).toBe(`an acknowledgement of ${part}`);
    await expect(signCertificate(statement({ acknowledgements: without(part) }), signerFrom(1))).rejects.toMatchObject({
      code: 'CERTIFICATE_REFUSED',
      message: `expected an acknowledgement of ${part}, got none: no certificate is issued`,
    });
  });

  test('a process that is silent, also when another part has its id', () => {
    const process = id<'process'>('process');
    expect(missing({}, [process])).toBeNull();
    expect(missing({}, [process, 'another'])).toBe('an acknowledgement of every process');
    const acknowledgements = statement().acknowledgements.map((one) =>
      one.part === 'views' ? { ...one, id: id<'process'>('views') } : one,
    );
    expect(missing({ acknowledgements }, [id('views')])).toBe('an acknowledgement of every process');
  });

  test('no key, something that opened, a hit', () => {
    const { verification } = statement();
    expect(missing({ keys: [] })).toBe('a destroyed key');
    expect(missing({ verification: { ...verification, opened: 1 } })).toBe('a verification in which nothing opens');
    expect(missing({ verification: { ...verification, hits: 1 } })).toBe('a search without hits');
    expect(missing({})).toBeNull();
  });
});

// Thousands of changed files: left out of mutation runs.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { verifyCertificate } from '#vault/verify-certificate.ts';
import { certificate, signerFrom } from './certificate-support.ts';

const { vkey } = signerFrom(1);

describe('a changed certificate is refused', () => {
  test('whichever byte of it is flipped', async () => {
    const bytes = Uint8Array.from(await certificate());
    for (let at = 0; at < bytes.length; at += 1) {
      const changed = bytes.slice();
      changed[at] = (changed[at] ?? 0) ^ (1 << (at % 7));
      if (verifyCertificate(changed, vkey).kind !== 'refused') expect.fail(`a flip of byte ${String(at)} was accepted`);
    }
  }, 120_000);

  test('any byte to any other value, any byte added or left out', async () => {
    const bytes = await certificate();
    fc.assert(
      fc.property(
        fc.nat(bytes.length - 1),
        fc.integer({ min: 1, max: 255 }),
        fc.constantFrom('change', 'add', 'drop'),
        (at, value, how) => {
          const rest = how === 'add' ? bytes.subarray(at) : bytes.subarray(at + 1);
          const put = how === 'drop' ? [] : [how === 'change' ? (bytes[at] ?? 0) ^ value : value];
          expect(verifyCertificate(Uint8Array.of(...bytes.subarray(0, at), ...put, ...rest), vkey).kind).toBe('refused');
        },
      ),
      { numRuns: 200 },
    );
  });

  test('any text, any JSON, never with a fault', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json(), fc.uint8Array()), fc.string(), (file, key) => {
        const bytes = typeof file === 'string' ? Buffer.from(file) : file;
        expect(verifyCertificate(bytes, vkey).kind).toBe('refused');
        expect(verifyCertificate(bytes, key)).toMatchObject({ kind: 'refused', reason: 'key-text' });
      }),
    );
  });
});

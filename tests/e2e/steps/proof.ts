import { generateKeyPairSync } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect } from 'vitest';
import { run } from '#tests/support/e2e-process.ts';
import { vkeyText } from '#vault/signing.ts';
import type { Cast } from './cast.ts';
import { changed, type Certificate } from './officer.ts';

const INTEGRITY = 4;
/** The public key itself is the end of its DER form (RFC 8410). */
const PUBLIC_KEY_BYTES = 32;

/** The command line alone, with nothing but the file and the key: genuine, and neither after one changed byte nor under another key. */
export const proveByCommand = async ({ stage }: Cast, { bytes, vkey, salt, contactId }: Certificate): Promise<void> => {
  const folder = dirname(stage.dataFolder);
  const [genuine, lie] = [join(folder, 'certificate.json'), join(folder, 'changed.json')];
  writeFileSync(genuine, bytes);
  writeFileSync(lie, changed(bytes));
  const asked = await run(['verify', genuine, '--key', vkey, '--salt', salt, '--subject', contactId]);
  expect(asked, asked.talk).toMatchObject({ code: 0 });
  expect(asked.out).toMatch(/genuine/i);
  expect((await run(['verify', lie, '--key', vkey])).code).toBe(INTEGRITY);
  expect((await run(['verify', genuine, '--key', otherKey(vkey)])).code).toBe(INTEGRITY);
  const someoneElse = `${contactId.slice(0, -1)}${contactId.endsWith('0') ? '1' : '0'}`;
  expect((await run(['verify', genuine, '--key', vkey, '--salt', salt, '--subject', someoneElse])).code).toBe(INTEGRITY);
};

/** The same name, another key: what a forger would hand out. */
const otherKey = (vkey: string): string => {
  const der = generateKeyPairSync('ed25519').publicKey.export({ type: 'spki', format: 'der' });
  return vkeyText(vkey.split('+', 1)[0] ?? '', der.subarray(-PUBLIC_KEY_BYTES));
};

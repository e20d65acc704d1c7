/**
 * Opens envelopes, media files and wrapped secrets from SPEC.md alone: no code of the vault, no tweetnacl; XSalsa20 and Poly1305 written here from
 * their papers (Bernstein 2005, 2011). Slow, and not for use outside tests.
 */
import { createHash, createHmac } from 'node:crypto';

type Context = Readonly<Record<'tenant' | 'subject' | 'class' | 'period' | 'stream' | 'event' | 'field' | 'schema', string>>;

export const encode = (...parts: readonly (string | Uint8Array)[]): Buffer =>
  Buffer.concat(
    parts.flatMap((part) => {
      const bytes = Buffer.from(part as Uint8Array);
      const length = Buffer.alloc(4);
      length.writeUInt32BE(bytes.length);
      return [length, bytes];
    }),
  );

export const dekOf = (subject: Uint8Array, bucket: Uint8Array): Buffer =>
  createHmac('sha512', subject).update(encode('dek/v1', bucket)).digest().subarray(0, 32);

export const contextOf = (c: Context, keyIds: { readonly subject: string; readonly bucket: string }): Buffer =>
  encode('seal/v1', c.tenant, c.subject, c.class, c.period, c.stream, c.event, c.field, c.schema, keyIds.subject, keyIds.bucket);

/** @returns the plaintext of a box, or the name of the failure */
export const openBoxAlone = (key: Uint8Array, context: Uint8Array, box: Uint8Array): Buffer | string => {
  if (box.length === 0) return 'framing';
  if (box[0] !== 1) return 'version';
  if (box.length < 73) return 'framing';
  const o = createHmac('sha512', key).update(context).digest();
  if (!o.subarray(32).equals(box.subarray(1, 33))) return 'commitment';
  return openSecretbox(o.subarray(0, 32), box.subarray(33, 57), box.subarray(57)) ?? 'authentication';
};

export const openEnvelopeAlone = (dek: Uint8Array, context: Uint8Array, envelope: Uint8Array): Buffer | string => {
  const frame = openBoxAlone(dek, context, envelope);
  if (typeof frame === 'string') return frame;
  const length = frame.readUInt32BE(0);
  const bucket = 2 ** Math.max(6, Math.ceil(Math.log2(length + 4)));
  const padding = frame.subarray(4 + length);
  return bucket === frame.length && bucket <= 65_536 && padding.every((byte) => byte === 0) ? frame.subarray(4, 4 + length) : 'framing';
};

export const openFileAlone = (dek: Uint8Array, context: Uint8Array, file: Buffer): Buffer | string => {
  const parts: Buffer[] = [];
  for (let at = 0, index = 0; at < file.length; index += 1) {
    const end = at + 4 + file.readUInt32BE(at);
    const number = Buffer.alloc(4);
    number.writeUInt32BE(index);
    const chunkContext = encode('chunk/v1', context, number, Buffer.from([end === file.length ? 1 : 0]));
    const opened = openEnvelopeAlone(dek, chunkContext, file.subarray(at + 4, end));
    if (typeof opened === 'string') return opened;
    parts.push(opened);
    at = end;
  }
  return Buffer.concat(parts);
};

export const openWrapAlone = (
  key: Uint8Array,
  name: { readonly kind: string; readonly tenant: string; readonly name: string; readonly keyId: string; readonly shares: number },
  wrapped: Uint8Array,
  commitment: string,
): Buffer | string => {
  const shares = Buffer.alloc(4);
  shares.writeUInt32BE(name.shares);
  const secret = openBoxAlone(key, encode('wrap/v1', name.kind, name.tenant, name.name, name.keyId, shares), wrapped);
  if (typeof secret === 'string') return secret;
  return createHash('sha256').update('kc/v1').update(secret).digest('hex') === commitment ? secret : 'commitment';
};

const openSecretbox = (key: Uint8Array, nonce: Uint8Array, boxed: Uint8Array): Buffer | null => {
  const subkey = salsa(key, nonce.subarray(0, 16), false);
  const stream = (length: number): Buffer => {
    const blocks: Buffer[] = [];
    for (let block = 0; block * 64 < length; block += 1) {
      const input = Buffer.alloc(16);
      input.set(nonce.subarray(16));
      input.writeUInt32LE(block, 8);
      blocks.push(salsa(subkey, input, true));
    }
    return Buffer.concat(blocks).subarray(0, length);
  };
  const cipher = boxed.subarray(16);
  const pad = stream(32 + cipher.length);
  if (!poly1305(pad.subarray(0, 32), cipher).equals(boxed.subarray(0, 16))) return null;
  return Buffer.from(cipher.map((byte, index) => byte ^ (pad[32 + index] ?? 0)));
};

const SIGMA = Buffer.from('expand 32-byte k');
const QUARTERS = [0, 4, 8, 12, 5, 9, 13, 1, 10, 14, 2, 6, 15, 3, 7, 11, 0, 1, 2, 3, 5, 6, 7, 4, 10, 11, 8, 9, 15, 12, 13, 14] as const;

/** Salsa20 block (`whole`), or HSalsa20. */
const salsa = (key: Uint8Array, input: Uint8Array, whole: boolean): Buffer => {
  const block = Buffer.concat([
    SIGMA.subarray(0, 4),
    key.subarray(0, 16),
    SIGMA.subarray(4, 8),
    input,
    SIGMA.subarray(8, 12),
    key.subarray(16),
    SIGMA.subarray(12),
  ]);
  const start = Array.from({ length: 16 }, (_, index) => block.readUInt32LE(index * 4));
  const x = [...start];
  const step = (to: number, a: number, b: number, bits: number): void => {
    const sum = ((x[a] ?? 0) + (x[b] ?? 0)) | 0;
    x[to] = (x[to] ?? 0) ^ ((sum << bits) | (sum >>> (32 - bits)));
  };
  for (let round = 0; round < 10; round += 1) {
    for (let at = 0; at < QUARTERS.length; at += 4) {
      const [a = 0, b = 0, c = 0, d = 0] = QUARTERS.slice(at, at + 4);
      step(b, a, d, 7);
      step(c, b, a, 9);
      step(d, c, b, 13);
      step(a, d, c, 18);
    }
  }
  const words = whole ? x.map((word, index) => word + (start[index] ?? 0)) : [0, 5, 10, 15, 6, 7, 8, 9].map((index) => x[index] ?? 0);
  const out = Buffer.alloc(words.length * 4);
  words.forEach((word, index) => out.writeUInt32LE(word >>> 0, index * 4));
  return out;
};

const poly1305 = (key: Buffer, message: Uint8Array): Buffer => {
  const little = (bytes: Uint8Array): bigint => BigInt(`0x${Buffer.from(bytes).reverse().toString('hex')}`);
  const r = little(key.subarray(0, 16)) & 0x0ffffffc0ffffffc0ffffffc0fffffffn;
  let sum = 0n;
  for (let at = 0; at < message.length; at += 16) {
    sum = ((sum + little(Buffer.concat([message.subarray(at, at + 16), Buffer.from([1])]))) * r) % (2n ** 130n - 5n);
  }
  const tag = (sum + little(key.subarray(16, 32))) % 2n ** 128n;
  return Buffer.from(tag.toString(16).padStart(32, '0'), 'hex').reverse();
};

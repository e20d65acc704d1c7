/* eslint-disable @typescript-eslint/no-explicit-any -- what a file holds is unknown until its shape was looked at */
// Opens and verifies all of vectors.json from SPEC.md alone: node:crypto, no code of the vault, no tweetnacl; XSalsa20 and Poly1305 are written
// here from their papers (Bernstein 2005, 2011). Each function answers with bytes or the name of the failure. Slow, and only for tests.
import { createHash, createHmac, createPublicKey, verify } from 'node:crypto';

type Bytes = Uint8Array;
type Name = Readonly<Record<string, string | number>>;

const u32 = (value: number): Buffer => Buffer.from(value.toString(16).padStart(8, '0'), 'hex');
const sha256 = (...parts: readonly (string | Bytes)[]): Buffer =>
  parts.reduce((sha, part) => sha.update(part), createHash('sha256')).digest();

export const encode = (...parts: readonly (string | Bytes)[]): Buffer =>
  Buffer.concat(parts.map((part) => Buffer.from(part as Bytes)).flatMap((part) => [u32(part.length), part]));
export const commitmentOf = (secret: Bytes): Buffer => sha256('kc/v1', secret);
export const dekOf = (subject: Bytes, bucket: Bytes): Buffer =>
  createHmac('sha512', subject).update(encode('dek/v1', bucket)).digest().subarray(0, 32);
const CONTEXT = ['tenant', 'subject', 'class', 'period', 'stream', 'event', 'field', 'schema'];
export const contextOf = (c: Name, keyIds: Name): Buffer =>
  encode('seal/v1', ...CONTEXT.map((name) => String(c[name])), String(keyIds['subject']), String(keyIds['bucket']));

const openBox = (key: Bytes, context: Bytes, box: Bytes): Buffer | string => {
  if (box.length === 0) return 'framing';
  if (box[0] !== 1) return 'version';
  if (box.length < 73) return 'framing';
  const o = createHmac('sha512', key).update(context).digest();
  if (!o.subarray(32).equals(box.subarray(1, 33))) return 'commitment';
  return openSecretbox(o.subarray(0, 32), box.subarray(33, 57), box.subarray(57)) ?? 'authentication';
};
export const openEnvelopeAlone = (dek: Bytes, context: Bytes, envelope: Bytes): Buffer | string => {
  const frame = openBox(dek, context, envelope);
  if (typeof frame === 'string') return frame;
  const length = frame.length < 64 ? 65_536 : frame.readUInt32BE(0);
  const bucket = 2 ** Math.max(6, Math.ceil(Math.log2(length + 4)));
  const isFramed = bucket === frame.length && bucket <= 65_536 && frame.subarray(4 + length).every((byte) => byte === 0);
  return isFramed ? frame.subarray(4, 4 + length) : 'framing';
};
export const openFileAlone = (dek: Bytes, context: Bytes, file: Buffer): Buffer | string => {
  const parts: Buffer[] = [];
  for (let at = 0, index = 0; ; index += 1) {
    const end = at + 4 + (at + 4 > file.length ? file.length : file.readUInt32BE(at));
    if (end > file.length) return 'framing';
    const isLast = end === file.length;
    const part = openEnvelopeAlone(dek, encode('chunk/v1', context, u32(index), Buffer.of(isLast ? 1 : 0)), file.subarray(at + 4, end));
    if (typeof part === 'string') return part;
    if (isLast ? part.length === 0 && index > 0 : part.length !== 65_532) return 'framing';
    parts.push(part);
    if (isLast) return Buffer.concat(parts);
    at = end;
  }
};
export const openWrapAlone = (key: Bytes, name: Name, wrapped: Bytes, commitment: string): Buffer | string => {
  const named = ['kind', 'tenant', 'name', 'keyId'].map((field) => String(name[field]));
  const secret = openBox(key, encode('wrap/v1', ...named, u32(Number(name['shares']))), wrapped);
  if (typeof secret === 'string') return secret;
  return secret.length === 32 && commitmentOf(secret).toString('hex') === commitment ? secret : 'secret';
};

const openSecretbox = (key: Bytes, nonce: Bytes, boxed: Bytes): Buffer | null => {
  const cipher = boxed.subarray(16);
  const stream = keystream(key, nonce, 32 + cipher.length);
  if (!poly1305(stream, cipher).equals(boxed.subarray(0, 16))) return null;
  return Buffer.from(cipher.map((byte, index) => byte ^ (stream[32 + index] ?? 0)));
};
/** XSalsa20: HSalsa20 of the first 16 bytes of the nonce, then Salsa20 blocks. The first 32 bytes are the key of Poly1305. */
export const keystream = (key: Bytes, nonce: Bytes, length: number): Buffer => {
  const subkey = salsa(key, nonce.subarray(0, 16), false);
  const block = (at: number): Buffer => salsa(subkey, Buffer.concat([nonce.subarray(16), u32(at).reverse(), Buffer.alloc(4)]), true);
  return Buffer.concat(Array.from({ length: Math.ceil(length / 64) }, (_, at) => block(at))).subarray(0, length);
};
const words = (bytes: Bytes): Int32Array => new Int32Array(Uint8Array.from(bytes).buffer);
const [S0 = 0, S1 = 0, S2 = 0, S3 = 0] = words(Buffer.from('expand 32-byte k'));
const QUARTERS = Array.from('048c59d1ae26f37b01235674ab89fcde', (digit) => parseInt(digit, 16));
/** Salsa20 block (`whole`), or HSalsa20. */
const salsa = (key: Bytes, input: Bytes, whole: boolean): Buffer => {
  const start = [S0, ...words(key).slice(0, 4), S1, ...words(input), S2, ...words(key).slice(4), S3];
  const x = Int32Array.from(start);
  const step = (to: number, a: number, b: number, bits: number): void => {
    const sum = ((x[a] ?? 0) + (x[b] ?? 0)) | 0;
    x[to] = (x[to] ?? 0) ^ ((sum << bits) | (sum >>> (32 - bits)));
  };
  for (let at = 0; at < 10 * QUARTERS.length; at += 4) {
    const [a = 0, b = 0, c = 0, d = 0] = [0, 1, 2, 3].map((index) => QUARTERS[(at + index) % QUARTERS.length]);
    step(b, a, d, 7);
    step(c, b, a, 9);
    step(d, c, b, 13);
    step(a, d, c, 18);
  }
  const out = whole ? x.map((word, index) => word + (start[index] ?? 0)) : [0, 5, 10, 15, 6, 7, 8, 9].map((at) => x[at] ?? 0);
  return Buffer.from(Int32Array.from(out).buffer);
};
const little = (bytes: Bytes): bigint => BigInt(`0x0${Buffer.from(bytes).reverse().toString('hex')}`);
const poly1305 = (key: Bytes, message: Bytes): Buffer => {
  const r = little(key.subarray(0, 16)) & 0x0ffffffc0ffffffc0ffffffc0fffffffn;
  let sum = 0n;
  for (let at = 0; at < message.length; at += 16)
    sum = ((sum + little(Buffer.of(...message.subarray(at, at + 16), 1))) * r) % (2n ** 130n - 5n);
  const tag = (sum + little(key.subarray(16, 32))) % 2n ** 128n;
  return Buffer.from(tag.toString(16).padStart(32, '0'), 'hex').reverse();
};

const canonical = (value: any, level = 0): string => {
  if (level > 16 || (typeof value === 'string' && !value.isWellFormed()) || value === Infinity || value === -Infinity)
    throw new RangeError();
  if (Array.isArray(value)) return `[${value.map((one) => canonical(one, level + 1)).join()}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const names = Object.keys(value).sort();
  return `{${names.map((name) => `${canonical(name)}:${canonical(value[name], level + 1)}`).join()}}`;
};
/** `shape`: the fields of SPEC.md §10. */
const fits = (shape: any, value: any): boolean => {
  if (shape === 'whole') return Number.isSafeInteger(value) && value >= 0;
  if (typeof shape === 'string') return typeof value === 'string' && new RegExp(shape).test(value);
  if (Array.isArray(shape)) return Array.isArray(value) && value.every((one) => fits(shape[0], one));
  if ('is' in shape) return canonical(value) === canonical(shape.is);
  if ('orNull' in shape) return value === null || fits(shape.orNull, value);
  const names = Object.keys(shape);
  if (Object.prototype.toString.call(value) !== '[object Object]' || Object.keys(value).length !== names.length) return false;
  return names.every((name) => Object.hasOwn(value, name) && fits(shape[name], value[name]));
};
const P = 2n ** 255n - 19n;
const Y8 = 0x05fc536d880238b13933c6d305acdfd5f098eff289f4c345b027b2c28f95e826n;
export const verifyAlone = (file: Buffer, vkey: string, shape: unknown): string => {
  const [, name = '', id, key64 = ''] = /^([^\s+]{1,128})\+([0-9a-f]{8})\+([A-Za-z0-9+/]{44})$/.exec(vkey) ?? [];
  const key = Buffer.from(key64, 'base64');
  if (key.length !== 33 || key[0] !== 1 || sha256(`${name}\n`, key).toString('hex').slice(0, 8) !== id) return 'key-text';
  if ([0n, 1n, P - 1n, P, P + 1n, Y8, P - Y8].includes(little(key.subarray(1)) % 2n ** 255n)) return 'key-text';
  if (file.length > 1_048_576) return 'too-large';
  let reason = 'not-json';
  try {
    const value = JSON.parse(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(file));
    reason = 'not-canonical';
    if (canonical(value) !== file.toString()) return reason;
    const { statement: s, signature } = value ?? {};
    if (Object.prototype.toString.call(s) === '[object Object]' && s.stage !== 'executed') return 'stage';
    if (!fits(shape, value)) return 'shape';
    if (signature.keyId !== id || name !== `vconnect/${s.controller.organisation}`) return 'other-key';
    const x = key.subarray(1).toString('base64url');
    const publicKey = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' });
    const bytes = Buffer.from(signature.value, 'base64');
    const signed = Buffer.from(`vconnect/erasure-certificate/v1\n${canonical(s)}`);
    if (bytes.toString('base64') !== signature.value || !verify(null, signed, publicKey, bytes)) return 'signature';
    const parts = new Set(s.acknowledgements.map(({ part }: Name) => part)); // Six are allowed, so six different ones are all.
    return parts.size === 6 && s.keys.length > 0 && s.verification.opened === 0 && s.verification.hits === 0 ? 'genuine' : 'incomplete';
  } catch {
    return reason;
  }
};

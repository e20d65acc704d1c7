const LENGTH_BYTES = 4;
const LAST_ASCII = 0x7f;
const encoder = new TextEncoder();

/**
 * Length-prefixed encoding (SPEC.md §1): for each part its length in bytes as 4 bytes big-endian, then the bytes; text as UTF-8.
 * Injective on lists of parts, so that no two contexts share an encoding.
 */
export const lp = (...parts: readonly (string | Uint8Array)[]): Uint8Array => shortAscii(parts) ?? anyParts(parts);

/**
 * Nearly every context is made of short ASCII texts, once for each value sealed or opened: one string and one native call, three times
 * faster than part by part. A length and a letter are one byte each then; whatever is longer or of another script shows by its length.
 */
const shortAscii = (parts: readonly (string | Uint8Array)[]): Uint8Array | null => {
  let text = '';
  for (const part of parts) {
    if (typeof part !== 'string' || part.length > LAST_ASCII) return null;
    text += `\0\0\0${String.fromCharCode(part.length)}${part}`;
  }
  const encoded = Buffer.from(text);
  return encoded.length === text.length ? encoded : null;
};

const anyParts = (parts: readonly (string | Uint8Array)[]): Uint8Array => {
  const encoded = parts.map((part) => (typeof part === 'string' ? encoder.encode(part) : part));
  const out = new Uint8Array(encoded.reduce((sum, part) => sum + LENGTH_BYTES + part.length, 0));
  let at = 0;
  for (const part of encoded) {
    writeU32(out, at, part.length);
    out.set(part, at + LENGTH_BYTES);
    at += LENGTH_BYTES + part.length;
  }
  return out;
};

/** 4 bytes, big-endian, into `out`. */
export const writeU32 = (out: Uint8Array, at: number, value: number): void => {
  out[at] = value >>> 24;
  out[at + 1] = value >>> 16;
  out[at + 2] = value >>> 8;
  out[at + 3] = value;
};

/** 4 bytes, big-endian. */
export const u32 = (value: number): Uint8Array => {
  const out = new Uint8Array(LENGTH_BYTES);
  writeU32(out, 0, value);
  return out;
};

/**
 * Bytes to be written whole by the caller, from Node's pool: what is sealed is short, and memory of its own for each piece costs as much as
 * its encryption. A plain Uint8Array, for tweetnacl slows down when it meets Buffers too.
 */
export const unwritten = (length: number): Uint8Array => {
  const { buffer, byteOffset } = Buffer.allocUnsafe(length);
  return new Uint8Array(buffer, byteOffset, length);
};

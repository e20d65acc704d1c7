const LENGTH_BYTES = 4;
const encoder = new TextEncoder();

/**
 * Length-prefixed encoding (SPEC.md §1): for each part its length in bytes as 4 bytes big-endian, then the bytes; text as UTF-8.
 * Injective on lists of parts, so that no two contexts share an encoding.
 */
export const lp = (...parts: readonly (string | Uint8Array)[]): Uint8Array => {
  const chunks = parts.map((part) => (typeof part === 'string' ? encoder.encode(part) : part));
  const out = new Uint8Array(chunks.reduce((sum, chunk) => sum + LENGTH_BYTES + chunk.length, 0));
  const view = new DataView(out.buffer);
  let at = 0;
  for (const chunk of chunks) {
    view.setUint32(at, chunk.length);
    out.set(chunk, at + LENGTH_BYTES);
    at += LENGTH_BYTES + chunk.length;
  }
  return out;
};

/** 4 bytes, big-endian. */
export const u32 = (value: number): Uint8Array => {
  const out = new Uint8Array(LENGTH_BYTES);
  new DataView(out.buffer).setUint32(0, value);
  return out;
};

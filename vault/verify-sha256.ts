/**
 * SHA-256 (FIPS 180-4), over public values. Written out because a browser offers WebCrypto on secure origins only, and a self-hosted page may be
 * none. The constants are the first 32 fractional bits of the cube (rounds) and square roots (start) of the first primes.
 */
const PRIMES = Array.from({ length: 310 }, (_, index) => index + 2).filter(
  (n) => !Array.from({ length: n - 2 }, (_, at) => at + 2).some((d) => n % d === 0),
);
const fraction = (root: number): number => Math.floor((root - Math.floor(root)) * 2 ** 32);
const ROUNDS = PRIMES.slice(0, 64).map((prime) => fraction(Math.cbrt(prime)));
const STARTS = PRIMES.slice(0, 8).map((prime) => fraction(Math.sqrt(prime)));
const rotate = (word: number, bits: number): number => (word >>> bits) | (word << (32 - bits));

export const sha256 = (bytes: Uint8Array): Uint8Array => {
  const padded = new Uint8Array(Math.ceil((bytes.length + 9) / 64) * 64);
  padded.set(bytes);
  padded[bytes.length] = 0x80;
  const view = new DataView(padded.buffer);
  view.setUint32(padded.length - 4, bytes.length * 8);
  const state = Uint32Array.from(STARTS);
  for (let block = 0; block < padded.length; block += 64) compress(state, view, block);
  const out = new Uint8Array(32);
  state.forEach((word, index) => new DataView(out.buffer).setUint32(index * 4, word));
  return out;
};

const compress = (state: Uint32Array, view: DataView, block: number): void => {
  const words = new Uint32Array(64);
  const word = (at: number): number => words[at] ?? 0;
  let [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, h = 0] = state;
  for (let at = 0; at < 64; at += 1) {
    const [near, far] = [word(at - 2), word(at - 15)];
    const mixed =
      (rotate(near, 17) ^ rotate(near, 19) ^ (near >>> 10)) +
      word(at - 7) +
      (rotate(far, 7) ^ rotate(far, 18) ^ (far >>> 3)) +
      word(at - 16);
    words[at] = at < 16 ? view.getUint32(block + at * 4) : mixed;
    const first = (h + (rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25)) + ((e & f) ^ (~e & g)) + (ROUNDS[at] ?? 0) + word(at)) | 0;
    const second = ((rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22)) + ((a & b) ^ (a & c) ^ (b & c))) | 0;
    [h, g, f, e, d, c, b, a] = [g, f, e, (d + first) | 0, c, b, a, (first + second) | 0];
  }
  [a, b, c, d, e, f, g, h].forEach((value, index) => (state[index] = (state[index] ?? 0) + value));
};

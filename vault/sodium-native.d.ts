/** The part of sodium-native 5 that is used here; the package brings no types. All functions throw on buffers of a wrong length. */
declare module 'sodium-native' {
  const sodium: {
    /** Writes tag ‖ ciphertext, 16 bytes longer than `message`, into `out`. */
    readonly crypto_secretbox_easy: (out: Uint8Array, message: Uint8Array, nonce: Uint8Array, key: Uint8Array) => void;
    /** Writes the plaintext, 16 bytes shorter than `boxed`, into `out`; false when the tag does not fit. */
    readonly crypto_secretbox_open_easy: (out: Uint8Array, boxed: Uint8Array, nonce: Uint8Array, key: Uint8Array) => boolean;
  };
  // eslint-disable-next-line no-restricted-syntax -- as the package exports it
  export default sodium;
}

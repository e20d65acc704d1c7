/**
 * A service that keeps a key of its own and wraps ours with it: the root key of a keyring is random, and only its wrapped form is stored.
 * It is asked once at each start and at rotations; what runs already goes on without it.
 */
export type KeyService = {
  /** @param bound public text that is bound into the result: the same is needed to unwrap it @returns what may be stored */
  readonly wrap: (secret: Uint8Array, bound: string) => Promise<string>;
  /** The bytes given to `wrap`. Throws `VAULT_KEY_SERVICE_UNREACHABLE | _REFUSED | _ANSWER`. */
  readonly unwrap: (wrapped: string, bound: string) => Promise<Uint8Array>;
};

/** Stable codes of the vault's faults; each has its sentence where it is thrown. */
export type VaultFaultCode =
  | 'VAULT_BAD_INPUT'
  | 'VAULT_BAD_IDENTIFIER'
  | 'VAULT_RANDOM_STUCK'
  | 'VAULT_WRONG_ROOT_KEY'
  | 'VAULT_ROOT_KEY_MISSING'
  | 'VAULT_ROOT_KEY_PERMISSIONS'
  | 'VAULT_ROOT_KEY_MALFORMED'
  | 'VAULT_KEYRING_MISSING'
  | 'VAULT_KEY_SERVICE_UNREACHABLE'
  | 'VAULT_KEY_SERVICE_REFUSED'
  | 'VAULT_KEY_SERVICE_ANSWER'
  | 'VAULT_ROTATION_REFUSED'
  | 'VAULT_ROTATION_NOT_SEEN'
  | 'VAULT_HELD'
  | 'VAULT_KEY_DAMAGED'
  | 'VAULT_STORE_DAMAGED'
  | 'VAULT_STORE_VERSION'
  | 'VAULT_STORE_BUSY'
  | 'VAULT_STORE_FULL'
  | 'VAULT_STORE_READ_ONLY'
  | 'VAULT_STORE_FAILED'
  | 'VAULT_KEY_DESTROYED'
  | 'VAULT_NOT_FENCED'
  | 'VAULT_FENCE_CONFLICT'
  | 'VAULT_NOT_DESTROYED'
  | 'VAULT_NOT_REMOVED'
  | 'VAULT_CLOSED'
  | 'CERTIFICATE_REFUSED';

/** A fault of the vault. Its message never holds a value, a key or a tag. */
export class VaultFault extends Error {
  readonly code: VaultFaultCode;
  constructor(code: VaultFaultCode, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'VaultFault';
    this.code = code;
  }
}

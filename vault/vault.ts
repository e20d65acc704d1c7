import type {
  CertificateNumber,
  ChannelId,
  ContactId,
  ConversationId,
  Digest,
  ErasureId,
  IsoTime,
  MessageId,
  PayloadRef,
  PublicBytes,
  StreamName,
  SubjectId,
  TenantId,
} from '#domain/ids.ts';
import type { PersonalClass, Plain, Sealed } from '#domain/personal.ts';
import type { SealedHandle } from '#domain/sealed-handle.ts';
import type { Retention } from './retention.ts';

/** The context bound into an envelope; the opener states the same from its own knowledge. */
export type SealContext = Omit<SealedHandle, 'ref' | 'digest'>;
export type SealRequest = { readonly context: SealContext; readonly value: Plain };

export type SealResult =
  | { readonly kind: 'sealed'; readonly sealed: readonly Sealed[] }
  /** The subject is being erased or was: nothing was written. */
  | { readonly kind: 'fenced'; readonly subject: SubjectId };

/** Four answers, never blank. `T` is text for `open`, bytes for `openBytes`. */
export type Opened<T> =
  | { readonly kind: 'value'; readonly value: T }
  | { readonly kind: 'erased'; readonly erasureId: ErasureId; readonly certificate: CertificateNumber; readonly erasedAt: IsoTime }
  | { readonly kind: 'unavailable'; readonly reason: 'never-provisioned' | 'payload-missing' | 'period-expired' | 'key-locked' }
  | { readonly kind: 'tampered'; readonly reason: 'digest' | 'commitment' | 'authentication' | 'version' | 'framing' };

/**
 * What identifies something outside: claimed once, kept as a keyed tag only. `conversation` and `reservation` (a certificate number, the
 * one erasure of a contact, the first set-up) are not personal; they use the same atomic insert-if-absent.
 */
export type IdentityField = 'phone' | 'bsuid' | 'wamid' | 'email' | 'phoneNumberId' | 'conversation' | 'reservation';
export type Identifier = { readonly field: IdentityField; readonly value: Plain };

/** What the search index knows a person by: the words of `name` and `username`, the rest as a whole. */
export type SearchField = 'name' | 'username' | 'phone' | 'bsuid' | 'email';

/** What a field of a person is from now on; it takes the place of what the index held of this field. */
export type SearchEntry = { readonly tenant: TenantId; readonly subject: SubjectId; readonly field: SearchField; readonly value: Plain };

/** Met by a person when each word of `value` stands in one of `fields`. */
export type SearchTerm = { readonly fields: readonly SearchField[]; readonly value: Plain };

/** `more`: not everybody whom the terms meet; further words would tell them apart. */
export type SearchFound = { readonly subjects: readonly SubjectId[]; readonly more: boolean };

export type ClaimRequest = {
  readonly tenant: TenantId;
  /** All identifiers of one thing; a known one decides, unknown ones are linked to the same id. */
  readonly identifiers: readonly Identifier[];
  /** The random id reserved when all are new. */
  readonly propose: string;
  /** The subject whose erasure removes the claim; null: the claimed id is the subject itself (a contact, an account, a channel). */
  readonly subject: SubjectId | null;
  /** Also remember in the weekly "already seen" tags, which outlive the subject (wamids). */
  readonly rememberAt?: IsoTime;
};

export type ClaimResult =
  | { readonly kind: 'claimed'; readonly id: string; readonly fresh: boolean }
  /** Seen before, and its claim was erased since: drop it. */
  | { readonly kind: 'seen' }
  /** `subject` is being erased or was: nothing was written. Claim the person again, a new subject will answer. */
  | { readonly kind: 'fenced'; readonly subject: SubjectId };

/** One inbound message: its sender, the sender's conversation on the channel, and the message itself, claimed in ONE transaction. */
export type MessageClaim = {
  readonly tenant: TenantId;
  /** Phone and BSUID, as far as the delivery names them. BSUID decides when the two are known under different contacts. */
  readonly sender: readonly Identifier[];
  /** Together with the contact it names the conversation (field `conversation`, subject: the contact). */
  readonly channelId: ChannelId;
  readonly wamid: Plain;
  readonly propose: { readonly contactId: ContactId; readonly conversationId: ConversationId; readonly messageId: MessageId };
  /** Our time: names the week of the "already seen" tag. */
  readonly at: IsoTime;
};

export type MessageClaimResult =
  | {
      readonly kind: 'claimed';
      readonly contactId: ContactId;
      readonly conversationId: ConversationId;
      readonly messageId: MessageId;
      readonly fresh: boolean;
    }
  /** The wamid was seen before and its claim was erased since: nothing was claimed, drop the message. */
  | { readonly kind: 'seen' };

/** Why a subject's keys are gone; kept beside the commitment so that `open` can name the certificate. */
export type ErasureMark = { readonly erasureId: ErasureId; readonly certificate: CertificateNumber };

export type FenceReport = { readonly unlinkedIdentifiers: number };

export type DestroyedKey = {
  readonly keyId: string;
  readonly algorithm: 'HMAC-SHA-512 two-dimensional secret, XSalsa20-Poly1305';
  readonly createdAt: IsoTime;
  readonly destroyedAt: IsoTime;
  /** `SHA-256("kc/v1" ‖ secret)` */
  readonly commitment: Digest;
};

export type Remains = {
  /** `usable`: a secret is there. `unrecorded`: none is, and nothing forbids its return. `destroyed`: as it should be. */
  readonly key: 'usable' | 'unrecorded' | 'destroyed';
  readonly fenced: boolean;
  readonly payloads: number;
  readonly identityRows: number;
};

export type CopyTrial = {
  readonly tried: number;
  readonly answers: Readonly<Record<Opened<unknown>['kind'], number>>;
  /** The person's key in the copy's own keyring, when it has one. */
  readonly key: 'none' | 'destroyed' | 'usable';
};

export type RemovalReport = { readonly payloads: number; readonly mediaFiles: number; readonly identityRows: number };

/** Byte-wise search of the vault's own files for what must be gone. */
export type ScanReport = { readonly files: number; readonly bytes: number; readonly hits: number };

export type StoredRef = { readonly tenant: TenantId; readonly ref: PayloadRef };

export type PreviewCounts = Readonly<Record<PersonalClass, number>>;

/**
 * The vault: the only place where personal values are sealed, opened and destroyed. Envelopes are durable before `seal` resolves.
 * Faults carry a stable `code` (`VAULT_…`) and never a value.
 */
export type Vault = Retention & {
  readonly seal: (requests: readonly SealRequest[]) => Promise<SealResult>;
  /** Opens text values, in the order given: one key fetch per subject and bucket. */
  readonly open: (handles: readonly SealedHandle[]) => Promise<readonly Opened<string>[]>;
  readonly openBytes: (handle: SealedHandle) => Promise<Opened<Uint8Array>>;
  readonly claim: (request: ClaimRequest) => Promise<ClaimResult>;
  /** The seen tags are looked at first, so that a redelivery storm cannot bring an erased person back. */
  readonly claimMessage: (request: MessageClaim) => Promise<MessageClaimResult>;
  readonly find: (tenant: TenantId, identifier: Identifier) => Promise<{ readonly id: string } | null>;
  /**
   * Brings the search index from one position of the log to another, in one transaction: crash or not, it is what the log says up to there.
   * Entries of fenced subjects are left out. @returns false when the index does not stand at `from` any more: another process was faster
   */
  readonly index: (entries: readonly SearchEntry[], from: bigint, upTo: bigint) => Promise<boolean>;
  /** Position up to which the search index has followed the log; 0 at first, and when words are formed by other rules than these. */
  readonly indexedUpTo: () => Promise<bigint>;
  /** Living people of the organisation who meet one of the terms, newest first. Nobody in the log or a view learns the term. */
  readonly search: (tenant: TenantId, terms: readonly SearchTerm[]) => Promise<SearchFound>;
  /** These references stand in events of the log; the binder, which follows the log, says so, and how far it is, in one transaction. */
  readonly markBound: (refs: readonly StoredRef[], upTo?: bigint) => Promise<void>;
  /** Position up to which the binder has followed the log; 0 at first. */
  readonly boundUpTo: () => Promise<bigint>;
  /** References that were stored before the given time and never bound, oldest first: left by a command that was decided anew. */
  readonly unbound: (storedBefore: IsoTime, limit: number) => Promise<readonly (StoredRef & { readonly stream: StreamName })[]>;
  /** Removes them, as far as they are still not bound. @returns how many went */
  readonly dropUnbound: (refs: readonly StoredRef[]) => Promise<number>;

  /** Counts of what an erasure would remove, by class. */
  readonly preview: (tenant: TenantId, subject: SubjectId) => Promise<PreviewCounts>;
  /** Streams that hold sealed values of the subject. */
  readonly streamsOf: (tenant: TenantId, subject: SubjectId) => Promise<readonly StreamName[]>;
  /** From now on nothing is sealed or stored for the subject, and its identifiers point nowhere. Idempotent. */
  readonly fence: (tenant: TenantId, subject: SubjectId, mark: ErasureMark) => Promise<FenceReport>;
  /** Destroys the subject's secret; the file's bytes are read to see that it is gone. Idempotent: the same answer again. */
  readonly destroy: (tenant: TenantId, subject: SubjectId, at: IsoTime) => Promise<DestroyedKey>;
  /** Removes payloads, media files and identity rows. Idempotent; counts are of all runs together. */
  readonly remove: (tenant: TenantId, subject: SubjectId) => Promise<RemovalReport>;
  /** Reads the vault's files byte-wise for the destroyed key's wrapped form and the removed rows' references. */
  readonly scan: (tenant: TenantId, subject: SubjectId) => Promise<ScanReport>;

  /** What the files hold of a person whose key was destroyed: nothing, unless an older file was put back. Looks, and changes nothing. */
  readonly remains: (tenant: TenantId, subject: SubjectId) => Promise<Remains>;
  /**
   * Fences and destroys again what an older file brought back, under the record of then: the same commitment keeps refusing the secret, and
   * values answer with the certificate and the time of then. `remove` comes after it. Idempotent.
   */
  readonly destroyAgain: (tenant: TenantId, subject: SubjectId, mark: ErasureMark, key: DestroyedKey) => Promise<void>;

  /**
   * Tries with the keys of now every value of the person in a copy of the data folder, taken at any time. `handles`: what the log names.
   * Nothing in the copy is changed, nothing of a value leaves.
   */
  readonly tryCopy: (folder: string, tenant: TenantId, subject: SubjectId, handles: readonly SealedHandle[]) => Promise<CopyTrial>;

  /** The organisation's signing key, made on first use. Hangs under the root key, not under the tenant's. */
  readonly signingKey: (tenant: TenantId) => Promise<{ readonly keyId: string; readonly publicKey: PublicBytes; readonly vkey: string }>;
  /** Ed25519 over `bytes`. */
  readonly sign: (tenant: TenantId, bytes: Uint8Array) => Promise<Uint8Array>;
  /** Destroys weekly "already seen" keys older than 15 days. */
  readonly expireSeen: (now: IsoTime) => Promise<number>;
  /** Drops cached keys of the subject in this process. */
  readonly purge: (tenant: TenantId, subject: SubjectId) => void;
  readonly close: () => Promise<void>;
};

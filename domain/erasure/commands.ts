import type { AccountId, CertificateNumber, ContactId, ConversationId, Digest, ErasureId, Id, IsoTime, Release } from '../ids.ts';
import type { Role } from '../message.ts';
import type { PersonalClass } from '../personal.ts';
import type { erasureReasons, returnedKeys } from './events.ts';

export type ErasureReason = (typeof erasureReasons)[number];
export type ProcessId = Id<'process'>;
/** A process says that its work of before has ended and that it keeps nothing of the person. */
export type Acknowledgement = { readonly processId: ProcessId; readonly drainedAt: IsoTime };

export type ErasureCommand =
  | {
      readonly type: 'RequestErasure';
      readonly erasureId: ErasureId;
      readonly contactId: ContactId;
      readonly certificate: CertificateNumber;
      readonly reason: ErasureReason;
      readonly role: Role;
      readonly accountId: AccountId;
      readonly subjectHash: Digest;
      readonly counts: Readonly<Record<PersonalClass, number>>;
      readonly conversations: readonly ConversationId[];
    }
  | {
      readonly type: 'RecordFence';
      readonly unlinkedIdentifiers: number;
      readonly acknowledgements: readonly Acknowledgement[];
    }
  | {
      readonly type: 'RecordKeyDestroyed';
      readonly keyId: Id<'key'>;
      readonly commitment: Digest;
      readonly createdAt: IsoTime;
      readonly destroyedAt: IsoTime;
      readonly acknowledgements: readonly Acknowledgement[];
    }
  | {
      readonly type: 'RecordRemoval';
      readonly payloads: number;
      readonly mediaFiles: number;
      readonly identityRows: number;
      readonly streamsClosed: number;
    }
  | {
      readonly type: 'RecordVerification';
      readonly tried: number;
      readonly opened: number;
      readonly scannedFiles: number;
      readonly scannedBytes: number;
      readonly hits: number;
    }
  | { readonly type: 'CompleteErasure'; readonly statementDigest: Digest; readonly release: Release }
  | {
      readonly type: 'RecordReturn';
      readonly key: (typeof returnedKeys)[number];
      readonly fenceLost: boolean;
      readonly payloads: number;
      readonly identityRows: number;
    }
  | { readonly type: 'RecordRemovedAgain'; readonly scannedFiles: number; readonly scannedBytes: number; readonly hits: number };

/** Who must have acknowledged the fence, and again the destruction of the key. */
export type ErasureFacts = { readonly processes: readonly ProcessId[]; readonly contactKnown: boolean };

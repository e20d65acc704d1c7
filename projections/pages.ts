import type { ErasureReason } from '#domain/erasure/commands.ts';
import type {
  AccountId,
  CertificateNumber,
  ChannelId,
  ContactId,
  ConversationId,
  ErasureId,
  IsoTime,
  MessageId,
  NoteId,
  SessionId,
} from '#domain/ids.ts';
import type { Actor } from '#domain/message.ts';
import type { SearchKind } from '#domain/reveal/events.ts';
import type { PersonalClass } from '#domain/personal.ts';
import type { AuditKind } from './audit/view.ts';
import type { ErasureStep } from './erasure/view.ts';
import type { ConversationStatus } from './inbox/view.ts';
import type { ActorShown, Person, Shown, Viewer } from './shown.ts';
import type { DeliveryState, MediaState } from './thread/view.ts';

/** The answers of the application's queries, ready to be shown. Types only. */

export type InboxFilter = 'mine' | 'unassigned' | 'open' | 'resolved';

export type InboxItem = {
  readonly conversationId: ConversationId;
  readonly contactId: ContactId;
  readonly channel: { readonly id: ChannelId; readonly label: Shown };
  readonly status: ConversationStatus;
  readonly name: Shown;
  readonly assignee: Person | null;
  readonly lastAt: IsoTime;
  readonly preview: {
    readonly from: 'customer' | 'us' | 'note';
    readonly kind: 'text' | 'image' | 'document' | 'unsupported';
    readonly text: Shown;
    readonly state: DeliveryState | null;
  } | null;
  /** 0 to 10; 10 means "9+". */
  readonly unread: number;
  readonly windowUntil: IsoTime | null;
  readonly erased: { readonly certificate: CertificateNumber; readonly at: IsoTime } | null;
};

export type InboxPage = {
  readonly items: readonly InboxItem[];
  readonly next: string | null;
  /** Counted no further than 1,000. */
  readonly counts: Readonly<Record<InboxFilter, number>>;
};

/** `by`: what the term was taken for. `more`: further people were found than the page holds; a longer term tells them apart. */
export type SearchPage = { readonly items: readonly InboxItem[]; readonly by: SearchKind; readonly more: boolean };

export type ThreadItem =
  | {
      readonly entry: 'message';
      readonly id: MessageId;
      readonly at: IsoTime;
      readonly direction: 'in' | 'out';
      readonly author: Person | null;
      readonly kind: 'text' | 'image' | 'document' | 'unsupported';
      readonly text: Shown;
      /** The quoted message of the same conversation, when it is known. */
      readonly quote: { readonly id: MessageId; readonly text: Shown; readonly direction: 'in' | 'out' } | null;
      readonly media: {
        readonly state: MediaState;
        /** `/api/v1/media/<message id>`: needs the session; no-store. */
        readonly url: string | null;
        readonly type: Shown;
        readonly fileName: Shown;
        readonly sizeBytes: number | null;
        readonly failure: string | null;
      } | null;
      readonly state: DeliveryState | null;
      readonly reached: Readonly<Partial<Record<DeliveryState, IsoTime>>>;
      readonly failure: {
        readonly code: string;
        readonly providerCode: number | null;
        readonly details: Shown;
        readonly mayRetry: boolean;
      } | null;
      readonly erased: CertificateNumber | null;
    }
  | {
      readonly entry: 'note';
      readonly id: NoteId;
      readonly at: IsoTime;
      readonly author: Person | null;
      readonly text: Shown;
      readonly erased: CertificateNumber | null;
    }
  | {
      readonly entry: 'chip';
      readonly id: string;
      readonly at: IsoTime;
      readonly chip: 'started' | 'assigned' | 'unassigned' | 'resolved' | 'reopened' | 'erased';
      readonly actor: ActorShown;
      readonly assignee: Person | null;
      readonly certificate: CertificateNumber | null;
    };

export type ConversationDetail = {
  readonly conversationId: ConversationId;
  readonly contact: ContactCard;
  readonly channel: { readonly id: ChannelId; readonly label: Shown; readonly state: 'waiting' | 'live' | 'stopped' };
  readonly status: ConversationStatus;
  readonly assignee: Person | null;
  readonly windowUntil: IsoTime | null;
  readonly unread: number;
  /** Oldest first; the newest page. `earlier` is the cursor of the page before it. */
  readonly entries: readonly ThreadItem[];
  readonly earlier: string | null;
  readonly position: string;
};

export type ContactCard = {
  readonly contactId: ContactId;
  readonly name: Shown;
  readonly phone: Shown;
  readonly bsuid: Shown;
  readonly username: Shown;
  readonly startedAt: IsoTime;
  readonly conversations: readonly {
    readonly conversationId: ConversationId;
    readonly status: ConversationStatus;
    readonly lastAt: IsoTime;
  }[];
  readonly erased: { readonly erasureId: ErasureId; readonly certificate: CertificateNumber; readonly at: IsoTime } | null;
};

export type AuditQuery = {
  readonly actor?: AccountId;
  readonly subject?: string;
  readonly kind?: AuditKind;
  readonly from?: IsoTime;
  readonly to?: IsoTime;
  readonly after?: string;
  readonly limit?: number;
};

export type AuditItem = {
  readonly id: string;
  readonly position: string;
  readonly at: IsoTime;
  readonly type: string;
  readonly kind: AuditKind;
  readonly actor: ActorShown;
  readonly rawActor: Actor;
  /** Whom it is about, masked; null when about nobody. */
  readonly subject: { readonly id: string; readonly kind: 'contact' | 'account' | 'channel'; readonly name: Shown } | null;
  readonly conversationId: ConversationId | null;
  readonly facts: Readonly<Record<string, string | number | boolean | null>>;
};

export type AuditPage = { readonly items: readonly AuditItem[]; readonly next: string | null; readonly position: string };

export type ErasurePreview = {
  readonly contact: ContactCard;
  readonly counts: Readonly<Record<PersonalClass, number>>;
  readonly conversations: number;
  /** The officer types this to confirm: the certificate number that the erasure will carry. */
  readonly confirmation: CertificateNumber;
};

export type ErasureDetail = {
  readonly erasureId: ErasureId;
  readonly contactId: ContactId;
  readonly certificate: CertificateNumber;
  readonly reason: ErasureReason;
  readonly requestedBy: Person | null;
  readonly counts: Readonly<Record<PersonalClass, number>>;
  readonly step: ErasureStep;
  readonly reached: Readonly<Partial<Record<ErasureStep, IsoTime>>>;
  readonly removed: {
    readonly payloads: number;
    readonly mediaFiles: number;
    readonly identityRows: number;
    readonly streamsClosed: number;
  } | null;
  readonly verified: {
    readonly tried: number;
    readonly opened: number;
    readonly scannedFiles: number;
    readonly scannedBytes: number;
    readonly hits: number;
  } | null;
  /** Why it does not move; null when it does, or is complete. `code` is that of the fault. */
  readonly heldUp: {
    readonly code: string;
    readonly at: IsoTime;
    /** Processes that it waits for: of this machine, by their number there. */
    readonly processes: readonly {
      readonly processId: string;
      readonly pid: number;
      readonly roles: readonly string[];
      readonly frozen: boolean;
    }[];
  } | null;
  /** When erased data was last found to have come back with an older file; it was destroyed again before anything was served. */
  readonly returnedAt: IsoTime | null;
  /** The organisation's public key in C2SP form, for `npx vconnect verify certificate.json --key …`. */
  readonly vkey: string;
  /** The certificate's statement, when complete: shown by the certificate page. */
  readonly statement: unknown;
};

export type ChannelItem = {
  readonly channelId: ChannelId;
  readonly provider: 'meta' | 'simulator';
  readonly label: Shown;
  readonly displayNumber: Shown;
  readonly state: 'waiting' | 'live' | 'stopped';
  readonly stopped: { readonly reason: string; readonly providerCode: number } | null;
  readonly webhookUrl: string;
  /** Only for who may manage channels. */
  readonly verifyToken: Shown;
  readonly connectedAt: IsoTime;
};

export type SessionItem = {
  readonly sessionId: SessionId;
  readonly startedAt: IsoTime;
  readonly lastSeenAt: IsoTime;
  readonly current: boolean;
};

export type TokenItem = {
  readonly tokenId: string;
  readonly createdAt: IsoTime;
  readonly expiresAt: IsoTime;
  readonly lastUsedAt: IsoTime | null;
};

export type SignedIn = { readonly token: string; readonly expiresAt: IsoTime; readonly viewer: Viewer };

export type Upload = { readonly bytes: Uint8Array; readonly type: string; readonly fileName: string };

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
  TenantId,
} from '#domain/ids.ts';
import type { ErasureReason } from '#domain/erasure/commands.ts';
import type { Actor, Role } from '#domain/message.ts';
import type { PersonalClass } from '#domain/personal.ts';
import type { RevealPurpose } from '#domain/reveal/events.ts';
import type { AuditKind } from './audit/view.ts';
import type { ErasureStep } from './erasure/view.ts';
import type { ConversationStatus } from './inbox/view.ts';
import type { DeliveryState, MediaState } from './thread/view.ts';

/**
 * What pages and the HTTP API may ask of the product: queries give opened, authorised, recorded values ready to be shown; commands say
 * whether they were done. `infra/app` implements it; the front server hands it to the web app on `platform.req.vconnect`. Types only.
 */

/** A signed-in person in one organisation. */
export type Viewer = {
  readonly sessionId: SessionId;
  readonly accountId: AccountId;
  readonly tenant: TenantId;
  readonly role: Role;
};

/** A personal value as a page may show it. */
export type Shown =
  /** `masked`: the allowed part only, with dots; made on the server. */
  | { readonly state: 'value'; readonly text: string; readonly masked: boolean }
  | { readonly state: 'erased'; readonly certificate: CertificateNumber; readonly at: IsoTime }
  | { readonly state: 'unavailable'; readonly reason: string }
  | { readonly state: 'tampered' }
  /** The event never carried it (a customer without a phone). */
  | { readonly state: 'absent' };

/** A refused command or query. `code` is stable (`README.md` of infra/http); `status` as in HTTP. */
export type Refused = { readonly ok: false; readonly status: 401 | 403 | 404 | 409 | 413 | 422 | 429 | 502 | 503; readonly code: string };
export type Done<T = object> = ({ readonly ok: true } & T) | Refused;

export type Person = { readonly accountId: AccountId; readonly name: Shown; readonly role: Role };
export type PersonDetail = Person & { readonly email: Shown; readonly addedAt: IsoTime };

export type Me = {
  readonly person: PersonDetail;
  readonly organisation: { readonly id: TenantId; readonly name: Shown; readonly sample: boolean };
  /** What the role may do; a page shows a control only when its permission is here. */
  readonly permissions: readonly Permission[];
};

export const permissions = [
  'conversations.read',
  'conversations.answer',
  'contacts.reveal',
  'audit.read',
  'privacy.read',
  'privacy.erase',
  'people.read',
  'people.manage',
  'channels.read',
  'channels.manage',
  'tokens.manage',
] as const;
export type Permission = (typeof permissions)[number];

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

export type ActorShown =
  | { readonly kind: 'person'; readonly person: Person }
  | { readonly kind: 'customer'; readonly contactId: ContactId }
  | { readonly kind: 'machine'; readonly part: string };

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

export type Application = {
  /** True until the first organisation exists. */
  readonly needsSetup: () => Promise<boolean>;
  readonly setUp: (input: {
    readonly organisation: string;
    readonly name: string;
    readonly email: string;
    readonly password: string;
    readonly address: string | null;
    readonly device: string | null;
  }) => Promise<Done<SignedIn>>;
  readonly signIn: (input: {
    readonly email: string;
    readonly password: string;
    readonly address: string | null;
    readonly device: string | null;
  }) => Promise<Done<SignedIn>>;
  readonly signOut: (viewer: Viewer) => Promise<void>;
  /** The viewer behind a session cookie or an API token; null when unknown or expired. */
  readonly session: (token: string) => Promise<Viewer | null>;
  readonly me: (viewer: Viewer) => Promise<Me>;
  readonly sessions: (viewer: Viewer) => Promise<readonly SessionItem[]>;
  readonly revokeSession: (viewer: Viewer, sessionId: SessionId) => Promise<Done>;
  readonly tokens: (viewer: Viewer) => Promise<readonly TokenItem[]>;
  readonly createToken: (viewer: Viewer, days: number) => Promise<Done<{ readonly token: string; readonly expiresAt: IsoTime }>>;
  readonly revokeToken: (viewer: Viewer, tokenId: string) => Promise<Done>;

  readonly people: (viewer: Viewer) => Promise<Done<{ readonly people: readonly PersonDetail[] }>>;
  readonly colleagues: (viewer: Viewer) => Promise<readonly Person[]>;
  readonly addPerson: (
    viewer: Viewer,
    input: { readonly name: string; readonly email: string; readonly role: Role; readonly password: string },
  ) => Promise<Done<{ readonly accountId: AccountId }>>;
  readonly changeRole: (viewer: Viewer, accountId: AccountId, role: Role) => Promise<Done>;
  readonly removePerson: (viewer: Viewer, accountId: AccountId) => Promise<Done>;

  readonly channels: (viewer: Viewer) => Promise<Done<{ readonly channels: readonly ChannelItem[] }>>;
  readonly connectChannel: (
    viewer: Viewer,
    input: {
      readonly label: string;
      readonly phoneNumberId: string;
      readonly accessToken: string;
      readonly appSecret: string;
      readonly baseUrl?: string;
    },
  ) => Promise<Done<{ readonly channelId: ChannelId }>>;
  /** Starts the simulator when it is not running, makes a number there and connects it. */
  readonly connectSimulator: (viewer: Viewer) => Promise<Done<{ readonly channelId: ChannelId; readonly phonePage: string }>>;
  /** Address of the simulator's phone page while the simulator answers, else null. */
  readonly simulatorPage: () => Promise<string | null>;

  readonly inbox: (
    viewer: Viewer,
    query: { readonly filter: InboxFilter; readonly after?: string; readonly limit?: number },
  ) => Promise<Done<InboxPage>>;
  readonly conversation: (
    viewer: Viewer,
    conversationId: ConversationId,
    query: { readonly before?: string; readonly limit?: number },
  ) => Promise<Done<{ readonly conversation: ConversationDetail }>>;
  readonly contact: (viewer: Viewer, contactId: ContactId) => Promise<Done<{ readonly contact: ContactCard }>>;
  /** The unmasked identifiers of a contact, for a stated purpose. */
  readonly revealContact: (
    viewer: Viewer,
    contactId: ContactId,
    purpose: RevealPurpose,
  ) => Promise<Done<{ readonly contact: ContactCard }>>;
  /** A message's file. */
  readonly media: (
    viewer: Viewer,
    messageId: MessageId,
  ) => Promise<Done<{ readonly bytes: Uint8Array; readonly type: string; readonly fileName: string | null }>>;

  /** `commandId` (32 hex digits) makes a repeated form post harmless. */
  readonly reply: (
    viewer: Viewer,
    input: {
      readonly conversationId: ConversationId;
      readonly commandId: string;
      readonly text: string;
      readonly upload: Upload | null;
      readonly replyTo?: MessageId;
    },
  ) => Promise<Done<{ readonly messageId: MessageId; readonly position: string }>>;
  readonly retry: (viewer: Viewer, messageId: MessageId) => Promise<Done>;
  readonly addNote: (
    viewer: Viewer,
    input: { readonly conversationId: ConversationId; readonly commandId: string; readonly text: string },
  ) => Promise<Done>;
  readonly assign: (viewer: Viewer, conversationId: ConversationId, assignee: AccountId | null) => Promise<Done>;
  readonly resolve: (viewer: Viewer, conversationId: ConversationId) => Promise<Done>;
  readonly reopen: (viewer: Viewer, conversationId: ConversationId) => Promise<Done>;
  readonly markRead: (viewer: Viewer, conversationId: ConversationId) => Promise<Done>;

  readonly audit: (viewer: Viewer, query: AuditQuery) => Promise<Done<AuditPage>>;

  readonly erasures: (viewer: Viewer) => Promise<Done<{ readonly erasures: readonly ErasureDetail[] }>>;
  /** People who can be erased, newest first, masked. */
  readonly contacts: (
    viewer: Viewer,
    query: { readonly after?: string },
  ) => Promise<Done<{ readonly contacts: readonly ContactCard[]; readonly next: string | null }>>;
  readonly previewErasure: (viewer: Viewer, contactId: ContactId) => Promise<Done<{ readonly preview: ErasurePreview }>>;
  /** `salt` goes to the officer once and is not kept: with it the person can prove that the certificate is about them. */
  readonly erase: (
    viewer: Viewer,
    input: { readonly contactId: ContactId; readonly commandId: string; readonly reason: ErasureReason; readonly confirmation: string },
  ) => Promise<Done<{ readonly erasureId: ErasureId; readonly salt: string }>>;
  readonly erasure: (viewer: Viewer, erasureId: ErasureId) => Promise<Done<{ readonly erasure: ErasureDetail }>>;
  /** The signed certificate: the file's exact bytes. */
  readonly certificate: (viewer: Viewer, erasureId: ErasureId) => Promise<Done<{ readonly bytes: Uint8Array; readonly fileName: string }>>;
};

/** What the front server sets on each request for the web app. */
export type PlatformRequest = {
  readonly vconnect: { readonly application: Application; readonly address: string | null; readonly baseUrl: string };
};

import type { ErasureReason } from '#domain/erasure/commands.ts';
import type { AccountId, ChannelId, ContactId, ConversationId, ErasureId, IsoTime, MessageId, SessionId } from '#domain/ids.ts';
import type { Role } from '#domain/message.ts';
import type { RevealPurpose } from '#domain/reveal/events.ts';
import type { DashboardPage, DashboardRange } from './dashboard/page.ts';
import type { DataMap } from './data-map/page.ts';
import type {
  AuditPage,
  AuditQuery,
  ChannelItem,
  ContactCard,
  ConversationDetail,
  ErasureDetail,
  ErasurePreview,
  InboxFilter,
  InboxPage,
  SearchPage,
  SessionItem,
  SignedIn,
  TokenItem,
  Upload,
} from './pages.ts';
import type { Done, Me, Person, PersonDetail, Viewer } from './shown.ts';
import type { SystemPage, TakenUp } from './system/page.ts';

/**
 * What pages and the HTTP API may ask of the product: queries give opened, authorised, recorded values ready to be shown; commands say
 * whether they were done. `infra/app` implements it; the front server hands it to the web app on `platform.req.vconnect`. Types only.
 */
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
  /** Customers by words of their name, a whole phone number, an e-mail address or an id. The term is recorded nowhere. */
  readonly search: (viewer: Viewer, term: string) => Promise<Done<SearchPage>>;
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
  /** The figures of the last days, today included, and of as many before. */
  readonly dashboard: (viewer: Viewer, days: DashboardRange) => Promise<Done<DashboardPage>>;

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

  /** Which personal data this release processes, where it stands and how it ends; and the same as a document. */
  readonly dataMap: (viewer: Viewer) => Promise<Done<{ readonly map: DataMap; readonly markdown: string }>>;

  /** How far the read models are, and the streams of the viewer's organisation that they set aside. */
  readonly systemStatus: (viewer: Viewer) => Promise<Done<SystemPage>>;
  /** Takes a parked stream of the viewer's organisation up again, after a repair. */
  readonly replayParked: (viewer: Viewer, projection: string, stream: string) => Promise<Done<TakenUp>>;
  /**
   * While lists are prepared, how far they are, from 0 to 1: reading them throws `VIEWS_BUILDING` meanwhile. Null when all can be read.
   */
  readonly preparing: () => Promise<number | null>;
};

/** What the front server sets on each request for the web app. */
export type PlatformRequest = {
  readonly vconnect: { readonly application: Application; readonly address: string | null; readonly baseUrl: string };
};

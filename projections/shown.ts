import type { AccountId, CertificateNumber, ContactId, IsoTime, SessionId, TenantId } from '#domain/ids.ts';
import type { Role } from '#domain/message.ts';

/** What a page may show of a value, a person and a refusal. Types, and one table of names. */

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
  /** `not-recorded`: the log cannot be written at the moment, so nobody may look. Other reasons are the vault's. */
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
  'dashboard.read',
  'privacy.read',
  'privacy.erase',
  'people.read',
  'people.manage',
  'channels.read',
  'channels.manage',
  'tokens.manage',
  'system.manage',
] as const;

export type Permission = (typeof permissions)[number];

export type ActorShown =
  | { readonly kind: 'person'; readonly person: Person }
  | { readonly kind: 'customer'; readonly contactId: ContactId }
  | { readonly kind: 'machine'; readonly part: string };

import type { EventId, IsoTime, TenantId } from '#domain/ids.ts';
import type { Actor } from '#domain/message.ts';

export const auditKinds = ['access', 'message', 'conversation', 'contact', 'reveal', 'erasure', 'organisation', 'channel'] as const;
export type AuditKind = (typeof auditKinds)[number];

/**
 * One line of the trail: one event, or one person in an event that names several. The sentence is written by the page from `type` and
 * `facts` (ids, codes, numbers, times). Collection `audit`, id = `order`.
 */
export type AuditLine = {
  readonly tenant: TenantId;
  readonly eventId: EventId;
  readonly type: string;
  readonly kind: AuditKind;
  /** Sort key and id: `<position>.<n>`, the event's position in 16 digits, n in 4. */
  readonly order: string;
  readonly at: IsoTime;
  readonly actor: Actor;
  /** The actor's account or contact id, `machine` otherwise: for the filter by person. */
  readonly actorId: string;
  /** Whom it is about: the id of a contact, account or channel, or `none`. */
  readonly subject: string;
  readonly conversationId: string | null;
  readonly facts: Readonly<Record<string, string | number | boolean | null>>;
};

export const AUDIT = 'audit';

import { accountEvents } from '#domain/account/events.ts';
import { catalogueOf } from '#domain/catalogue.ts';
import { type Category, parseId, streamParts, type TenantId } from '#domain/ids.ts';
import type { RecordedEvent } from '#domain/message.ts';
import { revealEvents } from '#domain/reveal/events.ts';
import { typedEvent } from '#domain/upcast.ts';
import { eventOf } from '../document.ts';
import type { Projection } from '../projection.ts';
import { factsOf } from './facts.ts';
import { AUDIT, type AuditKind, type AuditLine } from './view.ts';

/** The trail: everything that happened in an organisation, one line per event, and one per person where personal values were shown. */
export const auditProjection: Projection = {
  name: 'audit',
  version: 2,
  readsFrom: 2,
  collections: [
    {
      name: AUDIT,
      indexes: [
        ['tenant', 'order'],
        ['tenant', 'kind', 'order'],
        ['tenant', 'actorId', 'order'],
        ['tenant', 'subject', 'order'],
      ],
    },
  ],
  route: (event) => {
    if (tenantOf(event) === null) return [];
    const lines = peopleIn(event)?.length ?? 1;
    return Array.from({ length: lines }, (_, n) => ({ collection: AUDIT, id: orderOf(event, n) }));
  },
  evolve: (_document, event, target) => {
    const tenant = tenantOf(event);
    return tenant === null ? null : lineOf(event, tenant, target.id);
  },
  // One event makes a line, and makes the same one again.
  guard: () => false,
};

/** Whom an event names that may name several. */
const peopleIn = (event: RecordedEvent) => {
  const reveal = eventOf('reveal', revealEvents, event);
  return reveal?.type === 'ValuesRevealed' || reveal?.type === 'RevealDenied' ? reveal.data.items : null;
};

/** Accounts belong to no organisation; of their events, those of a session are about the organisation that was entered. */
const tenantOf = (event: RecordedEvent): TenantId | null => {
  const account = eventOf('account', accountEvents, event);
  switch (account?.type) {
    case 'SignedIn':
    case 'SessionEnded':
      return account.data.organisationId;
    case 'AccountRegistered':
    case 'PasswordChanged':
    case 'SignInRefused':
      return null;
    case undefined:
      return event.tenant;
  }
};

/** Sorts by position, then by n: 16 digits hold every position that a number can, 4 every n of one event. */
const orderOf = (event: RecordedEvent, n: number): string => `${String(event.position).padStart(16, '0')}.${String(n).padStart(4, '0')}`;

const lineOf = (event: RecordedEvent, tenant: TenantId, order: string): AuditLine => {
  const { category } = streamParts(event.stream);
  const { data, meta } = typedEvent(catalogueOf(category) ?? {}, event);
  const shown = peopleIn(event)?.[Number(order.slice(order.indexOf('.') + 1))];
  return {
    tenant,
    eventId: event.id,
    type: event.type,
    kind: kinds[category],
    order,
    at: meta.recordedAt,
    actor: meta.actor,
    actorId: meta.actor.kind === 'machine' ? 'machine' : meta.actor.id,
    subject: shown?.subjectId ?? parseId(data['contactId'] ?? data['accountId'] ?? data['channelId']) ?? 'none',
    conversationId: parseId(data['conversationId']),
    facts: { ...factsOf(data), ...(shown === undefined ? {} : { classes: shown.classes.join('+') }) },
  };
};

const kinds = {
  account: 'access',
  message: 'message',
  conversation: 'conversation',
  contact: 'contact',
  reveal: 'reveal',
  erasure: 'erasure',
  organisation: 'organisation',
  channel: 'channel',
} as const satisfies Record<Category, AuditKind>;

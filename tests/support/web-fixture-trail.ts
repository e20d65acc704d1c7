// A trail with every type of event, in the shapes that pages receive.
import type { AuditItem } from '#projections/pages.ts';
import type { Person, Shown } from '#projections/shown.ts';
import { certificate, day, hour, id, karim, lina, masked, minute, mona, time, tom } from './web-fixture-data.ts';

const nadia = { id: id<'contact'>(500_000), kind: 'contact' as const, name: masked('Nadia K•••••') };
const omar = { id: id<'contact'>(500_001), kind: 'contact' as const, name: masked('Omar S•••••') };
const gone: Shown = { state: 'erased', certificate, at: time(Date.now() - day) };
const cairo = { id: id<'channel'>(50), kind: 'channel' as const, name: { state: 'value' as const, text: 'Cairo', masked: false } };
const as = (person: Person) => ({ id: person.accountId, kind: 'account' as const, name: person.name });

type Line = readonly [
  agoMs: number,
  kind: AuditItem['kind'],
  type: string,
  actor: Person | 'customer' | 'webhook' | 'outbox' | 'media' | 'erasure' | 'setup',
  subject: AuditItem['subject'],
  facts?: AuditItem['facts'],
];

const lines: readonly Line[] = [
  [2 * minute, 'reveal', 'ValuesRevealed', lina, nadia, { purpose: 'investigate', level: 'full', classes: 'profile' }],
  [4 * minute, 'message', 'MessageQueued', mona, nadia, { kind: 'text' }],
  [5 * minute, 'message', 'MessageReceived', 'customer', nadia, { kind: 'image', hasMedia: true }],
  [6 * minute, 'message', 'MediaStored', 'media', nadia, { sizeBytes: 184_320 }],
  [
    9 * minute,
    'reveal',
    'ValuesRevealed',
    mona,
    nadia,
    { purpose: 'answer-customer', level: 'masked', classes: 'message+profile+media+note' },
  ],
  [12 * minute, 'conversation', 'ConversationAssigned', tom, null, { assignee: mona.accountId }],
  [14 * minute, 'conversation', 'NoteAdded', karim, nadia, {}],
  [20 * minute, 'message', 'SendFailed', 'outbox', omar, { failure: 'undeliverable', providerCode: 131_026, willRetry: false, attempt: 1 }],
  [22 * minute, 'message', 'SendOutcomeUnknown', 'outbox', omar, { reason: 'timeout', attempt: 1 }],
  [23 * minute, 'message', 'StatusReported', 'webhook', nadia, { status: 'read' }],
  [24 * minute, 'message', 'StatusReported', 'webhook', omar, { status: 'delivered' }],
  [25 * minute, 'message', 'StatusReported', 'webhook', nadia, { status: 'delivered' }],
  [26 * minute, 'message', 'StatusReported', 'webhook', nadia, { status: 'sent' }],
  [27 * minute, 'message', 'SendAccepted', 'outbox', nadia, { attempt: 1 }],
  [28 * minute, 'message', 'SendAttempted', 'outbox', nadia, { attempt: 2 }],
  [40 * minute, 'reveal', 'RevealDenied', karim, omar, { purpose: 'investigate', reason: 'role', classes: 'profile' }],
  [50 * minute, 'access', 'SignedIn', lina, as(lina), {}],
  [55 * minute, 'channel', 'ChannelStopped', 'outbox', cairo, { reason: 'token', providerCode: 190 }],
  [hour, 'conversation', 'ConversationResolved', mona, null, {}],
  [1.2 * hour, 'conversation', 'ConversationReopened', 'customer', null, { by: 'customer' }],
  [1.4 * hour, 'contact', 'ContactProfileChanged', 'customer', nadia, {}],
  [day + hour, 'erasure', 'ErasureCompleted', 'erasure', null, { erasureId: id(7) }],
  [
    day + hour + 1000,
    'erasure',
    'ErasureVerified',
    'erasure',
    null,
    { tried: 611, opened: 0, scannedFiles: 14, scannedBytes: 2_400_000, hits: 0 },
  ],
  [
    day + hour + 2000,
    'erasure',
    'PayloadsRemoved',
    'erasure',
    null,
    { payloads: 573, mediaFiles: 38, identityRows: 4, streamsClosed: 402 },
  ],
  [
    day + hour + 3000,
    'erasure',
    'KeyDestroyed',
    'erasure',
    null,
    { commitment: '51d093ce00000000000000000000000000000000000000000000000000008af0' },
  ],
  [day + hour + 4000, 'erasure', 'SubjectFenced', 'erasure', null, {}],
  [
    day + hour + 5000,
    'erasure',
    'ErasureRequested',
    lina,
    { id: id<'contact'>(500_006), kind: 'contact', name: gone },
    { certificate, reason: 'consent-withdrawn', role: 'dpo' },
  ],
  [day + 2 * hour, 'contact', 'ContactErased', 'erasure', { id: id<'contact'>(500_006), kind: 'contact', name: gone }, { certificate }],
  [day + 3 * hour, 'organisation', 'MemberRoleChanged', tom, as(karim), { role: 'agent' }],
  [day + 3.5 * hour, 'organisation', 'MemberAdded', tom, as(lina), { role: 'dpo' }],
  [day + 4 * hour, 'channel', 'ChannelHandshaken', 'webhook', cairo, {}],
  [day + 4.2 * hour, 'channel', 'ChannelConnected', tom, cairo, { provider: 'simulator' }],
  [day + 5 * hour, 'organisation', 'SigningKeyPublished', 'setup', null, {}],
  [day + 5 * hour + 500, 'organisation', 'OrganisationCreated', 'setup', null, { sample: true }],
  [day + 6 * hour, 'access', 'SomethingNewer', tom, null, { colour: 'blue' }],
];

export function trailItems(now: number): readonly AuditItem[] {
  return lines.map(([ago, kind, type, by, subject, facts = {}], index) => {
    const customer = subject?.kind === 'contact' ? id<'contact'>(Number.parseInt(subject.id, 16)) : id<'contact'>(500_000);
    return {
      id: `${id<'event'>(70_000 + index)}.0`,
      position: String(48_911 - index * 3),
      at: time(now - ago),
      type,
      kind,
      actor:
        typeof by === 'object'
          ? { kind: 'person', person: by }
          : by === 'customer'
            ? { kind: 'customer', contactId: customer }
            : { kind: 'machine', part: by },
      rawActor:
        typeof by === 'object'
          ? { kind: 'account', id: by.accountId, role: by.role }
          : by === 'customer'
            ? { kind: 'customer', id: customer }
            : { kind: 'machine', part: by },
      subject,
      conversationId: kind === 'conversation' || kind === 'message' ? id(1000) : null,
      facts,
    };
  });
}

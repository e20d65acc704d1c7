import { describe, expect, it } from 'vitest';
import { parseTime } from '#domain/ids.ts';
import { orderOf, writtenAt } from '#projections/thread/order.ts';
import { threadProjection } from '#projections/thread/project.ts';
import { type ChipEntry, type MessageEntry, type NoteEntry, THREAD } from '#projections/thread/view.ts';
import { agent, documentAfter, logFrom } from '#tests/support/projected.ts';
import { minute, sampleCertificate, sampleId } from '#tests/support/sample.ts';

const conversationId = sampleId<'conversation'>(1);
const contactId = sampleId<'contact'>(2);
const channelId = sampleId<'channel'>(3);
const erasureId = sampleId<'erasure'>(4);
const messageId = sampleId<'message'>(100);
const noteId = sampleId<'note'>(9);
type Entry = Parameters<typeof logFrom>[0][number];

const own = (type: string, data: object, personal = {}): Entry => [
  { category: 'conversation', id: conversationId },
  { type, data: { conversationId, contactId, ...data }, personal },
];
const of = (type: string, data: object, personal = {}): Entry => [
  { category: 'message', id: messageId },
  { type, data: { messageId, conversationId, contactId, channelId, ...data }, personal },
];
const received = of(
  'MessageReceived',
  { kind: 'image', sentAt: minute(1), receivedAt: minute(2), hasMedia: true },
  { wamid: true, body: true, mediaId: true, mediaType: true, mediaDigest: true },
);
const queued = of('MessageQueued', { kind: 'text', queuedAt: minute(1), sizeBytes: null }, { body: true });
const sending = (attempt = 1) => of('SendAttempted', { attempt, attemptedAt: minute(2) });
const accepted = of('SendAccepted', { attempt: 1, acceptedAt: minute(3) }, { wamid: true });
const sendFailed = (willRetry: boolean) =>
  of('SendFailed', { attempt: 1, failure: 'rate', providerCode: 130429, willRetry, failedAt: minute(3) }, { details: true });
const status = (what: string, at: number) =>
  of(
    'StatusReported',
    { status: what, occurredAt: minute(at), receivedAt: minute(at + 1), providerCode: what === 'failed' ? 131026 : null },
    { details: true },
  );
const erased = of('MessageErased', { erasureId, certificate: sampleCertificate, erasedAt: minute(90) });
const noted = own('NoteAdded', { noteId, addedAt: minute(5) }, { body: true });
const conversationErased = own('ConversationErased', { erasureId, certificate: sampleCertificate, notes: [noteId], erasedAt: minute(90) });

const entry = <E extends object>(id: string, ...events: readonly Entry[]) =>
  documentAfter<E>(threadProjection, logFrom(events), THREAD, id);
const message = (...events: readonly Entry[]) => entry<MessageEntry>(messageId, ...events);

describe('a message in the thread', () => {
  it('stands in the second in which the customer sent it, at its end', async () => {
    const shown = await message(received);
    expect(shown).toMatchObject({
      direction: 'in',
      author: null,
      state: null,
      at: minute(1),
      order: `${minute(1).replace('.000Z', '.999Z')} 1 ${messageId}`,
      erased: null,
    });
    expect([shown?.body?.field, shown?.wamid?.field]).toEqual(['body', 'wamid']);
  });
  it('waits for its file, takes it, or says why there is none', async () => {
    expect((await message(received))?.media).toMatchObject({ state: 'fetching', bytes: null, type: { field: 'mediaType' } });
    const stored = of('MediaStored', { sizeBytes: 12, storedAt: minute(3) }, { bytes: true, mediaType: true });
    expect((await message(received, stored))?.media).toMatchObject({
      state: 'stored',
      sizeBytes: 12,
      bytes: { field: 'bytes', schema: 'MediaStored/v1' },
    });
    const lost = of('MediaFetchFailed', { reason: 'expired', failedAt: minute(3) });
    expect((await message(received, lost))?.media).toMatchObject({ state: 'failed', failure: 'expired' });
    expect((await message(received, lost, stored))?.media).toMatchObject({ state: 'stored', failure: null });
  });

  it('names its author and tells each state with its time', async () => {
    const shown = await message(queued, sending(), accepted, status('sent', 4), status('delivered', 5), status('read', 6));
    expect(shown).toMatchObject({
      direction: 'out',
      author: agent.kind === 'account' && agent.id,
      state: 'read',
      attempt: 1,
      failure: null,
    });
    expect(shown?.reached).toEqual({
      queued: minute(1),
      sending: minute(2),
      accepted: minute(3),
      sent: minute(4),
      delivered: minute(5),
      read: minute(6),
    });
  });
  it('keeps a tick when our own record of the answer comes after it', async () => {
    expect(await message(queued, sending(), status('delivered', 3), accepted)).toMatchObject({
      state: 'delivered',
      wamid: { field: 'wamid' },
    });
  });
  it('says why it failed', async () => {
    expect(await message(queued, sending(), sendFailed(false))).toMatchObject({
      state: 'failed',
      failure: { code: 'rate', providerCode: 130429, details: { field: 'details' } },
    });
    expect(await message(queued, sending(), accepted, status('failed', 4))).toMatchObject({
      state: 'failed',
      failure: { code: 'other', providerCode: 131026 },
    });
  });
  it('forgets the failure when it arrived after all, or is tried again', async () => {
    expect(await message(queued, sending(), accepted, status('failed', 4), status('delivered', 5))).toMatchObject({
      state: 'delivered',
      failure: null,
    });
    const retried = of('SendRetryRequested', { requestedAt: minute(6) });
    expect(await message(queued, sending(), sendFailed(false), retried)).toMatchObject({ state: 'queued', failure: null });
    expect(await message(queued, sending(), sendFailed(false), retried, sending(2))).toMatchObject({
      state: 'sending',
      attempt: 2,
      failure: null,
    });
  });
  it('says that nobody knows', async () => {
    expect(
      await message(queued, sending(), of('SendOutcomeUnknown', { attempt: 1, reason: 'timeout', noticedAt: minute(3) })),
    ).toMatchObject({ state: 'unknown' });
  });

  it('holds no handle once erased, and keeps its place', async () => {
    const shown = await message(
      received,
      of('MediaStored', { sizeBytes: 12, storedAt: minute(3) }, { bytes: true, mediaType: true }),
      erased,
    );
    expect(shown).toMatchObject({ at: minute(1), erased: sampleCertificate });
    expect(JSON.stringify(shown)).not.toContain('"ref"');
    expect(JSON.stringify(await message(queued, sending(), sendFailed(false), erased))).not.toContain('"ref"');
  });
});

describe('the order of one second', () => {
  const second = minute(1);
  const within = (ms: number) => parseTime(second.replace('.000Z', `.${String(ms).padStart(3, '0')}Z`)) ?? second;
  it.each([
    ['when it reached us, if in the same second', within(400), within(400)],
    ['at the end of its second, if it reached us later', minute(2), within(999)],
    ['at its second, if our clock is behind', minute(0), second],
  ] as const)('places a message %s', (_, receivedAt, expected) => expect(writtenAt(second, receivedAt)).toBe(expected));
  it('puts a start before what has the same time', () => expect(orderOf(second, 'f', true) < orderOf(second, '0')).toBe(true));
});

describe('notes and chips', () => {
  it('shows a note with its author', async () => {
    expect(await entry<NoteEntry>(noteId, noted)).toMatchObject({
      entry: 'note',
      author: agent.kind === 'account' && agent.id,
      body: { class: 'note' },
    });
  });
  it('erases the notes with the conversation', async () => {
    const shown = await entry<NoteEntry>(noteId, noted, conversationErased);
    expect(shown).toMatchObject({ body: null, erased: sampleCertificate });
  });
  it.each([
    ['started', own('ConversationStarted', { channelId, startedAt: minute(0) }), `${minute(0)} 0 `],
    ['assigned', own('ConversationAssigned', { assignee: sampleId<'account'>(11), assignedAt: minute(0) }), `${minute(0)} 1 `],
    ['unassigned', own('ConversationAssigned', { assignee: null, assignedAt: minute(0) }), `${minute(0)} 1 `],
    ['resolved', own('ConversationResolved', { resolvedAt: minute(0) }), `${minute(0)} 1 `],
    ['reopened', own('ConversationReopened', { by: 'customer', reopenedAt: minute(0) }), `${minute(0)} 1 `],
    ['erased', conversationErased, `${minute(90)} 1 `],
  ] as const)('shows a chip: %s', async (chip, event, order) => {
    const id = sampleId<'event'>(10_000);
    const shown = await entry<ChipEntry>(id, event);
    expect(shown).toMatchObject({ entry: 'chip', chip, contactId, actor: agent, order: `${order}${id}` });
    expect([shown?.assignee, shown?.certificate]).toEqual([
      chip === 'assigned' ? sampleId<'account'>(11) : null,
      chip === 'erased' ? sampleCertificate : null,
    ]);
  });
});

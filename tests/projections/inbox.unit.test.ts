import { describe, expect, it } from 'vitest';
import { inboxProjection } from '#projections/inbox/project.ts';
import { INBOX, type InboxRow, UNREAD_CAP } from '#projections/inbox/view.ts';
import { documentAfter, logFrom, organisationId } from '#tests/support/projected.ts';
import { minute, sampleCertificate, sampleId } from '#tests/support/sample.ts';

const conversationId = sampleId<'conversation'>(1);
const contactId = sampleId<'contact'>(2);
const channelId = sampleId<'channel'>(3);
const account = sampleId<'account'>(10);
const message = (n: number) => sampleId<'message'>(100 + n);
const erasureId = sampleId<'erasure'>(4);
type Entry = Parameters<typeof logFrom>[0][number];

const own = (type: string, data: object, personal = {}): Entry => [
  { category: 'conversation', id: conversationId },
  { type, data: { conversationId, contactId, ...data }, personal },
];
const started = own('ConversationStarted', { channelId, startedAt: minute(0) });
const wrote = (n: number) => own('CustomerWrote', { messageId: message(n), sentAt: minute(n), windowUntil: minute(n + 1440) });
const read = (n: number) => own('ConversationRead', { upTo: message(n), readAt: minute(50) });
const note = (at: number) => own('NoteAdded', { noteId: sampleId<'note'>(9), addedAt: minute(at) }, { body: true });
const erased = own('ConversationErased', { erasureId, certificate: sampleCertificate, notes: [], erasedAt: minute(90) });
const ofMessage = (n: number, type: string, data: object, personal = {}): Entry => [
  { category: 'message', id: message(n) },
  { type, data: { messageId: message(n), conversationId, contactId, channelId, ...data }, personal },
];
const received = (n: number, at = n) =>
  ofMessage(
    n,
    'MessageReceived',
    { kind: 'text', sentAt: minute(at), receivedAt: minute(at), hasMedia: false },
    { wamid: true, body: true },
  );
const queued = (n: number) => ofMessage(n, 'MessageQueued', { kind: 'text', queuedAt: minute(n), sizeBytes: null }, { body: true });
const sending = (n: number) => ofMessage(n, 'SendAttempted', { attempt: 1, attemptedAt: minute(n) });
const accepted = (n: number) => ofMessage(n, 'SendAccepted', { attempt: 1, acceptedAt: minute(n) }, { wamid: true });
const status = (n: number, what: string) =>
  ofMessage(n, 'StatusReported', { status: what, occurredAt: minute(n), receivedAt: minute(n), providerCode: null });

const row = (...events: readonly Entry[]) => documentAfter<InboxRow>(inboxProjection, logFrom(events), INBOX, conversationId);

describe('a row of the inbox', () => {
  it('begins open, with nobody', async () => {
    expect(await row(started)).toEqual({
      tenant: organisationId,
      conversationId,
      contactId,
      channelId,
      list: 'open',
      status: 'open',
      assignee: 'nobody',
      lastAt: minute(0),
      preview: null,
      unread: [],
      windowUntil: null,
      erased: null,
    });
  });
  it('shows what the customer wrote, unread, with the window', async () => {
    const shown = await row(started, wrote(1), received(1));
    expect(shown).toMatchObject({ lastAt: minute(1), unread: [message(1)], windowUntil: minute(1441) });
    expect(shown?.preview).toMatchObject({ entryId: message(1), from: 'customer', kind: 'text', state: null, at: minute(1) });
    expect(shown?.preview?.body).toMatchObject({
      tenant: organisationId,
      subject: contactId,
      class: 'message',
      field: 'body',
      schema: 'MessageReceived/v1',
    });
  });
  it('keeps the newer preview when an older message comes late', async () => {
    expect(await row(started, received(5), received(6, 2))).toMatchObject({ lastAt: minute(5), preview: { entryId: message(5) } });
  });
  it('shows a note, and a message after it', async () => {
    expect(await row(started, received(1), note(3))).toMatchObject({ lastAt: minute(3), preview: { from: 'note' } });
    expect(await row(started, received(1), note(3), received(4))).toMatchObject({ preview: { entryId: message(4) } });
  });
  it('appears even when a message is told before its conversation', async () => {
    expect(await row(received(1), started, wrote(1))).toEqual(
      await row(started, received(1), wrote(1)).then((shown) => ({ ...shown, preview: expect.anything() })),
    );
  });

  it.each([
    ['queued', [queued(1)]],
    ['sending', [queued(1), sending(1)]],
    ['accepted', [queued(1), sending(1), accepted(1)]],
    ['read', [queued(1), sending(1), accepted(1), status(1, 'read')]],
    ['read', [queued(1), sending(1), status(1, 'read'), accepted(1)]],
    ['failed', [queued(1), sending(1), accepted(1), status(1, 'sent'), status(1, 'failed')]],
    ['delivered', [queued(1), sending(1), accepted(1), status(1, 'failed'), status(1, 'delivered')]],
  ] as const)('shows a reply as %s', async (state, events) =>
    expect((await row(started, ...events))?.preview).toMatchObject({ from: 'us', state }),
  );
  it('leaves the preview alone when an older reply moves', async () => {
    expect((await row(started, queued(1), received(2), sending(1)))?.preview).toMatchObject({ entryId: message(2), state: null });
  });

  it('is read up to a message and no further', async () =>
    expect((await row(started, wrote(1), wrote(2), wrote(3), read(2)))?.unread).toEqual([message(3)]));
  it('keeps no more unread messages than it can show, the newest', async () => {
    const unread = (await row(started, ...Array.from({ length: UNREAD_CAP + 4 }, (_, n) => wrote(n))))?.unread;
    expect([unread?.length, unread?.at(-1)]).toEqual([UNREAD_CAP, message(UNREAD_CAP + 3)]);
  });
  it('moves between people and states', async () => {
    const assigned = own('ConversationAssigned', { assignee: account, assignedAt: minute(5) });
    const resolved = own('ConversationResolved', { resolvedAt: minute(6) });
    expect(await row(started, assigned, resolved)).toMatchObject({ assignee: account, status: 'resolved' });
    expect(await row(started, assigned, resolved, own('ConversationReopened', { by: 'person', reopenedAt: minute(7) }))).toMatchObject({
      status: 'open',
    });
    expect(await row(started, assigned, own('ConversationAssigned', { assignee: null, assignedAt: minute(8) }))).toMatchObject({
      assignee: 'nobody',
    });
  });

  it('says erased, and holds nothing of the customer', async () => {
    expect(await row(started, wrote(1), received(1), erased)).toMatchObject({
      status: 'erased',
      preview: null,
      unread: [],
      windowUntil: null,
      erased: { certificate: sampleCertificate, at: minute(90) },
    });
  });
  it.each([
    ['open', []],
    ['resolved', [own('ConversationResolved', { resolvedAt: minute(6) })]],
  ] as const)('is listed where it was when it is erased: %s', async (list, before) => {
    expect(await row(started, ...before, erased)).toMatchObject({ list, status: 'erased' });
  });
  it('stays erased, whatever comes late', async () => {
    const late = [received(7), wrote(8), note(9), queued(10), own('ConversationReopened', { by: 'customer', reopenedAt: minute(95) })];
    expect(await row(started, erased, ...late)).toEqual(await row(started, erased));
  });
  it('drops the handle of an erased message and shows nothing older in its place', async () => {
    const gone = ofMessage(2, 'MessageErased', { erasureId, certificate: sampleCertificate, erasedAt: minute(90) });
    expect((await row(started, received(1), received(2), gone))?.preview).toMatchObject({ entryId: message(2), body: null });
  });
});

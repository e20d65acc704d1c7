import { describe, expect, it } from 'vitest';
import { erasureProjection } from '#projections/erasure/project.ts';
import { ERASURE, erasureSteps, type ErasureView } from '#projections/erasure/view.ts';
import { outboxProjection } from '#projections/outbox/project.ts';
import { OUTBOX, type OutboxItem } from '#projections/outbox/view.ts';
import { documentAfter, logFrom } from '#tests/support/projected.ts';
import { minute, sampleCertificate, sampleDigest, sampleId, sampleRelease } from '#tests/support/sample.ts';

type Entry = Parameters<typeof logFrom>[0][number];
const contactId = sampleId<'contact'>(2);
const erasureId = sampleId<'erasure'>(4);

describe('an erasure', () => {
  const of = (type: string, data: object): Entry => [
    { category: 'erasure', id: erasureId },
    { type, data: { erasureId, contactId, ...data } },
  ];
  const counts = { message: 3, profile: 1, media: 0, note: 0, ai: 0, audit: 0, credential: 0 };
  const removed = { payloads: 4, mediaFiles: 0, identityRows: 2, streamsClosed: 5 };
  const verified = { tried: 4, opened: 0, scannedFiles: 3, scannedBytes: 99, hits: 0 };
  const steps: readonly Entry[] = [
    of('ErasureRequested', {
      certificate: sampleCertificate,
      reason: 'objection',
      role: 'dpo',
      accountId: sampleId<'account'>(10),
      subjectHash: sampleDigest(1),
      counts,
      conversations: [],
      requestedAt: minute(0),
    }),
    of('SubjectFenced', { unlinkedIdentifiers: 2, acknowledgements: [], fencedAt: minute(1) }),
    of('KeyDestroyed', {
      keyId: sampleId<'key'>(7),
      commitment: sampleDigest(2),
      createdAt: minute(-9),
      destroyedAt: minute(2),
      acknowledgements: [],
    }),
    of('PayloadsRemoved', { ...removed, removedAt: minute(3) }),
    of('ErasureVerified', { ...verified, verifiedAt: minute(4) }),
    of('ErasureCompleted', { statementDigest: sampleDigest(3), release: sampleRelease, completedAt: minute(5) }),
    of('ErasedDataReturned', { key: 'usable', fenceLost: true, payloads: 1, identityRows: 1, foundAt: minute(6) }),
    of('ErasedDataRemovedAgain', { scannedFiles: 6, scannedBytes: 1, hits: 0, removedAt: minute(7) }),
  ];
  const after = (count: number) => documentAfter<ErasureView>(erasureProjection, logFrom(steps.slice(0, count)), ERASURE, erasureId);

  it.each(erasureSteps.map((step, n) => [step, n] as const))('shows that it is %s, and when each step was done', async (step, n) => {
    const reached = Object.fromEntries(erasureSteps.slice(0, n + 1).map((done, at) => [done, minute(at)]));
    expect(await after(n + 1)).toMatchObject({ step, reached });
    expect(Object.keys((await after(n + 1))?.reached ?? {})).toHaveLength(n + 1);
  });
  it('keeps what the certificate states', async () => {
    expect(await after(6)).toMatchObject({
      reason: 'objection',
      counts,
      keyCommitment: sampleDigest(2),
      removed,
      verified,
      subjectHash: sampleDigest(1),
    });
  });
  it('says when erased data came back, when it was gone again, and stays complete', async () => {
    expect(await after(6)).toMatchObject({ step: 'completed', returnedAt: null, removedAgainAt: null });
    expect(await after(7)).toMatchObject({ step: 'completed', returnedAt: minute(6), removedAgainAt: null });
    expect(await after(8)).toMatchObject({ step: 'completed', returnedAt: minute(6), removedAgainAt: minute(7) });
  });
  it('claims nothing before it was done', async () =>
    expect(await after(2)).toMatchObject({ keyCommitment: null, removed: null, verified: null }));
});

describe('the outbox', () => {
  const messageId = sampleId<'message'>(100);
  const ids = { messageId, conversationId: sampleId<'conversation'>(1), contactId, channelId: sampleId<'channel'>(3) };
  const of = (type: string, data: object, personal = {}): Entry => [
    { category: 'message', id: messageId },
    { type, data: { ...ids, ...data }, personal },
  ];
  const queued = of('MessageQueued', { kind: 'text', queuedAt: minute(0), sizeBytes: null }, { body: true });
  const sending = of('SendAttempted', { attempt: 1, attemptedAt: minute(1) });
  const accepted = of('SendAccepted', { attempt: 1, acceptedAt: minute(2) }, { wamid: true });
  const status = (what: string) => of('StatusReported', { status: what, occurredAt: minute(3), receivedAt: minute(3), providerCode: null });
  const retried = of('SendRetryRequested', { requestedAt: minute(9) });
  const item = (...events: readonly Entry[]) => documentAfter<OutboxItem>(outboxProjection, logFrom(events), OUTBOX, messageId);

  it('waits, is sent, and is done when it reached the phone', async () => {
    expect(await item(queued)).toMatchObject({ state: 'queued', dueAt: minute(0), body: { field: 'body' } });
    expect(await item(queued, sending)).toMatchObject({ state: 'sending', attempt: 1 });
    expect(await item(queued, sending, accepted)).toMatchObject({ state: 'accepted' });
    expect(await item(queued, sending, accepted, status('delivered'))).toBeNull();
  });
  it('can be sent again after WhatsApp took it and then reported a failure', async () => {
    expect(await item(queued, sending, accepted, status('failed'))).toMatchObject({ state: 'failed' });
    expect(await item(queued, sending, accepted, status('failed'), retried)).toMatchObject({
      state: 'queued',
      dueAt: minute(9),
      body: { field: 'body' },
    });
  });
  it('forgets an erased message', async () => {
    expect(await item(queued, of('MessageErased', { erasureId, certificate: sampleCertificate, erasedAt: minute(9) }))).toBeNull();
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { erasureDecider, type ErasureState } from '#domain/erasure/decider.ts';
import type { ErasureEvent } from '#domain/erasure/events.ts';
import { roles } from '#domain/message.ts';
import { deciderSpec, sealForm } from '#tests/support/decider-spec.ts';
import { minute, sampleCertificate, sampleDigest, sampleId, sampleRelease } from '#tests/support/sample.ts';

type Event = ErasureEvent<'plain'>;
const ids = { erasureId: sampleId<'erasure'>(1), contactId: sampleId<'contact'>(2) };
const at = minute(5);
const [web, worker] = [sampleId<'process'>(7), sampleId<'process'>(8)];
const counts = { message: 3, profile: 1, media: 0, note: 1, ai: 0, audit: 0, credential: 0 };
const order = {
  certificate: sampleCertificate,
  reason: 'consent-withdrawn',
  role: 'dpo',
  accountId: sampleId<'account'>(3),
  subjectHash: sampleDigest(4),
  counts,
  conversations: [sampleId<'conversation'>(5)],
} as const;
const acknowledgements = [web, worker].map((processId) => ({ processId, drainedAt: minute(4) }));
const key = { keyId: sampleId<'key'>(9), commitment: sampleDigest(10), createdAt: minute(0), destroyedAt: minute(5), acknowledgements };
const removal = { payloads: 5, mediaFiles: 0, identityRows: 3, streamsClosed: 6 };
const verification = { tried: 5, opened: 0, scannedFiles: 4, scannedBytes: 4096, hits: 0 };

const request = { type: 'RequestErasure', ...ids, ...order, at } as const;
const fence = { type: 'RecordFence', unlinkedIdentifiers: 3, acknowledgements, at } as const;
const destroyKey = { type: 'RecordKeyDestroyed', ...key, at } as const;
const remove = { type: 'RecordRemoval', ...removal, at } as const;
const verify = { type: 'RecordVerification', ...verification, at } as const;
const complete = { type: 'CompleteErasure', statementDigest: sampleDigest(11), release: sampleRelease, at } as const;
const commands = [request, fence, destroyKey, remove, verify, complete] as const;

const events: readonly Event[] = [
  { type: 'ErasureRequested', data: { ...ids, ...order, conversations: [...order.conversations], requestedAt: at }, personal: {} },
  { type: 'SubjectFenced', data: { ...ids, unlinkedIdentifiers: 3, acknowledgements, fencedAt: at }, personal: {} },
  { type: 'KeyDestroyed', data: { ...ids, ...key }, personal: {} },
  { type: 'PayloadsRemoved', data: { ...ids, ...removal, removedAt: at }, personal: {} },
  { type: 'ErasureVerified', data: { ...ids, ...verification, verifiedAt: at }, personal: {} },
  { type: 'ErasureCompleted', data: { ...ids, statementDigest: sampleDigest(11), release: sampleRelease, completedAt: at }, personal: {} },
];

const spec = deciderSpec(erasureDecider);
const facts = { processes: [web, worker], contactKnown: true };

describe('an erasure', () => {
  it.each(commands.map((command, n) => [command.type, n] as const))('records %s after the step before', (_, n) => {
    const [command, event] = [commands[n], events[n]];
    if (command === undefined || event === undefined) throw new Error('expected a step');
    spec
      .given(...events.slice(0, n))
      .when(command, facts)
      .then(event);
  });
  it.each(commands.map((command, n) => [command.type, n] as const))('records %s once, whatever followed', (_, n) => {
    const command = commands[n];
    if (command === undefined) throw new Error('expected a step');
    for (let done = n + 1; done <= events.length; done += 1)
      spec
        .given(...events.slice(0, done))
        .when(command, facts)
        .thenNothing();
  });
  it.each(commands.slice(1))('refuses $type before it was requested', (command) =>
    spec.given().when(command, facts).thenRefused('conflict', 'erasure-unknown'),
  );
  it.each(commands.slice(2))('refuses $type before the fence', (command) =>
    spec
      .given(...events.slice(0, 1))
      .when(command, facts)
      .thenRefused('conflict', 'step-out-of-order'),
  );

  it.each(roles)('asks for the data protection officer or an owner: %s', (role) => {
    const when = spec.given().when({ ...request, role }, facts);
    if (role === 'dpo' || role === 'owner') expect(when.decision.kind).toBe('accepted');
    else when.thenRefused('forbidden', 'role');
  });
  it('refuses a customer that nobody knows', () =>
    spec
      .given()
      .when(request, { ...facts, contactKnown: false })
      .thenRefused('conflict', 'contact-unknown'));
  it('is about one customer', () =>
    spec
      .given(...events.slice(0, 1))
      .when({ ...request, contactId: sampleId<'contact'>(99) }, facts)
      .thenRefused('conflict', 'erasure-exists'));
  it('is not fenced while a process has not answered', () =>
    spec
      .given(...events.slice(0, 1))
      .when({ ...fence, acknowledgements: acknowledgements.slice(1) }, facts)
      .thenRefused('conflict', 'acknowledgement-missing'));
  it('claims no destroyed key while a process has not said again that it keeps no copy', () =>
    spec
      .given(...events.slice(0, 2))
      .when({ ...destroyKey, acknowledgements: acknowledgements.slice(1) }, facts)
      .thenRefused('conflict', 'acknowledgement-missing'));
  it.each([{ opened: 1 }, { hits: 1 }])('is not verified with %o', (found) =>
    spec
      .given(...events.slice(0, 4))
      .when({ ...verify, ...found }, facts)
      .thenRefused('conflict', 'verification-failed'),
  );

  describe('whose data came back', () => {
    const found = { key: 'usable', fenceLost: false, payloads: 2, identityRows: 1 } as const;
    const gone = { scannedFiles: 6, scannedBytes: 4096, hits: 0 };
    const back: Event = { type: 'ErasedDataReturned', data: { ...ids, ...found, foundAt: at }, personal: {} };
    const again: Event = { type: 'ErasedDataRemovedAgain', data: { ...ids, ...gone, removedAt: at }, personal: {} };
    const recordReturn = { type: 'RecordReturn', ...found, at } as const;
    const recordRemoved = { type: 'RecordRemovedAgain', ...gone, at } as const;

    it.each([3, 4, 5, 6])('says so, and that it is gone again, as often as it happens (after %i events)', (done) => {
      const before = events.slice(0, done);
      spec
        .given(...before)
        .when(recordReturn, facts)
        .then(back);
      spec
        .given(...before, back)
        .when(recordRemoved, facts)
        .then(again);
      spec
        .given(...before, back, again)
        .when(recordReturn, facts)
        .then(back);
    });
    it('says each once', () => {
      spec
        .given(...events, back)
        .when(recordReturn, facts)
        .thenNothing();
      spec
        .given(...events, back, again)
        .when(recordRemoved, facts)
        .thenNothing();
      spec
        .given(...events)
        .when(recordRemoved, facts)
        .thenNothing();
    });
    it('is not gone while anything of it is still found', () =>
      spec
        .given(...events, back)
        .when({ ...recordRemoved, hits: 1 }, facts)
        .thenRefused('conflict', 'verification-failed'));
    it('goes on with its steps where it was', () =>
      spec
        .given(...events.slice(0, 3), back, again)
        .when(remove, facts)
        .then(...events.slice(3, 4)));
    it.each([1, 2])('can come back only after the key was destroyed (after %i events)', (done) =>
      spec
        .given(...events.slice(0, done))
        .when(recordReturn, facts)
        .thenRefused('conflict', 'step-out-of-order'),
    );
  });

  it('goes its steps in their order, whatever is asked in whatever order', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...commands), { maxLength: 20 }), (asked) => {
        let state: ErasureState = erasureDecider.initial;
        const recorded: string[] = [];
        for (const command of asked) {
          const decision = erasureDecider.decide(state, command, facts);
          for (const event of decision.kind === 'accepted' ? decision.events : []) {
            state = erasureDecider.evolve(state, sealForm(event));
            recorded.push(event.type);
          }
        }
        expect(recorded).toEqual(events.slice(0, recorded.length).map((event) => event.type));
      }),
    );
  });
});

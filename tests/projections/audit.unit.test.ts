import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { PLATFORM_TENANT, type StreamName, streamParts } from '#domain/ids.ts';
import type { RecordedEvent } from '#domain/message.ts';
import { auditProjection } from '#projections/audit/project.ts';
import type { AuditLine } from '#projections/audit/view.ts';
import { logFrom, organisationId } from '#tests/support/projected.ts';
import { minute, sampleId } from '#tests/support/sample.ts';

type Entry = Parameters<typeof logFrom>[0][number];
const accountId = sampleId<'account'>(10);
const sessionId = sampleId<'session'>(11);
const contactId = sampleId<'contact'>(2);
const conversationId = sampleId<'conversation'>(1);

const linesOf = (event: RecordedEvent): AuditLine[] =>
  auditProjection.route(event).map((target) => auditProjection.evolve(null, event, target) as AuditLine);
const lines = (...events: readonly Entry[]) => logFrom(events).flatMap(linesOf);
const ofAccount = (type: string, data: object, personal = {}): Entry => [
  { category: 'account', id: accountId, tenant: PLATFORM_TENANT },
  { type, data: { accountId, ...data }, personal },
];

describe('the trail', () => {
  it('tells who did what to whom, when, and where it stands in the log', () => {
    const [line] = lines([
      { category: 'conversation', id: conversationId },
      { type: 'ConversationAssigned', data: { conversationId, contactId, assignee: accountId, assignedAt: minute(0) } },
    ]);
    expect(line).toEqual({
      tenant: organisationId,
      eventId: sampleId<'event'>(10_000),
      type: 'ConversationAssigned',
      kind: 'conversation',
      order: '0000000000000001.0000',
      at: minute(0),
      actor: { kind: 'account', id: accountId, role: 'agent' },
      actorId: accountId,
      subject: contactId,
      conversationId,
      facts: { contactId, assignee: accountId, assignedAt: minute(0) },
    });
  });
  it('has one line per person whose values were shown', () => {
    const items = [
      { subjectId: contactId, classes: ['profile', 'message'] },
      { subjectId: accountId, classes: ['profile'] },
    ];
    const who = { sessionId, accountId, role: 'agent', purpose: 'answer-customer', level: 'masked', items, revealedAt: minute(0) };
    const shown = lines([
      { category: 'reveal', id: sessionId },
      { type: 'ValuesRevealed', data: who },
    ]);
    expect(shown.map(({ subject, order, facts }) => [subject, order, facts['purpose'], facts['level'], facts['classes']])).toEqual([
      [contactId, '0000000000000001.0000', 'answer-customer', 'masked', 'profile+message'],
      [accountId, '0000000000000001.0001', 'answer-customer', 'masked', 'profile'],
    ]);
  });
  it('gives a session to the organisation that was entered, and the rest of an account to nobody', () => {
    const shown = lines(
      ofAccount('SignedIn', { sessionId, organisationId, signedInAt: minute(0) }),
      ofAccount('SignInRefused', { reason: 'locked', refusedAt: minute(1) }),
      ofAccount('PasswordChanged', { changedAt: minute(2) }, { passwordHash: true }),
      ofAccount('SessionEnded', { sessionId, organisationId, reason: 'revoked', endedAt: minute(3) }),
    );
    expect(shown.map(({ tenant, type, kind, subject }) => [tenant, type, kind, subject])).toEqual([
      [organisationId, 'SignedIn', 'access', accountId],
      [organisationId, 'SessionEnded', 'access', accountId],
    ]);
  });
  it('says what the machine did', () => {
    const [line] = lines([
      { category: 'channel', id: sampleId<'channel'>(3), actor: { kind: 'machine', part: 'outbox' } },
      { type: 'ChannelStopped', data: { channelId: sampleId<'channel'>(3), reason: 'token', providerCode: 190, stoppedAt: minute(0) } },
    ]);
    expect(line).toMatchObject({
      kind: 'channel',
      actorId: 'machine',
      subject: sampleId<'channel'>(3),
      facts: { reason: 'token', providerCode: 190 },
    });
  });

  const golden = readdirSync(new URL('../golden/events/', import.meta.url)).map((name) => {
    const stored = JSON.parse(readFileSync(new URL(`../golden/events/${name}`, import.meta.url), 'utf8')) as RecordedEvent & {
      readonly stream: StreamName;
    };
    return { ...stored, tenant: streamParts(stored.stream).tenant, revision: 0n, position: 7n };
  });
  it.each(golden.map((event) => [event.type, event] as const))('holds only ids, codes, numbers and times of %s', (_, event) => {
    for (const { facts } of linesOf(event)) {
      for (const value of Object.values(facts)) {
        expect(value === null || ['number', 'boolean'].includes(typeof value) || /^[\w.:+=/-]{1,64}$/.test(String(value))).toBe(true);
      }
      expect(JSON.stringify(facts)).not.toContain('ref');
    }
  });
  it('counts lists and tables', () => {
    const requested = golden.filter(({ type }) => type === 'ErasureRequested').flatMap(linesOf);
    expect(requested[0]?.facts).toMatchObject({
      conversations: 1,
      'counts.message': 7,
      reason: 'no-longer-necessary',
      certificate: 'EC-2026-0001',
    });
  });
});

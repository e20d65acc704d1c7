import fc from 'fast-check';
import type { AccountId, IsoTime, TenantId } from '#domain/ids.ts';
import { parseTime } from '#domain/ids.ts';
import type { RecordedEvent } from '#domain/message.ts';
import { logFrom, organisationId } from './projected.ts';
import { sampleCertificate, sampleId } from './sample.ts';

/** Conversations as people lead them, over months, so that answers cross days and months; and what a person would count in them by hand. */

type Entry = Parameters<typeof logFrom>[0][number];
type Act = {
  readonly act: 'writes' | 'replies' | 'resolves' | 'reopens' | 'assigns' | 'erases';
  readonly afterMs: number;
  readonly who: number;
};
export type Story = readonly Act[];

/** Near the end of a month, so that the first days cross it. */
const BEGINNING_MS = Date.parse('2026-01-27T22:00:00.000Z');
const HOUR_MS = 3_600_000;

const acts: fc.Arbitrary<Act> = fc.record({
  act: fc.oneof(
    { weight: 5, arbitrary: fc.constant('writes' as const) },
    { weight: 5, arbitrary: fc.constant('replies' as const) },
    { weight: 2, arbitrary: fc.constantFrom('resolves' as const, 'reopens' as const) },
    { weight: 1, arbitrary: fc.constantFrom('assigns' as const, 'erases' as const) },
  ),
  afterMs: fc.oneof(
    fc.integer({ min: 0, max: 3 }).map((n) => n * 500),
    fc.integer({ min: 0, max: 30 * HOUR_MS }),
    fc.integer({ min: 0, max: 12 * 24 * HOUR_MS }),
    fc.constantFrom(7 * 24 * HOUR_MS, 7 * 24 * HOUR_MS + 1),
  ),
  who: fc.integer({ min: 0, max: 2 }),
});
export const stories: fc.Arbitrary<readonly Story[]> = fc.array(fc.array(acts, { minLength: 1, maxLength: 25 }), {
  minLength: 1,
  maxLength: 3,
});

export const agentOf = (who: number): AccountId => sampleId<'account'>(10 + who);
const timeOf = (ms: number): IsoTime => parseTime(new Date(ms).toISOString())!;

/** The log of the stories, conversation by conversation; `tenant` for a second organisation. */
export const logOfStories = (told: readonly Story[], tenant: TenantId = organisationId): readonly RecordedEvent[] =>
  logFrom(told.flatMap((story, n) => entriesOf(story, n + 1, tenant)));

const entriesOf = (story: Story, n: number, tenant: TenantId): readonly Entry[] => {
  const conversationId = sampleId<'conversation'>(2000 + n);
  const ids = { conversationId, contactId: sampleId<'contact'>(1000 + n), channelId: sampleId<'channel'>(20) };
  const { channelId: _, ...own } = ids;
  const entries: Entry[] = [];
  let [state, ms]: ['none' | 'open' | 'resolved' | 'erased', number] = ['none', BEGINNING_MS];
  const tell = (type: string, data: object, who = 0): void => {
    const actor = { kind: 'account', id: agentOf(who), role: 'agent' } as const;
    entries.push([
      { category: 'conversation', id: conversationId, tenant, actor },
      { type, data: { ...own, ...data } },
    ]);
  };
  story.forEach(({ act, afterMs, who }, step) => {
    ms += afterMs;
    const at = timeOf(ms);
    const messageId = sampleId<'message'>(3000 + 100 * n + step);
    const ofMessage = (type: string, data: object, personal: Readonly<Record<string, true>>): Entry => [
      { category: 'message', id: messageId, tenant, actor: { kind: 'account', id: agentOf(who), role: 'agent' } },
      { type, data: { messageId, ...ids, ...data }, personal },
    ];
    if (state === 'erased') return;
    if (act === 'writes') {
      // WhatsApp tells whole seconds, before we hear of it.
      const sentAt = timeOf(Math.floor(ms / 1000) * 1000);
      if (state === 'none') tell('ConversationStarted', { channelId: ids.channelId, startedAt: sentAt });
      if (state === 'resolved') tell('ConversationReopened', { by: 'customer', reopenedAt: at });
      state = 'open';
      tell('CustomerWrote', { messageId, sentAt, windowUntil: timeOf(ms + 24 * HOUR_MS) });
      entries.push(ofMessage('MessageReceived', { kind: 'text', sentAt, receivedAt: at, hasMedia: false }, { wamid: true, body: true }));
      return;
    }
    if (state === 'none') return;
    if (act === 'replies') {
      entries.push(ofMessage('MessageQueued', { kind: 'text', queuedAt: at, sizeBytes: null }, { body: true }));
      entries.push(ofMessage('SendAttempted', { attempt: 1, attemptedAt: at }, {}));
    }
    if (act === 'resolves' && state === 'open') tell('ConversationResolved', { resolvedAt: at }, who);
    if (act === 'reopens' && state === 'resolved') tell('ConversationReopened', { by: 'person', reopenedAt: at });
    if (act === 'assigns') tell('ConversationAssigned', { assignee: who === 2 ? null : agentOf(who), assignedAt: at });
    if (act === 'resolves') state = 'resolved';
    if (act === 'reopens') state = 'open';
    if (act === 'erases') {
      tell('ConversationErased', { erasureId: sampleId<'erasure'>(40), certificate: sampleCertificate, notes: [], erasedAt: at });
      state = 'erased';
    }
  });
  return entries;
};

/** The same events in another order: each stream keeps its own, nothing else is kept. */
export const shuffled = (log: readonly RecordedEvent[], picks: readonly number[]): readonly RecordedEvent[] => {
  const streams = [...Map.groupBy(log, ({ stream }) => stream).values()].map((events) => [...events]);
  return log.map((_, n) => {
    const left = streams.filter((events) => events.length > 0);
    return left[(picks[n % picks.length] ?? 0) % left.length]!.shift()!;
  });
};

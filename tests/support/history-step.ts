import fc from 'fast-check';
import type { At, Decider, Decision } from '#domain/decider.ts';
import { type StreamName, streamName, type TenantId } from '#domain/ids.ts';
import { plain } from '#domain/personal.ts';
import { minute, sampleCertificate, sampleId } from './sample.ts';

type PlainEvent = { readonly type: string; readonly data: object; readonly personal: object };

/** One command to one stream. `again` decides it once more, with the facts as they are after it happened. */
export type Step = {
  readonly stream: StreamName;
  readonly name: string;
  readonly initial: unknown;
  readonly decide: (state: unknown, at: ReturnType<typeof minute>) => Decision<PlainEvent>;
  readonly again: (state: unknown, at: ReturnType<typeof minute>) => Decision<PlainEvent>;
  readonly evolve: (state: unknown, event: unknown) => unknown;
};

export const organisationId = sampleId<'tenant'>(1);

export const step = <S, C extends { readonly type: string }, F>(
  decider: Decider<S, C & At, F, PlainEvent, never>,
  where: { readonly tenant?: TenantId; readonly id: string },
  [command, facts, after]: readonly [C, F, F?],
): Step => ({
  stream: streamName(where.tenant ?? organisationId, decider.category, where.id),
  name: command.type,
  initial: decider.initial,
  decide: (state, at) => decider.decide(state as S, { ...command, at }, facts),
  again: (state, at) => decider.decide(state as S, { ...command, at }, after ?? facts),
  evolve: (state, event) => decider.evolve(state as S, event as never),
});

export const personal = fc.constantFrom('a', 'b').map(plain);
export const maybe = fc.option(personal);
export const small = fc.integer({ min: 0, max: 2 });
export const time = fc.integer({ min: -5, max: 60 }).map(minute);
export const account = small.map((n) => sampleId<'account'>(10 + n));
export const channelId = sampleId<'channel'>(20);
export const sessionId = small.map((n) => sampleId<'session'>(30 + n));
export const erasureId = fc.integer({ min: 0, max: 1 }).map((n) => sampleId<'erasure'>(40 + n));
export const certificate = sampleCertificate;
/** Customer n has conversation n and the messages 100n, 100n + 1, … */
export const customer = fc.integer({ min: 1, max: 2 });
export const contactOf = (n: number) => sampleId<'contact'>(1000 + n);
export const conversationOf = (n: number) => sampleId<'conversation'>(2000 + n);
export const messageOf = (n: number, m: number) => sampleId<'message'>(3000 + 100 * n + m);
export const messageIds = (n: number, m: number) => ({
  messageId: messageOf(n, m),
  conversationId: conversationOf(n),
  contactId: contactOf(n),
  channelId,
});

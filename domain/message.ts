import { z } from 'zod';
import type { AccountId, CommandId, ContactId, CorrelationId, EventId, IsoTime, StreamName, TenantId } from './ids.ts';
import { idOf, timeSchema } from './ids.ts';
import type { Sealed } from './personal.ts';

export const roles = ['owner', 'admin', 'dpo', 'agent', 'auditor'] as const;
export type Role = (typeof roles)[number];

/** The parts of the system that act by themselves. */
export const machineParts = ['webhook', 'outbox', 'media', 'erasure', 'setup', 'cli'] as const;
export type MachinePart = (typeof machineParts)[number];

export type Actor =
  | { readonly kind: 'account'; readonly id: AccountId; readonly role: Role }
  | { readonly kind: 'customer'; readonly id: ContactId }
  | { readonly kind: 'machine'; readonly part: MachinePart };

export const actorSchema: z.ZodType<Actor> = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('account'), id: idOf<'account'>(), role: z.enum(roles) }),
  z.strictObject({ kind: z.literal('customer'), id: idOf<'contact'>() }),
  z.strictObject({ kind: z.literal('machine'), part: z.enum(machineParts) }),
]);

export type EventMeta = {
  /** The command that led to the event; event ids derive from it. */
  readonly commandId: CommandId;
  /** The same for everything that one request or one delivery set in motion. */
  readonly correlationId: CorrelationId;
  /** The event that caused the command, or null when a request did. */
  readonly causationId: EventId | null;
  /** Our clock; names the period of the keys. */
  readonly recordedAt: IsoTime;
  readonly actor: Actor;
};

export const metaSchema: z.ZodType<EventMeta> = z.strictObject({
  commandId: idOf<'command'>(),
  correlationId: idOf<'correlation'>(),
  causationId: idOf<'event'>().nullable(),
  recordedAt: timeSchema,
  actor: actorSchema,
});

/** An event on its way into the store: sealed, with its identity. */
export type NewEvent = {
  readonly id: EventId;
  readonly type: string;
  readonly version: number;
  readonly data: Readonly<Record<string, unknown>>;
  readonly personal: Readonly<Record<string, Sealed>>;
  readonly meta: EventMeta;
};

/** An event as the store gives it back. */
export type RecordedEvent = NewEvent & {
  readonly tenant: TenantId;
  readonly stream: StreamName;
  /** Place in its stream, from 0. */
  readonly revision: bigint;
  /** Place in the whole log, from 1, dense. */
  readonly position: bigint;
};

/** A command's envelope: who wants it, and the id that makes a repetition harmless. */
export type CommandContext = {
  readonly tenant: TenantId;
  readonly commandId: CommandId;
  readonly correlationId: CorrelationId;
  readonly causationId: EventId | null;
  readonly actor: Actor;
  /** The time of the command, ours. */
  readonly at: IsoTime;
};

import type { CommandId, CorrelationId, EventId, IsoTime, TenantId } from '#domain/ids.ts';
import { parseTime } from '#domain/ids.ts';
import type { CommandContext, MachinePart } from '#domain/message.ts';
import type { Viewer } from '#projections/shown.ts';
import { fault } from './fault.ts';
import { newId } from './new-id.ts';

/** Our clock as events carry it. */
export const now = (): IsoTime => timeAt(Date.now());

/** Milliseconds since 1970 as events carry them. */
export const timeAt = (ms: number): IsoTime => {
  const time = parseTime(new Date(ms).toISOString());
  if (time === null) throw fault('APP_TIME_OUT_OF_RANGE', 'expected a time between the years 0 and 9999');
  return time;
};

/** A command of a signed-in person; `commandId` from the form makes a repeated post harmless. */
export const viewerContext = (
  viewer: Viewer,
  commandId: CommandId = newId<'command'>(),
  correlationId?: CorrelationId,
): CommandContext => ({
  tenant: viewer.tenant,
  commandId,
  correlationId: correlationId ?? newId<'correlation'>(),
  causationId: null,
  actor: { kind: 'account', id: viewer.accountId, role: viewer.role },
  at: now(),
});

/** What a machine does next about a stream: its cause is the stream's last event, which the command handler names. */
export type FollowingContext = Omit<CommandContext, 'correlationId' | 'causationId'> & { readonly follows: 'stream' };

export const followingContext = (tenant: TenantId, part: MachinePart, commandId: CommandId = newId<'command'>()): FollowingContext => ({
  tenant,
  commandId,
  follows: 'stream',
  actor: { kind: 'machine', part },
  at: now(),
});

/** A command of the machine itself. */
export const machineContext = (
  tenant: TenantId,
  part: MachinePart,
  commandId: CommandId = newId<'command'>(),
  cause: { readonly correlationId: CorrelationId; readonly causationId: EventId } | null = null,
): CommandContext => ({
  tenant,
  commandId,
  correlationId: cause?.correlationId ?? newId<'correlation'>(),
  causationId: cause?.causationId ?? null,
  actor: { kind: 'machine', part },
  at: now(),
});

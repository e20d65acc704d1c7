import fc from 'fast-check';
import type { StreamName, TenantId } from '#domain/ids.ts';
import type { Actor, RecordedEvent } from '#domain/message.ts';
import { sealForm } from './decider-spec.ts';
import { minute, sampleId } from './sample.ts';
import type { Step } from './history-step.ts';
import { contactStep, conversationStep, messageStep } from './history-inbox.ts';
import { accountStep, channelStep, erasureStep, organisationStep, revealStep } from './history-platform.ts';

/** Generated histories of one organisation: commands in any order, as the deciders let them happen. */

export const stepArbitraries = {
  organisation: organisationStep,
  account: accountStep,
  channel: channelStep,
  contact: contactStep,
  conversation: conversationStep,
  message: messageStep,
  reveal: revealStep,
  erasure: erasureStep,
} as const;

export const anyStep: fc.Arbitrary<Step> = fc.oneof(
  organisationStep,
  accountStep,
  channelStep,
  contactStep,
  { weight: 3, arbitrary: conversationStep },
  { weight: 5, arbitrary: messageStep },
  revealStep,
  erasureStep,
);

const actor: Actor = { kind: 'account', id: sampleId<'account'>(10), role: 'owner' };

/** What the log holds after the steps, one minute apart. */
export const logOf = (steps: readonly Step[]): readonly RecordedEvent[] => {
  const states = new Map<StreamName, { state: unknown; revision: bigint }>();
  const log: RecordedEvent[] = [];
  steps.forEach(({ stream, initial, decide, evolve }, n) => {
    const held = states.get(stream) ?? { state: initial, revision: -1n };
    const decision = decide(held.state, minute(n));
    for (const event of decision.kind === 'accepted' ? decision.events : []) {
      const sealed = sealForm<Pick<RecordedEvent, 'type' | 'data' | 'personal'>>(event);
      held.state = evolve(held.state, sealed);
      held.revision += 1n;
      const position = BigInt(log.length + 1);
      const meta = {
        commandId: sampleId<'command'>(n),
        correlationId: sampleId<'correlation'>(n),
        causationId: null,
        recordedAt: minute(n),
        actor,
      };
      const id = sampleId<'event'>(10_000 + log.length);
      log.push({ ...sealed, id, version: 1, meta, tenant: stream.slice(0, 32) as TenantId, stream, revision: held.revision, position });
    }
    states.set(stream, held);
  });
  return log;
};

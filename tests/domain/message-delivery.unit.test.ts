import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { messageDecider, type MessageState } from '#domain/message/decider.ts';
import { RANK } from '#domain/message/delivery.ts';
import { deliveryStatuses, type MessageEvent } from '#domain/message/events.ts';
import { plain } from '#domain/personal.ts';
import { deciderSpec, sealForm, stateAfter } from '#tests/support/decider-spec.ts';
import { minute, sampleId } from '#tests/support/sample.ts';

type Event = MessageEvent<'plain'>;
type Status = (typeof deliveryStatuses)[number];
const ids = {
  messageId: sampleId<'message'>(1),
  conversationId: sampleId<'conversation'>(2),
  contactId: sampleId<'contact'>(3),
  channelId: sampleId<'channel'>(4),
};
const [wamid, body] = [plain('wamid.1'), plain('Hello')];
const at = minute(60);

const queued: Event = { type: 'MessageQueued', data: { ...ids, kind: 'text', queuedAt: minute(0), sizeBytes: null }, personal: { body } };
const sending = (attempt = 1): Event => ({ type: 'SendAttempted', data: { ...ids, attempt, attemptedAt: at }, personal: {} });
const accepted = (attempt = 1): Event => ({ type: 'SendAccepted', data: { ...ids, attempt, acceptedAt: at }, personal: { wamid } });
const failed = (willRetry: boolean): Event => ({
  type: 'SendFailed',
  data: { ...ids, attempt: 1, failure: 'rate', providerCode: 130429, willRetry, failedAt: at },
  personal: {},
});
const unknown: Event = { type: 'SendOutcomeUnknown', data: { ...ids, attempt: 1, reason: 'timeout', noticedAt: at }, personal: {} };
const retried: Event = { type: 'SendRetryRequested', data: { ...ids, requestedAt: at }, personal: {} };
const status = (what: Status, minutes = 61): Event => ({
  type: 'StatusReported',
  data: { ...ids, status: what, occurredAt: minute(minutes), receivedAt: at, providerCode: null },
  personal: {},
});

const spec = deciderSpec(messageDecider);
const facts = { windowOpenUntil: null, bodyLength: 0, conversationErased: false };
const attempt = { type: 'AttemptSend', at } as const;
const accept = { type: 'AcceptSend', wamid, at } as const;
const fail = (willRetry: boolean, attempt = 1) =>
  ({ type: 'FailSend', attempt, failure: 'rate', providerCode: 130429, details: null, willRetry, at }) as const;
const lose = { type: 'ReportOutcomeUnknown', attempt: 1, reason: 'timeout', at } as const;
const retry = { type: 'RetrySend', at } as const;
const report = (what: Status, minutes = 61) =>
  ({ type: 'ReportStatus', status: what, occurredAt: minute(minutes), providerCode: null, details: null, at }) as const;

describe('sending', () => {
  it('is attempted from the queue', () => spec.given(queued).when(attempt, facts).then(sending()));
  it('is attempted again after a failure that is retried', () =>
    spec.given(queued, sending(), failed(true)).when(attempt, facts).then(sending(2)));
  it.each([
    ['sending', [sending()]],
    ['accepted', [sending(), accepted()]],
    ['failed for good', [sending(), failed(false)]],
    ['unknown', [sending(), unknown]],
    ['reported as failed', [sending(), accepted(), status('failed')]],
  ] as const)('is not attempted when %s', (_, history) =>
    spec
      .given(queued, ...history)
      .when(attempt, facts)
      .thenRefused('conflict', 'not-queued'),
  );

  it('is accepted', () => spec.given(queued, sending()).when(accept, facts).then(accepted()));
  it('is accepted once', () => spec.given(queued, sending(), accepted()).when(accept, facts).thenNothing());
  it('is accepted after an unknown outcome, found through the callback data', () =>
    spec.given(queued, sending(), unknown).when(accept, facts).then(accepted()));
  it('is accepted after a status told of it first', () =>
    spec.given(queued, sending(), status('delivered')).when(accept, facts).then(accepted()));

  it('fails for good', () => spec.given(queued, sending()).when(fail(false), facts).then(failed(false)));
  it('fails and is tried again', () => spec.given(queued, sending()).when(fail(true), facts).then(failed(true)));
  it('fails once', () => spec.given(queued, sending(), failed(false)).when(fail(false), facts).thenNothing());
  it('does not fail after it was accepted', () => spec.given(queued, sending(), accepted()).when(fail(false), facts).thenNothing());
  it('may be found to have failed after an unknown outcome', () =>
    spec.given(queued, sending(), unknown).when(fail(false), facts).then(failed(false)));
  it('is never tried again by itself after an unknown outcome', () =>
    spec.given(queued, sending(), unknown).when(fail(true), facts).thenRefused('conflict', 'outcome-unknown'));

  it('can end unknown', () => spec.given(queued, sending()).when(lose, facts).then(unknown));
  it('ends unknown once', () => spec.given(queued, sending(), unknown).when(lose, facts).thenNothing());
  it('is known when a status came', () => spec.given(queued, sending(), status('sent')).when(lose, facts).thenNothing());
  it.each([accept, fail(true), lose, report('sent')])('refuses $type before the first attempt', (command) =>
    spec.given(queued).when(command, facts).thenRefused('conflict', 'not-attempted'),
  );
});

describe('retrying', () => {
  it.each([
    ['failed', [sending(), failed(false)]],
    ['unknown', [sending(), unknown]],
    ['reported as failed', [sending(), accepted(), status('failed')]],
  ] as const)('is possible when %s', (_, history) =>
    spec
      .given(queued, ...history)
      .when(retry, facts)
      .then(retried),
  );
  it('is asked for once', () => spec.given(queued, sending(), failed(false), retried).when(retry, facts).thenNothing());
  it.each([
    ['sending', [sending()]],
    ['accepted', [sending(), accepted()]],
  ] as const)('is refused when %s', (stage, history) =>
    spec
      .given(queued, ...history)
      .when(retry, facts)
      .thenRefused('conflict', `already-${stage}`),
  );
  it('leads to another attempt', () => spec.given(queued, sending(), failed(false), retried).when(attempt, facts).then(sending(2)));
  it.each([
    ['a failure for good', fail(false)],
    ['a failure that would be tried again', fail(true)],
    ['a lost answer', lose],
  ] as const)('is not ended by %s of the attempt before, told late', (_, late) =>
    spec.given(queued, sending(), unknown, retried, sending(2)).when(late, facts).thenNothing(),
  );
  it('ends by the answer to its own attempt', () => {
    const second = (event: Event): Event => ({ ...event, data: { ...event.data, attempt: 2 } }) as Event;
    const again = [queued, sending(), unknown, retried, sending(2)] as const;
    spec
      .given(...again)
      .when(fail(false, 2), facts)
      .then(second(failed(false)));
    spec
      .given(...again)
      .when({ ...lose, attempt: 2 }, facts)
      .then(second(unknown));
  });
  it('is not needed when the lost answer turns up', () =>
    spec.given(queued, sending(), unknown, retried, accepted()).when(attempt, facts).thenRefused('conflict', 'not-queued'));

  const again = [queued, sending(), accepted(), status('sent', 58), status('failed', 59), retried] as const;
  it('does not fail by a repeated report about the attempt before', () =>
    spec
      .given(...again)
      .when(report('failed', 59), facts)
      .thenNothing());
  it('is not sent by a late report about the attempt before', () =>
    spec
      .given(...again)
      .when(report('sent', 58), facts)
      .thenNothing());
  it('takes the failure of the new attempt, in the same second', () =>
    spec
      .given(...again, sending(2))
      .when(report('failed', 60), facts)
      .then(status('failed', 60)));
  it('believes that the first attempt arrived after all', () =>
    spec
      .given(...again)
      .when(report('delivered', 59), facts)
      .then(status('delivered', 59)));
});

describe('statuses', () => {
  const taken = [queued, sending(), accepted()] as const;
  it.each(deliveryStatuses)('records %s', (what) =>
    spec
      .given(...taken)
      .when(report(what), facts)
      .then(status(what)),
  );
  it.each(deliveryStatuses)('records %s once', (what) =>
    spec
      .given(...taken, status(what))
      .when(report(what), facts)
      .thenNothing(),
  );
  it('keeps the reason that WhatsApp gave', () =>
    spec
      .given(...taken)
      .when({ ...report('failed'), providerCode: 131026, details: body }, facts)
      .then({
        type: 'StatusReported',
        data: { ...ids, status: 'failed', occurredAt: minute(61), receivedAt: at, providerCode: 131026 },
        personal: { details: body },
      }));
  it.each([
    ['sent', 'delivered'],
    ['sent', 'read'],
    ['delivered', 'read'],
    ['read', 'played'],
    ['failed', 'delivered'],
  ] as const)('never goes back to %s after %s', (late, reached) =>
    spec
      .given(...taken, status(reached))
      .when(report(late), facts)
      .thenNothing(),
  );
  it('may fail after it was sent', () =>
    spec
      .given(...taken, status('sent'))
      .when(report('failed'), facts)
      .then(status('failed')));
  it('may arrive after it was reported as failed', () =>
    spec
      .given(...taken, status('failed'))
      .when(report('delivered'), facts)
      .then(status('delivered')));
  it.each([
    ['sending', [sending()]],
    ['unknown', [sending(), unknown]],
    ['failed', [sending(), failed(false)]],
    ['waiting for another attempt', [sending(), failed(true)]],
  ] as const)('prove that WhatsApp took it while %s', (_, history) => {
    spec
      .given(queued, ...history, status('sent'))
      .when(attempt, facts)
      .thenRefused('conflict', 'not-queued');
  });

  it('never go backwards and end the same, in any order and any repetition', () => {
    const orders = fc.array(fc.constantFrom(...deliveryStatuses), { minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(orders, (statuses) => {
        let state: MessageState = stateAfter(messageDecider, taken);
        let before = 0;
        for (const what of statuses) {
          const decision = messageDecider.decide(state, report(what), facts);
          for (const event of decision.kind === 'accepted' ? decision.events : []) state = messageDecider.evolve(state, sealForm(event));
          const rank = state.kind === 'outgoing' ? state.delivery.rank : -1;
          expect(rank).toBeGreaterThanOrEqual(before);
          before = rank;
        }
        const highest = Math.max(0, ...statuses.map((what) => (what === 'failed' ? 0 : RANK[what])));
        const stage = statuses.includes('failed') && highest <= RANK.sent ? 'failed' : 'accepted';
        expect(state.kind === 'outgoing' && { rank: state.delivery.rank, stage: state.delivery.stage }).toEqual({ rank: highest, stage });
      }),
    );
  });
});

import { accept, type At, type Decision, nothing, refuse } from '../decider.ts';
import { present } from '../personal.ts';
import type { MessageCommand, MessageIds } from './commands.ts';
import { type Delivery, isNews } from './delivery.ts';
import type { MessageEvent } from './events.ts';

export type Outgoing = { readonly kind: 'outgoing'; readonly ids: MessageIds; readonly delivery: Delivery };
export type SendCommand = Extract<
  MessageCommand,
  { type: 'AttemptSend' | 'AcceptSend' | 'FailSend' | 'ReportOutcomeUnknown' | 'RetrySend' | 'ReportStatus' }
> &
  At;

type Command<T extends SendCommand['type']> = Extract<SendCommand, { type: T }>;
type Events = Decision<MessageEvent<'plain'>>;

/** What a reply on its way answers to the outbox, to WhatsApp's reports and to the person who tries again. */
export const decideSend = (state: Outgoing, command: SendCommand): Events => {
  const { ids, delivery } = state;
  switch (command.type) {
    case 'AttemptSend':
      // A second worker must hear "no", not "done already": it would send.
      if (delivery.stage !== 'queued') return refuse('conflict', 'not-queued');
      return accept({ type: 'SendAttempted', data: { ...ids, attempt: delivery.attempt + 1, attemptedAt: command.at }, personal: {} });
    case 'RetrySend':
      return retry(state, command);
    case 'AcceptSend':
    case 'FailSend':
    case 'ReportOutcomeUnknown':
    case 'ReportStatus':
      return delivery.attempt === 0 ? refuse('conflict', 'not-attempted') : report(state, command);
  }
};

const report = (state: Outgoing, command: Command<'AcceptSend' | 'FailSend' | 'ReportOutcomeUnknown' | 'ReportStatus'>): Events => {
  const { ids, delivery } = state;
  const { attempt } = delivery;
  switch (command.type) {
    case 'AcceptSend':
      if (delivery.answered) return nothing();
      return accept({ type: 'SendAccepted', data: { ...ids, attempt, acceptedAt: command.at }, personal: { wamid: command.wamid } });
    case 'FailSend':
      return fail(state, command);
    case 'ReportOutcomeUnknown':
      if (delivery.stage !== 'sending' || command.attempt !== attempt) return nothing();
      return accept({ type: 'SendOutcomeUnknown', data: { ...ids, attempt, reason: command.reason, noticedAt: command.at }, personal: {} });
    case 'ReportStatus': {
      if (!isNews(delivery, command)) return nothing();
      const { status, occurredAt, providerCode, details, at } = command;
      const data = { ...ids, status, occurredAt, receivedAt: at, providerCode };
      return accept({ type: 'StatusReported', data, personal: present({ details }) });
    }
  }
};

const fail = ({ ids, delivery }: Outgoing, { attempt, failure, providerCode, details, willRetry, at }: Command<'FailSend'>): Events => {
  if (attempt !== delivery.attempt) return nothing();
  if (delivery.stage !== 'sending' && delivery.stage !== 'unknown') return nothing();
  // An unknown outcome is never sent again by itself.
  if (delivery.stage === 'unknown' && willRetry) return refuse('conflict', 'outcome-unknown');
  const data = { ...ids, attempt, failure, providerCode, willRetry, failedAt: at };
  return accept({ type: 'SendFailed', data, personal: present({ details }) });
};

const retry = ({ ids, delivery }: Outgoing, { at }: Command<'RetrySend'>): Events => {
  switch (delivery.stage) {
    case 'queued':
      return nothing();
    case 'sending':
    case 'accepted':
      return refuse('conflict', `already-${delivery.stage}`);
    case 'failed':
    case 'unknown':
      return accept({ type: 'SendRetryRequested', data: { ...ids, requestedAt: at }, personal: {} });
  }
};

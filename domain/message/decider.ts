import { accept, type At, type Decider, type Decision, nothing, refuse } from '../decider.ts';
import type { ErasureId } from '../ids.ts';
import { present } from '../personal.ts';
import {
  MAX_CAPTION_CHARACTERS,
  MAX_DOCUMENT_BYTES,
  MAX_IMAGE_BYTES,
  MAX_TEXT_CHARACTERS,
  type MessageCommand,
  type MessageFacts,
  type MessageIds,
} from './commands.ts';
import { evolveDelivery, queued } from './delivery.ts';
import type { MessageEvent } from './events.ts';
import { decideSend, type Outgoing } from './send.ts';

export type MessageState =
  | { readonly kind: 'none' }
  | { readonly kind: 'received'; readonly ids: MessageIds; readonly media: 'none' | 'fetching' | 'stored' | 'failed' }
  | Outgoing
  | { readonly kind: 'erased'; readonly erasureId: ErasureId };

type Live = Exclude<MessageState, { kind: 'none' | 'erased' }>;
type Command<T extends MessageCommand['type']> = Extract<MessageCommand, { type: T }> & At;
type Events = Decision<MessageEvent<'plain'>>;

const receive = (state: MessageState, command: Command<'ReceiveMessage'>, facts: MessageFacts): Events => {
  if (state.kind === 'received') return nothing();
  if (state.kind === 'outgoing') return refuse('conflict', 'message-is-outgoing');
  if (facts.conversationErased) return refuse('conflict', 'conversation-erased');
  const { kind, sentAt, wamid, body, replyTo, raw, media, at } = command;
  return accept({
    type: 'MessageReceived',
    data: { ...idsOf(command), kind, sentAt, receivedAt: at, hasMedia: media !== null },
    personal: {
      wamid,
      ...present({ body, replyTo, raw }),
      ...(media === null ? {} : present({ mediaId: media.id, mediaType: media.type, mediaDigest: media.digest, fileName: media.fileName })),
    },
  });
};

const queue = (state: MessageState, command: Command<'QueueMessage'>, facts: MessageFacts): Events => {
  if (state.kind === 'outgoing') return nothing();
  if (state.kind === 'received') return refuse('conflict', 'message-is-received');
  if (facts.conversationErased) return refuse('conflict', 'conversation-erased');
  const { kind, body, replyTo, media, at } = command;
  if (facts.windowOpenUntil === null || facts.windowOpenUntil <= at) return refuse('invalid', 'window-closed');
  const wrong = wrongContent(command, facts);
  if (wrong !== null) return refuse('invalid', wrong);
  return accept({
    type: 'MessageQueued',
    data: { ...idsOf(command), kind, queuedAt: at, sizeBytes: media?.sizeBytes ?? null },
    personal: {
      ...present({ body, replyTo }),
      ...(media === null ? {} : present({ bytes: media.bytes, mediaType: media.type, fileName: media.fileName })),
    },
  });
};

/** The code of the first thing that WhatsApp would not take, or null. */
const wrongContent = ({ kind, body, media }: Command<'QueueMessage'>, { bodyLength }: MessageFacts): string | null => {
  if (kind === 'text') {
    if (media !== null) return 'media-unexpected';
    if (body === null || bodyLength === 0) return 'message-empty';
    return bodyLength > MAX_TEXT_CHARACTERS ? 'message-too-long' : null;
  }
  if (media === null || media.sizeBytes === 0) return 'media-missing';
  if (media.sizeBytes > (kind === 'image' ? MAX_IMAGE_BYTES : MAX_DOCUMENT_BYTES)) return 'media-too-large';
  return bodyLength > MAX_CAPTION_CHARACTERS ? 'caption-too-long' : null;
};

const idsOf = ({ messageId, conversationId, contactId, channelId }: MessageIds): MessageIds => ({
  messageId,
  conversationId,
  contactId,
  channelId,
});

const storeMedia = (state: Live, { bytes, mediaType, sizeBytes, at }: Command<'StoreMedia'>): Events => {
  if (state.kind === 'outgoing' || state.media === 'none') return refuse('invalid', 'no-media');
  if (state.media === 'stored') return nothing();
  return accept({ type: 'MediaStored', data: { ...state.ids, sizeBytes, storedAt: at }, personal: { bytes, mediaType } });
};

const recordMediaFailure = (state: Live, { reason, at }: Command<'RecordMediaFailure'>): Events => {
  if (state.kind === 'outgoing' || state.media === 'none') return refuse('invalid', 'no-media');
  if (state.media !== 'fetching') return nothing();
  return accept({ type: 'MediaFetchFailed', data: { ...state.ids, reason, failedAt: at }, personal: {} });
};

const decide = (state: MessageState, command: MessageCommand & At, facts: MessageFacts): Events => {
  if (state.kind === 'erased') {
    const repeated = command.type === 'EraseMessage' && command.erasureId === state.erasureId;
    return repeated ? nothing() : refuse('conflict', 'message-erased');
  }
  if (command.type === 'ReceiveMessage') return receive(state, command, facts);
  if (command.type === 'QueueMessage') return queue(state, command, facts);
  if (state.kind === 'none') return refuse('conflict', 'message-unknown');
  switch (command.type) {
    case 'StoreMedia':
      return storeMedia(state, command);
    case 'RecordMediaFailure':
      return recordMediaFailure(state, command);
    case 'EraseMessage': {
      const { erasureId, certificate, at } = command;
      return accept({ type: 'MessageErased', data: { ...state.ids, erasureId, certificate, erasedAt: at }, personal: {} });
    }
    case 'AttemptSend':
    case 'AcceptSend':
    case 'FailSend':
    case 'ReportOutcomeUnknown':
    case 'RetrySend':
    case 'ReportStatus':
      return state.kind === 'outgoing' ? decideSend(state, command) : refuse('conflict', 'not-outgoing');
  }
};

const evolve = (state: MessageState, event: MessageEvent<'sealed'>): MessageState => {
  switch (event.type) {
    case 'MessageReceived':
      return { kind: 'received', ids: idsOf(event.data), media: event.data.hasMedia ? 'fetching' : 'none' };
    case 'MessageQueued':
      return { kind: 'outgoing', ids: idsOf(event.data), delivery: queued };
    case 'MediaStored':
      return state.kind === 'received' ? { ...state, media: 'stored' } : state;
    case 'MediaFetchFailed':
      return state.kind === 'received' ? { ...state, media: 'failed' } : state;
    case 'SendAttempted':
    case 'SendAccepted':
    case 'SendFailed':
    case 'SendOutcomeUnknown':
    case 'SendRetryRequested':
    case 'StatusReported':
      return state.kind === 'outgoing' ? { ...state, delivery: evolveDelivery(state.delivery, event) } : state;
    case 'MessageErased':
      return { kind: 'erased', erasureId: event.data.erasureId };
  }
};

export const messageDecider: Decider<MessageState, MessageCommand & At, MessageFacts, MessageEvent<'plain'>, MessageEvent<'sealed'>> = {
  category: 'message',
  initial: { kind: 'none' },
  decide,
  evolve,
};

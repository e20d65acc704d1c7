import { describe, it } from 'vitest';
import { MAX_CAPTION_CHARACTERS, MAX_DOCUMENT_BYTES, MAX_IMAGE_BYTES, MAX_TEXT_CHARACTERS } from '#domain/message/commands.ts';
import { messageDecider } from '#domain/message/decider.ts';
import type { MessageEvent } from '#domain/message/events.ts';
import { plain } from '#domain/personal.ts';
import { deciderSpec } from '#tests/support/decider-spec.ts';
import { minute, sampleCertificate, sampleId } from '#tests/support/sample.ts';

type Event = MessageEvent<'plain'>;
const ids = {
  messageId: sampleId<'message'>(1),
  conversationId: sampleId<'conversation'>(2),
  contactId: sampleId<'contact'>(3),
  channelId: sampleId<'channel'>(4),
};
const erasureId = sampleId<'erasure'>(5);
const at = minute(60);
const [wamid, body, replyTo, raw] = [plain('wamid.1'), plain('Hello'), plain('wamid.0'), plain('{}')];
const [bytes, mediaType, fileName, mediaId, digest] = [
  plain(new Uint8Array([1])),
  plain('image/png'),
  plain('a.png'),
  plain('m1'),
  plain('sha'),
];

const receive = {
  type: 'ReceiveMessage',
  ...ids,
  kind: 'text',
  sentAt: minute(59),
  wamid,
  body,
  replyTo: null,
  raw: null,
  media: null,
  at,
} as const;
const receiveImage = { ...receive, kind: 'image', body: null, media: { id: mediaId, type: mediaType, digest, fileName: null } } as const;
const received: Event = {
  type: 'MessageReceived',
  data: { ...ids, kind: 'text', sentAt: minute(59), receivedAt: at, hasMedia: false },
  personal: { wamid, body },
};
const receivedImage: Event = {
  type: 'MessageReceived',
  data: { ...ids, kind: 'image', sentAt: minute(59), receivedAt: at, hasMedia: true },
  personal: { wamid, mediaId, mediaType, mediaDigest: digest },
};
const store = { type: 'StoreMedia', bytes, mediaType, sizeBytes: 1, at } as const;
const stored: Event = { type: 'MediaStored', data: { ...ids, sizeBytes: 1, storedAt: at }, personal: { bytes, mediaType } };
const mediaFails = { type: 'RecordMediaFailure', reason: 'expired', at } as const;
const mediaFailed: Event = { type: 'MediaFetchFailed', data: { ...ids, reason: 'expired', failedAt: at }, personal: {} };
const erase = { type: 'EraseMessage', erasureId, certificate: sampleCertificate, at } as const;
const erased: Event = { type: 'MessageErased', data: { ...ids, erasureId, certificate: sampleCertificate, erasedAt: at }, personal: {} };
const queue = { type: 'QueueMessage', ...ids, kind: 'text', body, replyTo: null, media: null, at } as const;
const image = (sizeBytes: number) =>
  ({ ...queue, kind: 'image', body: null, media: { bytes, type: mediaType, fileName, sizeBytes } }) as const;
const queued: Event = { type: 'MessageQueued', data: { ...ids, kind: 'text', queuedAt: at, sizeBytes: null }, personal: { body } };
const queuedImage: Event = {
  type: 'MessageQueued',
  data: { ...ids, kind: 'image', queuedAt: at, sizeBytes: 9 },
  personal: { bytes, mediaType, fileName },
};

const spec = deciderSpec(messageDecider);
const facts = { windowOpenUntil: minute(61), bodyLength: 5, conversationErased: false };
const attempt = { type: 'AttemptSend', at } as const;
const retry = { type: 'RetrySend', at } as const;

describe('a received message', () => {
  it('is received', () => spec.given().when(receive, facts).then(received));
  it('is received with a quote and its raw form', () =>
    spec
      .given()
      .when({ ...receive, replyTo, raw }, facts)
      .then({ ...received, personal: { wamid, body, replyTo, raw } }));
  it('is received with a file to fetch', () => spec.given().when(receiveImage, facts).then(receivedImage));
  it('is received once', () => spec.given(received).when(receive, facts).thenNothing());
  it('is refused when its conversation was erased', () =>
    spec
      .given()
      .when(receive, { ...facts, conversationErased: true })
      .thenRefused('conflict', 'conversation-erased'));
  it('is no reply', () => spec.given(received).when(queue, facts).thenRefused('conflict', 'message-is-received'));
  it.each([attempt, retry])('refuses $type', (command) =>
    spec.given(received).when(command, facts).thenRefused('conflict', 'not-outgoing'),
  );

  it('takes its file', () => spec.given(receivedImage).when(store, facts).then(stored));
  it('takes its file once', () => spec.given(receivedImage, stored).when(store, facts).thenNothing());
  it('takes its file after a failure', () => spec.given(receivedImage, mediaFailed).when(store, facts).then(stored));
  it('records that the file is lost', () => spec.given(receivedImage).when(mediaFails, facts).then(mediaFailed));
  it('records it once', () => spec.given(receivedImage, mediaFailed).when(mediaFails, facts).thenNothing());
  it('does not lose a file that it has', () => spec.given(receivedImage, stored).when(mediaFails, facts).thenNothing());
  it.each([store, mediaFails])('refuses $type without a file', (command) =>
    spec.given(received).when(command, facts).thenRefused('invalid', 'no-media'),
  );
});

describe('a reply', () => {
  it('is queued', () => spec.given().when(queue, facts).then(queued));
  it('is queued with a quote', () =>
    spec
      .given()
      .when({ ...queue, replyTo }, facts)
      .then({ ...queued, personal: { body, replyTo } }));
  it('is queued with an image', () =>
    spec
      .given()
      .when(image(9), { ...facts, bodyLength: 0 })
      .then(queuedImage));
  it('is queued once', () => spec.given(queued).when(queue, facts).thenNothing());
  it('is queued once, whatever became of it', () =>
    spec
      .given(queued)
      .when(queue, { ...facts, windowOpenUntil: null })
      .thenNothing());
  it('is no received message', () => spec.given(queued).when(receive, facts).thenRefused('conflict', 'message-is-outgoing'));
  it.each([store, mediaFails])('refuses $type', (command) =>
    spec.given(queuedImage).when(command, facts).thenRefused('invalid', 'no-media'),
  );

  const longest = { ...facts, bodyLength: MAX_TEXT_CHARACTERS };
  it('may be as long as WhatsApp takes', () => spec.given().when(queue, longest).then(queued));
  it.each([
    ['window-closed', queue, { ...facts, windowOpenUntil: null }],
    ['window-closed', queue, { ...facts, windowOpenUntil: at }],
    ['message-empty', queue, { ...facts, bodyLength: 0 }],
    ['message-empty', { ...queue, body: null }, facts],
    ['message-too-long', queue, { ...facts, bodyLength: MAX_TEXT_CHARACTERS + 1 }],
    ['media-unexpected', { ...image(9), kind: 'text' }, facts],
    ['media-missing', { ...queue, kind: 'image' }, facts],
    ['media-missing', image(0), facts],
    ['media-too-large', image(MAX_IMAGE_BYTES + 1), facts],
    ['media-too-large', { ...image(MAX_DOCUMENT_BYTES + 1), kind: 'document' }, facts],
    ['caption-too-long', image(9), { ...facts, bodyLength: MAX_CAPTION_CHARACTERS + 1 }],
  ] as const)('is refused: %s', (code, command, given) => spec.given().when(command, given).thenRefused('invalid', code));
  it('is refused when its conversation was erased', () =>
    spec
      .given()
      .when(queue, { ...facts, conversationErased: true })
      .thenRefused('conflict', 'conversation-erased'));
});

describe('erasing a message', () => {
  it.each([
    ['received', received],
    ['queued', queued],
  ] as const)('erases a %s one', (_, before) => spec.given(before).when(erase, facts).then(erased));
  it('erases once', () => spec.given(received, erased).when(erase, facts).thenNothing());
  it('refuses a second erasure', () =>
    spec
      .given(received, erased)
      .when({ ...erase, erasureId: sampleId<'erasure'>(9) }, facts)
      .thenRefused('conflict', 'message-erased'));

  const others = [
    store,
    mediaFails,
    attempt,
    retry,
    { type: 'AcceptSend', wamid, at },
    { type: 'ReportOutcomeUnknown', attempt: 1, reason: 'timeout', at },
  ] as const;
  const failSend = { type: 'FailSend', attempt: 1, failure: 'rate', providerCode: 4, details: null, willRetry: true, at } as const;
  const status = { type: 'ReportStatus', status: 'read', occurredAt: at, providerCode: null, details: null, at } as const;
  it.each([...others, failSend, status, receive, queue])('refuses $type afterwards', (command) =>
    spec.given(queued, erased).when(command, facts).thenRefused('conflict', 'message-erased'),
  );
  it.each([...others, failSend, status, erase])('refuses $type of a message that is not there', (command) =>
    spec.given().when(command, facts).thenRefused('conflict', 'message-unknown'),
  );
});

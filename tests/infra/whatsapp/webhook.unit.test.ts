import { createHmac, createSecretKey } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { DeliveryItem } from '#infra/whatsapp/delivery.ts';
import { parseDelivery, verifySignature } from '#infra/whatsapp/webhook.ts';
import { bytesOf, DOCUMENT_MESSAGE, envelope, IMAGE_MESSAGE, metadata, NOUR, PHONE_NUMBER_ID, STATUSES, textMessage } from './payloads.ts';

const SECRET = '0f3c9a1b';
const sign = (bytes: Uint8Array, secret = SECRET): string => `sha256=${createHmac('sha256', secret).update(bytes).digest('hex')}`;

function itemsOf(bytes: Uint8Array): readonly DeliveryItem[] {
  const delivery = parseDelivery(bytes);
  if (!delivery.ok) throw new Error(`expected items, got ${delivery.reason.kind}`);
  return delivery.items;
}

describe('signature', () => {
  const escaped = bytesOf(String.raw`{"text":"\u0635\u0628\u0627\u062d","url":"https:\/\/example.org"}`);

  it('accepts the bytes as they came', () => {
    expect(verifySignature(escaped, sign(escaped), SECRET)).toBe(true);
    expect(verifySignature(escaped, sign(escaped), createSecretKey(SECRET, 'utf8'))).toBe(true);
  });

  it('refuses the same JSON written again', () => {
    const again = bytesOf(JSON.stringify(JSON.parse(new TextDecoder().decode(escaped))));
    expect(verifySignature(again, sign(escaped), SECRET)).toBe(false);
  });

  it.each([undefined, '', 'sha256=', `sha1=${'0'.repeat(64)}`, `sha256=${'0'.repeat(63)}`, `sha256=${'0'.repeat(64)} `])(
    'refuses the header %j',
    (header) => {
      expect(verifySignature(escaped, header, SECRET)).toBe(false);
    },
  );

  it('refuses another secret, and everything when there is no secret', () => {
    expect(verifySignature(escaped, sign(escaped, 'other'), SECRET)).toBe(false);
    expect(verifySignature(escaped, sign(escaped, ''), '')).toBe(false);
    expect(verifySignature(escaped, sign(escaped, ''), createSecretKey('', 'utf8'))).toBe(false);
  });

  it('refuses after any change of one byte', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 200 }), fc.nat(), fc.integer({ min: 1, max: 255 }), (bytes, at, change) => {
        const other = Uint8Array.from(bytes);
        const index = at % bytes.length;
        other[index] = (bytes[index] ?? 0) ^ change;
        return verifySignature(bytes, sign(bytes), SECRET) && !verifySignature(other, sign(bytes), SECRET);
      }),
    );
  });
});

describe('messages', () => {
  it('reads a text with everything known about who wrote', () => {
    const [item] = itemsOf(envelope({ contacts: [NOUR], messages: [textMessage()] }));
    expect(item).toEqual({
      kind: 'message',
      phoneNumberId: PHONE_NUMBER_ID,
      message: {
        wamid: 'wamid.HBgMMjAxMDAwMDAwMTAxFQIAEhgUM0EBQQ==',
        type: 'text',
        sentAt: '2026-11-24T07:18:24.000Z',
        text: 'صباح الخير، الطلب ٤٠٨١٧ ما وصلش',
        from: { phone: '201000000101', bsuid: 'EG.4931822190341127', username: 'nour.h', profileName: 'نور حسن' },
        raw: JSON.stringify(textMessage()),
      },
    });
  });

  it('reads escaped and raw Arabic alike', () => {
    const raw = envelope({ contacts: [NOUR], messages: [textMessage()] });
    const escaped = bytesOf(
      new TextDecoder()
        .decode(raw)
        .replaceAll(/[\u0080-\uffff]/g, (char) => String.raw`\u` + char.charCodeAt(0).toString(16).padStart(4, '0')),
    );
    expect(escaped).not.toEqual(raw);
    expect(itemsOf(escaped)).toEqual(itemsOf(raw));
  });

  it('reads an image with its caption and a document with its name, which answers another message', () => {
    const [image, document] = itemsOf(envelope({ contacts: [NOUR], messages: [IMAGE_MESSAGE, DOCUMENT_MESSAGE] }));
    expect(image).toMatchObject({
      message: { type: 'image', caption: 'شوفوا الصورة', media: { id: '1003383421387256', mimeType: 'image/jpeg' } },
    });
    expect(document).toMatchObject({ message: { type: 'document', replyTo: 'wamid.question', media: { filename: 'فاتورة 40817.pdf' } } });
  });

  it('finds the profile of each writer by phone or by user id', () => {
    const hidden = { profile: { name: 'Sand', username: 'sand.dune' }, user_id: 'AE.77' };
    const messages = [textMessage(), textMessage({ id: 'wamid.2', from: undefined, from_user_id: 'AE.77' })];
    const people = itemsOf(envelope({ contacts: [hidden, NOUR], messages })).map((item) => item.kind === 'message' && item.message.from);
    expect(people).toEqual([
      { phone: '201000000101', bsuid: 'EG.4931822190341127', username: 'nour.h', profileName: 'نور حسن' },
      { bsuid: 'AE.77', username: 'sand.dune', profileName: 'Sand' },
    ]);
  });

  it('keeps a type that it does not know, whole', () => {
    const strange = textMessage({ type: 'hologram', text: undefined, hologram: { depth: 3 } });
    const [item] = itemsOf(envelope({ contacts: [NOUR], messages: [strange] }));
    expect(item).toMatchObject({ kind: 'message', message: { type: 'unsupported', raw: JSON.stringify(strange) } });
  });

  it('keeps a known type with a body that it cannot read, whole', () => {
    const broken = textMessage({ type: 'image', text: undefined, image: { mime_type: 'image/png' } });
    const [item] = itemsOf(envelope({ messages: [broken] }));
    expect(item).toMatchObject({ kind: 'message', message: { type: 'unsupported', raw: JSON.stringify(broken) } });
  });

  it('reads what was tapped as text', () => {
    const tapped = textMessage({
      type: 'interactive',
      text: undefined,
      interactive: { type: 'button_reply', button_reply: { id: 'yes', title: 'نعم، اليوم' } },
    });
    expect(itemsOf(envelope({ messages: [tapped] }))[0]).toMatchObject({ message: { type: 'interactive', text: 'نعم، اليوم' } });
  });
});

describe('statuses', () => {
  it('reads all of a batch, with price, reason and our own data', () => {
    expect(itemsOf(envelope({ statuses: STATUSES })).map((item) => item.kind === 'status' && item.status)).toEqual([
      {
        wamid: 'wamid.out',
        status: 'sent',
        occurredAt: '2026-11-24T07:18:50.000Z',
        callbackData: '0193b2c1d2',
        pricing: { billable: false, model: 'PMP', type: 'free_customer_service', category: 'service' },
      },
      { wamid: 'wamid.out', status: 'delivered', occurredAt: '2026-11-24T07:18:51.000Z', callbackData: '0193b2c1d2' },
      {
        wamid: 'wamid.bad',
        status: 'failed',
        occurredAt: '2026-11-24T07:18:52.000Z',
        errorCode: 131026,
        errorDetails: 'Message Undeliverable.',
      },
    ]);
  });

  it('passes over a kind of status that it does not know', () => {
    const items = itemsOf(envelope({ statuses: [{ id: 'w', status: 'teleported', timestamp: '1795504730' }, STATUSES[1] ?? {}] }));
    expect(items.map((item) => item.kind)).toEqual(['other', 'status']);
  });
});

describe('bad neighbours', () => {
  it.each([
    ['no id', textMessage({ id: undefined }), 'id'],
    ['no time', textMessage({ timestamp: 'yesterday' }), 'timestamp'],
    ['nobody who wrote it', textMessage({ from: undefined, from_user_id: undefined }), 'from'],
  ])('a message with %s is named by its place and harms nobody', (_, bad, field) => {
    const items = itemsOf(envelope({ messages: [textMessage(), bad, IMAGE_MESSAGE] }, { statuses: STATUSES }));
    expect(items.map((item) => item.kind)).toEqual(['message', 'malformed', 'message', 'status', 'status', 'status']);
    expect(items[1]).toEqual({ kind: 'malformed', phoneNumberId: PHONE_NUMBER_ID, path: `entry[0].changes[0].value.messages[1].${field}` });
  });

  it('a message that is not an object, a change without value, an entry without changes', () => {
    const good = { field: 'messages', value: { metadata: metadata(), messages: [textMessage(), 7] } };
    const items = itemsOf(
      bytesOf({ object: 'x', entry: [null, { changes: [{ field: 'messages' }, good, { field: 'account_update', value: {} }] }] }),
    );
    expect(items.map((item) => item.kind)).toEqual(['malformed', 'malformed', 'message', 'malformed', 'other']);
  });

  it('a message nested deeper than it can be written again', () => {
    const deep = `${'['.repeat(200_000)}${']'.repeat(200_000)}`;
    const text = new TextDecoder().decode(envelope({ messages: [textMessage({ extra: 'DEEP' }), IMAGE_MESSAGE] })).replace('"DEEP"', deep);
    expect(itemsOf(bytesOf(text)).map((item) => item.kind)).toEqual(['malformed', 'message']);
  });

  it('never loses or repeats an item, whatever stands beside it', () => {
    const anything = fc.oneof(fc.constant(textMessage()), fc.jsonValue({ maxDepth: 3 }));
    fc.assert(
      fc.property(fc.array(anything, { maxLength: 8 }), (messages) => {
        const items = itemsOf(envelope({ messages }));
        const good = messages.filter((each) => JSON.stringify(each) === JSON.stringify(textMessage())).length;
        return items.length === messages.length && items.filter((item) => item.kind === 'message').length === good;
      }),
    );
  });
});

describe('what is not a delivery', () => {
  it('says where the JSON breaks and quotes nothing', () => {
    const delivery = parseDelivery(bytesOf('{"from":"٢٠",\n  "name": Nadia}'));
    expect(delivery).toEqual({ ok: false, reason: { kind: 'json', offset: 26, line: 2, column: 11 } });
  });

  it.each([
    ['[]', ''],
    ['null', ''],
    ['{"object":"x"}', 'entry'],
    ['{"object":"x","entry":{}}', 'entry'],
  ])('%s has the wrong shape', (text, path) => {
    expect(parseDelivery(bytesOf(text))).toEqual({ ok: false, reason: { kind: 'shape', path } });
  });
});

import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openStage, type Stage } from './product.ts';

const NOUR = '201000000101';
const HOUR_MS = 3_600_000;
const png = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==', 'base64');

let stage: Stage;
beforeEach(async () => {
  stage = await openStage();
});
afterEach(() => stage.close());

const nourWrites = (content: object = { text: 'صباح الخير' }) => stage.control('POST', 'customers/nour/messages', content);
const messages = () => stage.items.flatMap((item) => (item.kind === 'message' ? [item.message] : []));

describe('media', () => {
  const both = [
    { name: 'an image', content: { image: { base64: png.toString('base64'), mimeType: 'image/png', caption: 'شوفوا' } }, type: 'image' },
    {
      name: 'a document',
      content: { document: { base64: png.toString('base64'), mimeType: 'application/pdf', filename: 'فاتورة.pdf' } },
      type: 'document',
    },
  ];

  it.each(both)('fetches $name that a customer sent, byte for byte', async ({ content, type }) => {
    await nourWrites(content);
    await stage.until(() => messages().length === 1);
    expect(messages()[0]?.type).toBe(type);
    const info = await stage.client.mediaInfo(stage.at, messages()[0]?.media?.id ?? '');
    if (info.kind !== 'found') throw new Error(`expected found, got ${info.kind}`);
    expect(Buffer.from(info.sha256, 'hex').toString('base64')).toBe(messages()[0]?.media?.sha256);
    const file = await stage.client.downloadMedia(stage.at, { url: info.url, maxBytes: 1_000 });
    expect(file.kind === 'downloaded' && Buffer.from(file.bytes).equals(png)).toBe(true);
    expect(await stage.client.downloadMedia(stage.at, { url: info.url, maxBytes: png.length - 1 })).toEqual({
      kind: 'too-large',
      maxBytes: png.length - 1,
    });
    expect(await stage.client.downloadMedia({ ...stage.at, accessToken: 'x' }, { url: info.url, maxBytes: 1_000 })).toMatchObject({
      kind: 'refused',
      class: 'token',
    });
  });

  it('lets an address live five minutes and an id seven days', async () => {
    await nourWrites(both[0]?.content);
    await stage.until(() => messages().length === 1);
    const id = messages()[0]?.media?.id ?? '';
    const info = await stage.client.mediaInfo(stage.at, id);
    const url = info.kind === 'found' ? info.url : '';
    await stage.control('POST', 'clock', { advanceMs: 5 * 60_000 + 1_000 });
    expect(await stage.client.downloadMedia(stage.at, { url, maxBytes: 1_000 })).toEqual({ kind: 'expired' });
    expect((await stage.client.mediaInfo(stage.at, id)).kind).toBe('found');
    await stage.control('POST', 'clock', { advanceMs: 7 * 24 * HOUR_MS });
    expect(await stage.client.mediaInfo(stage.at, id)).toMatchObject({ kind: 'refused', code: 100 });
  });

  it('uploads a picture and a paper and sends them with words', async () => {
    await nourWrites();
    for (const [kind, mimeType] of [
      ['image', 'image/png'],
      ['document', 'application/pdf'],
    ] as const) {
      const upload = await stage.client.uploadMedia(stage.at, { bytes: png, mimeType, filename: 'الملف.bin' });
      if (upload.kind !== 'uploaded') throw new Error(`expected uploaded, got ${upload.kind}`);
      const sent = await stage.client.sendMessage(stage.at, {
        to: { kind: 'phone', value: NOUR },
        content: { kind, mediaId: upload.mediaId, caption: 'تفضلوا' },
      });
      expect(sent.kind).toBe('accepted');
    }
    expect(await stage.control('GET', 'state')).toMatchObject({
      messages: [{}, { type: 'image', text: 'تفضلوا' }, { type: 'document', filename: 'الملف.bin' }],
    });
  });

  it('never takes the token to another host', async () => {
    expect(await stage.client.downloadMedia(stage.at, { url: 'http://127.0.0.1:1/media', maxBytes: 10 })).toEqual({ kind: 'foreign-host' });
    expect(await stage.client.downloadMedia(stage.at, { url: 'http://lookaside.fbsbx.com/x', maxBytes: 10 })).toEqual({
      kind: 'foreign-host',
    });
  });
});

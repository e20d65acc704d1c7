import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { createWhatsAppClient, type WhatsAppClient } from '#infra/whatsapp/client.ts';
import type { OutgoingMessage } from '#infra/whatsapp/outgoing.ts';

const AT = { phoneNumberId: '106540352242922', accessToken: 'EAA-token' };
const HELLO: OutgoingMessage = { to: { kind: 'phone', value: '+201000000101' }, content: { kind: 'text', body: 'أهلًا' } };

type Seen = { readonly url: string; readonly init: RequestInit };

function clientAnswering(answer: (signal: AbortSignal | null | undefined) => Response | Promise<Response>, timeoutMs = 1_000) {
  const seen: Seen[] = [];
  const fetch: typeof globalThis.fetch = async (url, init = {}) => {
    seen.push({ url: z.string().parse(url), init });
    return answer(init.signal);
  };
  const client = createWhatsAppClient({ baseUrl: 'https://graph.facebook.com/', graphVersion: 'v26.0', timeoutMs, fetch });
  return { client, seen };
}

const json = (value: unknown, status = 200): Response => Response.json(value, { status });
const accepted = (): Response => json({ messaging_product: 'whatsapp', contacts: [], messages: [{ id: 'wamid.1' }], added_later: true });
const graph = (code: number, more: object = {}): Response => json({ error: { message: `(#${code})`, type: 'X', code, ...more } }, 400);

async function bodyOf(message: OutgoingMessage): Promise<unknown> {
  const { client, seen } = clientAnswering(accepted);
  await client.sendMessage(AT, message);
  return JSON.parse(z.string().parse(seen[0]?.init.body));
}

describe('what is sent', () => {
  it('goes to the number with the token in a header, never in the address', async () => {
    const { client, seen } = clientAnswering(accepted);
    expect(await client.sendMessage(AT, HELLO)).toEqual({ kind: 'accepted', wamid: 'wamid.1' });
    expect(seen[0]?.url).toBe('https://graph.facebook.com/v26.0/106540352242922/messages');
    expect(new Headers(seen[0]?.init.headers).get('authorization')).toBe('Bearer EAA-token');
  });

  it('addresses a phone by `to` and a user id by `recipient`', async () => {
    expect(await bodyOf(HELLO)).toEqual({
      messaging_product: 'whatsapp',
      recipient_type: 'individual',
      to: '+201000000101',
      type: 'text',
      text: { body: 'أهلًا', preview_url: false },
    });
    const byId = await bodyOf({ ...HELLO, to: { kind: 'bsuid', value: 'EG.49' } });
    expect(byId).toMatchObject({ recipient: 'EG.49' });
    expect(byId).not.toHaveProperty('to');
  });

  it('carries the quoted message, our data, caption and file name', async () => {
    const content = { kind: 'document', mediaId: '77', caption: 'تفضلوا', filename: 'فاتورة.pdf' } as const;
    expect(await bodyOf({ ...HELLO, content, contextWamid: 'wamid.q', callbackData: 'c1' })).toMatchObject({
      type: 'document',
      document: { id: '77', caption: 'تفضلوا', filename: 'فاتورة.pdf' },
      context: { message_id: 'wamid.q' },
      biz_opaque_callback_data: 'c1',
    });
  });
});

describe('what a send may come to', () => {
  const send = (client: WhatsAppClient) => client.sendMessage(AT, HELLO);

  it('a refusal by its code, with its details and not with its message', async () => {
    const { client } = clientAnswering(() => graph(131047, { error_subcode: 2_494_073, error_data: { details: 'More than 24 hours' } }));
    expect(await send(client)).toEqual({
      kind: 'refused',
      code: 131047,
      subcode: 2_494_073,
      details: 'More than 24 hours',
      class: 'window-closed',
      retryable: false,
      wayOut: 'send-template',
    });
  });

  it('a refusal although the status is 500, because Graph spoke', async () => {
    const { client } = clientAnswering(() => json({ error: { code: 131000 } }, 500));
    expect(await send(client)).toMatchObject({ kind: 'refused', class: 'transient', retryable: true });
  });

  it.each([502, 503, 504])('unknown, when a gateway answers %i', async (status) => {
    const { client } = clientAnswering(() => new Response('<html>Bad gateway</html>', { status }));
    expect(await send(client)).toEqual({ kind: 'unknown', reason: 'server-error' });
  });

  it.each([
    ['no JSON', () => new Response('OK')],
    ['no id', () => json({ messages: [] })],
    ['far too much', () => new Response('x'.repeat(300_000))],
  ])('unknown, when the answer has %s', async (_, answer) => {
    expect(await send(clientAnswering(answer).client)).toEqual({ kind: 'unknown', reason: 'unreadable-answer' });
  });

  it('a refusal by status, when something before Graph says no', async () => {
    const { client } = clientAnswering(() => new Response('', { status: 302, headers: { location: 'https://evil.example' } }));
    expect(await send(client)).toMatchObject({ kind: 'refused', code: 302, class: 'parameter' });
  });

  it('unknown, when the answer drips longer than the time allowed', async () => {
    const { client } = clientAnswering((signal) => {
      const drip = new ReadableStream<Uint8Array>({
        start: (out) => signal?.addEventListener('abort', () => out.error(signal.reason)),
      });
      return new Response(drip);
    }, 50);
    expect(await send(client)).toEqual({ kind: 'unknown', reason: 'timeout' });
  });

  it('unknown, when the caller stops it half way', async () => {
    const stop = new AbortController();
    const { client } = clientAnswering(
      (signal) => new Promise((_, reject) => signal?.addEventListener('abort', () => reject(new DOMException('stopped', 'AbortError')))),
    );
    const result = client.sendMessage(AT, HELLO, { signal: stop.signal });
    stop.abort();
    expect(await result).toEqual({ kind: 'unknown', reason: 'aborted' });
  });

  const failing = (cause: Error) => () => Promise.reject(new TypeError('fetch failed', { cause }));
  const coded = (code: string) => Object.assign(new Error('x'), { code });

  it.each([
    ['ECONNREFUSED', 'refused'],
    ['ENOTFOUND', 'no-such-host'],
    ['UND_ERR_CONNECT_TIMEOUT', 'connect-timeout'],
    ['CERT_HAS_EXPIRED', 'tls'],
  ])('unreachable on %s', async (code, reason) => {
    expect(await send(clientAnswering(failing(coded(code))).client)).toEqual({ kind: 'unreachable', reason });
  });

  it.each(['ECONNRESET', 'UND_ERR_SOCKET', 'EPIPE', 'UND_ERR_HEADERS_TIMEOUT'])('unknown on %s', async (code) => {
    expect(await send(clientAnswering(failing(coded(code))).client)).toEqual({ kind: 'unknown', reason: 'connection-lost' });
  });

  it('unreachable only when every address failed before anything left', async () => {
    const both = (codes: readonly string[]) => failing(new AggregateError(codes.map(coded)));
    expect(await send(clientAnswering(both(['ECONNREFUSED', 'ENETUNREACH'])).client)).toMatchObject({ kind: 'unreachable' });
    expect(await send(clientAnswering(both(['ECONNREFUSED', 'ECONNRESET'])).client)).toMatchObject({ kind: 'unknown' });
  });
});

describe('media', () => {
  it('takes a size that comes as a string', async () => {
    const { client } = clientAnswering(() =>
      json({ url: 'https://lookaside.fbsbx.com/1', mime_type: 'image/png', sha256: 'ab', file_size: '1024' }),
    );
    expect(await client.mediaInfo(AT, '1')).toMatchObject({ kind: 'found', fileSize: 1_024 });
  });

  it('stops reading at the cap, whatever length was announced', async () => {
    let pulled = 0;
    const endless = () =>
      new Response(
        new ReadableStream<Uint8Array>({
          pull: (out) => {
            pulled += 1;
            out.enqueue(new Uint8Array(1_000));
          },
        }),
      );
    const { client } = clientAnswering(endless);
    expect(await client.downloadMedia(AT, { url: 'https://lookaside.fbsbx.com/1', maxBytes: 5_000 })).toEqual({
      kind: 'too-large',
      maxBytes: 5_000,
    });
    expect(pulled).toBeLessThan(10);
  });

  it.each(['https://lookaside.fbsbx.com.evil.example/1', 'http://lookaside.fbsbx.com/1', 'file:///etc/passwd', 'not an address'])(
    'does not carry the token to %s',
    async (url) => {
      const { client, seen } = clientAnswering(() => new Response('x'));
      expect(await client.downloadMedia(AT, { url, maxBytes: 10 })).toEqual({ kind: 'foreign-host' });
      expect(seen).toEqual([]);
    },
  );
});

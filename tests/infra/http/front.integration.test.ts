import { once } from 'node:events';
import { type IncomingMessage, request as ask } from 'node:http';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import type { Change } from '#infra/app/product.ts';
import { type Front, type FrontOptions, startFront } from '#infra/http/front.ts';
import { STREAMS_PER_SESSION } from '#infra/http/limits.ts';
import { loadWebHandler, type WebHandler } from '#infra/http/web-handler.ts';
import { createLog } from '#infra/log.ts';
import { createFakeProduct, ids } from '#tests/support/fake-product.ts';

const fronts: Front[] = [];
afterEach(async () => {
  await Promise.all(fronts.splice(0).map((front) => front.close()));
});

const echo: WebHandler = (request, response) => {
  const { vconnect } = request as IncomingMessage & { readonly vconnect: { readonly address: string; readonly baseUrl: string } };
  response.end(JSON.stringify({ url: request.url, headers: request.headers, address: vconnect.address, baseUrl: vconnect.baseUrl }));
};

const open = async (options: Partial<FrontOptions> = {}) => {
  const fake = createFakeProduct();
  const lines: string[] = [];
  const log = createLog('debug', { write: (line) => void lines.push(line) });
  const front = await startFront({ product: fake.product, log, web: echo, host: '127.0.0.1', port: 0, publicUrl: null, trustedProxies: [], ...options });
  fronts.push(front);
  return { ...fake, front, url: front.url, lines };
};

type Answer = { readonly status: number; readonly body: string; readonly headers: IncomingMessage['headers'] };
const get = async (url: string, headers: Record<string, string> = {}): Promise<Answer> => {
  const asking = ask(url, { headers, agent: false });
  asking.end();
  const [response] = (await once(asking, 'response')) as [IncomingMessage];
  let body = '';
  for await (const chunk of response) body += String(chunk);
  return { status: response.statusCode ?? 0, body, headers: response.headers };
};

describe('the one port', () => {
  it.each(['/api/openapi.json', '/health/live', '/metrics', '/webhooks/whatsapp/x', '/api?x=1', '/health/none'])('sends %s to the API', async (path) => {
    const { url } = await open();
    expect((await get(`${url}${path}`)).body).not.toContain('"address":"127.0.0.1"');
  });

  it.each(['/', '/inbox', '/apiary', '/healthy', '/_app/immutable/x.js'])('sends %s to the pages, with the application', async (path) => {
    const { url } = await open();
    expect(JSON.parse((await get(`${url}${path}`)).body)).toMatchObject({ url: path, address: '127.0.0.1', baseUrl: url });
  });

  it('sets security headers on pages and on the API alike', async () => {
    const { url } = await open();
    for (const path of ['/', '/health/live', '/none']) {
      const { headers } = await get(`${url}${path}`);
      expect(headers).toMatchObject({ 'x-content-type-options': 'nosniff', 'x-frame-options': 'DENY', 'referrer-policy': 'no-referrer' });
      expect(headers['strict-transport-security']).toBeUndefined();
      expect(headers['x-powered-by']).toBeUndefined();
    }
  });

  it('answers a page that fails with 500 and logs where, without the message', async () => {
    const { url, lines } = await open({ web: async () => Promise.reject(new Error('Ada wrote this')) });
    const answer = await get(`${url}/`);
    expect([answer.status, JSON.parse(answer.body).code]).toEqual([500, 'internal']);
    expect(lines.join('')).toContain('page.failed');
    expect(answer.body + lines.join('')).not.toContain('Ada');
  });

  it('counts pages without their addresses', async () => {
    const { url } = await open();
    await get(`${url}/contacts/${ids.contact}`);
    const { body } = await get(`${url}/metrics`);
    expect(body).toMatch(/duration_seconds_count\{method="GET",route="\/\*",status="200"\} 1/);
    expect(body).not.toContain(ids.contact);
  });
});

describe('forwarded headers', () => {
  const forged = { 'x-forwarded-for': '203.0.113.9', 'x-forwarded-proto': 'https', 'x-forwarded-host': 'evil.example', forwarded: 'for=1', 'x-real-ip': '1.1.1.1' };

  it('of a client are dropped; scheme, host and address are what the server saw', async () => {
    const { url } = await open();
    const seen = JSON.parse((await get(`${url}/`, forged)).body);
    expect(seen).toMatchObject({ address: '127.0.0.1', baseUrl: url });
    expect(seen.headers).toMatchObject({ 'x-forwarded-proto': 'http', host: new URL(url).host });
    for (const name of ['x-forwarded-for', 'x-forwarded-host', 'forwarded', 'x-real-ip']) expect(seen.headers[name]).toBeUndefined();
  });

  it('the public address stands for scheme and host behind a TLS proxy', async () => {
    const { url, front } = await open({ publicUrl: 'https://inbox.example' });
    expect(front.url).toBe('https://inbox.example');
    const answer = await get(`http://127.0.0.1:${String(front.port)}/`, forged);
    const seen = JSON.parse(answer.body);
    expect(seen).toMatchObject({ baseUrl: 'https://inbox.example', address: '127.0.0.1' });
    expect(seen.headers).toMatchObject({ host: 'inbox.example', 'x-forwarded-proto': 'https' });
    expect(answer.headers['strict-transport-security']).toContain('max-age');
    expect(url).toBe(front.url);
  });

  it.each([
    ['203.0.113.9', '203.0.113.9'],
    ['203.0.113.9, 10.1.2.3', '203.0.113.9'],
    ['6.6.6.6, 203.0.113.9, 10.1.2.3', '203.0.113.9'],
    ['nonsense', '127.0.0.1'],
    ['', '127.0.0.1'],
  ])('of a trusted proxy (%s) name the client %s', async (forwarded, address) => {
    const { url } = await open({ trustedProxies: ['127.0.0.1', '10.0.0.0/8'] });
    expect(JSON.parse((await get(`${url}/`, { 'x-forwarded-for': forwarded })).body).address).toBe(address);
  });

  it('a cookie behind TLS is Secure', async () => {
    const { front } = await open({ publicUrl: 'https://inbox.example' });
    const answer = await fetch(`http://127.0.0.1:${String(front.port)}/api/v1/session`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', origin: 'https://inbox.example' },
      body: JSON.stringify({ email: 'ada@example.com', password: 'right' }),
    });
    expect(answer.headers.get('set-cookie')).toMatch(/; HttpOnly; Secure; SameSite=Lax$/);
  });

  it('a request whose host is no host is 400', async () => {
    const { front } = await open();
    const socket = connect(front.port, '127.0.0.1');
    socket.write('GET / HTTP/1.1\r\nHost: evil/..\r\nConnection: close\r\n\r\n');
    const [answer] = (await once(socket, 'data')) as [Buffer];
    expect(answer.toString()).toMatch(/^HTTP\/1\.1 400/);
    expect(answer.toString()).not.toContain('evil');
    socket.destroy();
  });
});

describe('starting', () => {
  it('on a port that is taken says so in one sentence', async () => {
    const { front } = await open();
    const again = open({ port: front.port });
    await expect(again).rejects.toMatchObject({
      code: 'PORT_IN_USE',
      message: `Another program already listens on port ${String(front.port)} of 127.0.0.1: stop it, or choose another with VCONNECT_PORT.`,
    });
  });

  it('on an address that this machine does not have says so', async () => {
    await expect(open({ host: '203.0.113.77' })).rejects.toMatchObject({ code: 'HOST_NOT_USABLE' });
  });

  it('without built pages says how to build them', async () => {
    await expect(loadWebHandler('/nowhere/handler.js')).rejects.toMatchObject({ code: 'WEB_NOT_BUILT' });
  });
});

describe('the stream of changes', () => {
  const change = (tenant: Change['views'][number]['tenant'], id: string): Change => ({ position: '9', views: [{ tenant, collection: 'inbox', id }] });
  const listen = async (url: string, token: string) => {
    const asking = ask(`${url}/api/v1/stream`, { headers: { authorization: `Bearer ${token}` }, agent: false });
    asking.end();
    const [response] = (await once(asking, 'response')) as [IncomingMessage];
    let text = '';
    response.on('data', (chunk: Buffer) => (text += chunk.toString()));
    return {
      response,
      text: () => text,
      until: async (part: string) => {
        for (let n = 0; n < 200 && !text.includes(part); n += 1) await sleep(10);
        return text;
      },
      stop: () => asking.destroy(),
    };
  };

  it('tells of changes of the own organisation only', async () => {
    const { url, signIn, change: publish } = await open();
    const stream = await listen(url, signIn('agent'));
    expect(stream.response.headers['content-type']).toBe('text/event-stream');
    publish(change(ids.otherTenant, 'theirs'));
    publish({ position: '10', views: [...change(ids.otherTenant, 'theirs').views, ...change(ids.tenant, 'ours').views] });
    const text = await stream.until('ours');
    expect(text).toContain('event: changed\nid: 10\ndata: {"position":"10","views":[{"name":"inbox","id":"ours"}]}\n\n');
    expect(text).not.toContain('theirs');
    stream.stop();
  });

  it('needs a session', async () => {
    const { url } = await open();
    expect((await get(`${url}/api/v1/stream`)).status).toBe(401);
  });

  it('is limited per session', async () => {
    const { url, signIn } = await open();
    const token = signIn('agent');
    const streams = await Promise.all(Array.from({ length: STREAMS_PER_SESSION }, () => listen(url, token)));
    const more = await get(`${url}/api/v1/stream`, { authorization: `Bearer ${token}` });
    expect([more.status, JSON.parse(more.body).code]).toEqual([429, 'too-many-streams']);
    const other = await listen(url, signIn('agent'));
    expect(other.response.statusCode).toBe(200);
    for (const stream of [...streams, other]) stream.stop();
  });

  it('ends when the session ends, at the next beat', async () => {
    const { url, signIn, endSession } = await open({ heartbeatMs: 40 });
    const token = signIn('agent');
    const stream = await listen(url, token);
    await stream.until('still here');
    endSession(token);
    await once(stream.response, 'end');
    expect(stream.text()).toContain('event: ended');
  });

  it('ends when the server ends, and the server waits for nothing else', async () => {
    const { url, signIn, front, listeners } = await open();
    const stream = await listen(url, signIn('agent'));
    const ended = once(stream.response, 'end');
    const startedAt = performance.now();
    await Promise.all([front.close(), ended]);
    expect(performance.now() - startedAt).toBeLessThan(2_000);
    expect(listeners()).toBe(0);
    fronts.splice(0);
  });
});

describe('ending', () => {
  it('lets a request finish that is under way', async () => {
    const { front } = await open({ web: async (_request, response) => sleep(200).then(() => response.end('done')) });
    const answer = get(`http://127.0.0.1:${String(front.port)}/`);
    await sleep(50);
    await front.close();
    fronts.splice(0);
    expect((await answer).body).toBe('done');
  });
});

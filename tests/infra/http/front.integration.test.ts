import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { SIGN_IN_PER_MINUTE } from '#infra/http/limits.ts';
import { loadWebHandler } from '#infra/http/web-handler.ts';
import { ids } from '#tests/support/fake-values.ts';
import { get, openFront } from './open-front.ts';

describe('the one port', () => {
  it.each(['/api/openapi.json', '/health/live', '/metrics', '/webhooks/whatsapp/x', '/api?x=1', '/health/none'])(
    'sends %s to the API',
    async (path) => {
      const { url } = await openFront();
      expect((await get(`${url}${path}`)).body).not.toContain('"address":"127.0.0.1"');
    },
  );

  it.each(['/', '/inbox', '/apiary', '/healthy', '/_app/immutable/x.js'])('sends %s to the pages, with the application', async (path) => {
    const { url } = await openFront();
    expect(JSON.parse((await get(`${url}${path}`)).body)).toMatchObject({ url: path, address: '127.0.0.1', baseUrl: url });
  });

  it('sets security headers on pages and on the API alike', async () => {
    const { url } = await openFront();
    for (const path of ['/', '/health/live', '/none']) {
      const { headers } = await get(`${url}${path}`);
      expect(headers).toMatchObject({ 'x-content-type-options': 'nosniff', 'x-frame-options': 'DENY', 'referrer-policy': 'same-origin' });
      expect(headers['strict-transport-security']).toBeUndefined();
      expect(headers['x-powered-by']).toBeUndefined();
    }
  });

  it('answers a page that fails with 500 and logs where, without the message', async () => {
    const { url, lines } = await openFront({ web: async () => Promise.reject(new Error('Ada wrote this')) });
    const answer = await get(`${url}/`);
    expect([answer.status, JSON.parse(answer.body).code]).toEqual([500, 'internal']);
    expect(lines.join('')).toContain('page.failed');
    expect(answer.body + lines.join('')).not.toContain('Ada');
  });

  it('counts pages without their addresses', async () => {
    const { url } = await openFront();
    await get(`${url}/contacts/${ids.contact}`);
    const { body } = await get(`${url}/metrics`);
    expect(body).toMatch(/duration_seconds_count\{method="GET",route="\/\*",status="200"\} 1/);
    expect(body).not.toContain(ids.contact);
  });
});

describe('forwarded headers', () => {
  const forged = {
    'x-forwarded-for': '203.0.113.9',
    'x-forwarded-proto': 'https',
    'x-forwarded-host': 'evil.example',
    forwarded: 'for=1',
    'x-real-ip': '1.1.1.1',
  };

  it('of a client are dropped; scheme, host and address are what the server saw', async () => {
    const { url } = await openFront();
    const seen = JSON.parse((await get(`${url}/`, forged)).body);
    expect(seen).toMatchObject({ address: '127.0.0.1', baseUrl: url });
    expect(seen.headers).toMatchObject({ 'x-forwarded-proto': 'http', host: new URL(url).host });
    for (const name of ['x-forwarded-for', 'x-forwarded-host', 'forwarded', 'x-real-ip']) expect(seen.headers[name]).toBeUndefined();
  });

  it('the public address stands for scheme and host behind a TLS proxy', async () => {
    const { url, front } = await openFront({ publicUrl: 'https://inbox.example' });
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
    const { url } = await openFront({ trustedProxies: ['127.0.0.1', '10.0.0.0/8'] });
    expect(JSON.parse((await get(`${url}/`, { 'x-forwarded-for': forwarded })).body).address).toBe(address);
  });

  it('a cookie behind TLS is Secure', async () => {
    const { front } = await openFront({ publicUrl: 'https://inbox.example' });
    const answer = await fetch(`http://127.0.0.1:${String(front.port)}/api/v1/session`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', origin: 'https://inbox.example' },
      body: JSON.stringify({ email: 'ada@example.com', password: 'right' }),
    });
    expect(answer.headers.get('set-cookie')).toMatch(/; HttpOnly; Secure; SameSite=Lax$/);
  });

  it('a request whose host is no host is 400', async () => {
    const { front } = await openFront();
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
    const { front } = await openFront();
    const again = openFront({ port: front.port });
    await expect(again).rejects.toMatchObject({
      code: 'PORT_IN_USE',
      message: `Another program already listens on port ${String(front.port)} of 127.0.0.1: stop it, or choose another with VCONNECT_PORT.`,
    });
  });

  it('on an address that this machine does not have says so', async () => {
    await expect(openFront({ host: '203.0.113.77' })).rejects.toMatchObject({ code: 'HOST_NOT_USABLE' });
  });

  it('without built pages says how to build them', async () => {
    await expect(loadWebHandler('/nowhere/handler.js')).rejects.toMatchObject({ code: 'WEB_NOT_BUILT' });
  });
});

describe('ending', () => {
  it('lets a request finish that is under way', async () => {
    const { front } = await openFront({ web: async (_request, response) => sleep(200).then(() => response.end('done')) });
    const answer = get(`http://127.0.0.1:${String(front.port)}/`);
    await sleep(50);
    await front.close();
    expect((await answer).body).toBe('done');
  });
});

describe('signing in through the pages', () => {
  const post = (url: string): Promise<number> =>
    fetch(url, { method: 'POST', body: 'a=b' }).then(async (answer) => (await answer.text(), answer.status));

  it('counts together with the API, per address; other forms are free', async () => {
    const { url } = await openFront();
    for (let n = 0; n < SIGN_IN_PER_MINUTE; n += 1) await post(n % 2 === 0 ? `${url}/signin` : `${url}/setup?/first`);
    expect(await post(`${url}/signin`)).toBe(429);
    expect((await fetch(`${url}/api/v1/session`, { method: 'POST' })).status).toBe(429);
    expect(await post(`${url}/signinology`)).toBe(200);
    expect((await get(`${url}/signin`)).status).toBe(200);
  });
});

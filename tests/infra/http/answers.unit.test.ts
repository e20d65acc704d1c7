import { describe, expect, it } from 'vitest';
import { asId, ids } from '#tests/support/fake-values.ts';
import { bearer, openApi } from './open-api.ts';

describe('answers', () => {
  it('of the API are kept by nobody and run nowhere', async () => {
    const { inject, signIn } = await openApi();
    const { headers } = await inject({ url: '/api/v1/conversations', headers: bearer(signIn('agent')) });
    expect(headers['cache-control']).toBe('no-store');
    expect(headers['content-security-policy']).toContain("default-src 'none'");
  });

  it('show personal values in their states', async () => {
    const { inject, signIn } = await openApi();
    const headers = bearer(signIn('agent'));
    const list = (await inject({ url: '/api/v1/conversations', headers })).json();
    expect(list.items[0].preview.text).toEqual({ state: 'erased', certificate: 'EC-2026-0001', at: '2026-11-24T09:30:00.000Z' });
    const thread = (await inject({ url: `/api/v1/conversations/${ids.conversation}/messages`, headers })).json();
    expect(thread.entries.map((entry: { entry: string }) => entry.entry)).toEqual(['message', 'chip']);
  });

  it('pass queries on as they were meant', async () => {
    const { inject, signIn, callsOf } = await openApi();
    const headers = bearer(signIn('agent'));
    await inject({ url: '/api/v1/conversations?filter=mine&limit=20&after=abc', headers });
    await inject({ url: `/api/v1/audit?actor=${ids.account}&from=2026-11-24T00:00:00Z&kind=reveal`, headers });
    expect(callsOf('inbox')[0]).toEqual([{ filter: 'mine', limit: 20, after: 'abc' }]);
    expect(callsOf('audit')[0]).toEqual([{ actor: ids.account, from: '2026-11-24T00:00:00.000Z', kind: 'reveal' }]);
  });

  it('of an erasure say where it can be followed, and the certificate is the exact bytes', async () => {
    const { inject, signIn, answers } = await openApi();
    const headers = bearer(signIn('dpo'));
    const payload = { reason: 'consent-withdrawn', confirmation: 'EC-2026-0001' };
    const started = await inject({ method: 'POST', url: `/api/v1/contacts/${ids.contact}/erasure`, headers, payload });
    expect([started.statusCode, started.headers.location, started.json()]).toEqual([
      202,
      `/api/v1/erasures/${ids.erasure}`,
      { erasureId: ids.erasure, salt: 'salt' },
    ]);
    answers.certificate = Buffer.from('{ "b":1,\n"a": "é" }');
    const file = await inject({ url: `/api/v1/erasures/${ids.erasure}/certificate`, headers });
    expect(file.rawPayload.equals(Buffer.from(answers.certificate))).toBe(true);
    expect(file.headers['content-disposition']).toBe(`attachment; filename="EC-2026-0001.json"; filename*=UTF-8''EC-2026-0001.json`);
  });
});

describe('media', () => {
  const url = `/api/v1/media/${ids.message}`;
  it.each([
    ['image/png', 'image/png', 'inline'],
    ['IMAGE/JPEG; charset=x', 'image/jpeg', 'inline'],
    ['image/svg+xml', 'application/octet-stream', 'attachment'],
    ['text/html', 'application/octet-stream', 'attachment'],
    ['application/pdf', 'application/octet-stream', 'attachment'],
    ['', 'application/octet-stream', 'attachment'],
  ])('said to be "%s" is given as %s, %s', async (type, sent, how) => {
    const { inject, signIn, answers } = await openApi();
    answers.media = { bytes: Buffer.from('<script>'), type, fileName: null };
    const answer = await inject({ url, headers: bearer(signIn('agent')) });
    expect(answer.headers['content-type']).toBe(sent);
    expect(answer.headers['content-disposition']).toBe(how);
    expect(answer.headers['content-security-policy']).toContain('sandbox');
    expect(answer.headers['cache-control']).toBe('no-store');
    expect(answer.headers['x-content-type-options']).toBe('nosniff');
  });

  it('with a name that plays tricks is saved under a harmless one', async () => {
    const { inject, signIn, answers } = await openApi();
    answers.media = { bytes: Buffer.from('x'), type: 'text/html', fileName: '../../x"\r\nset-cookie: a=b\u202e فاتورة.html' };
    const answer = await inject({ url, headers: bearer(signIn('agent')) });
    expect(answer.headers['set-cookie']).toBeUndefined();
    const value = String(answer.headers['content-disposition']);
    expect(value).toMatch(/^attachment; filename="[A-Za-z0-9 ._()-]+"; filename\*=UTF-8''[A-Za-z0-9%._~!-]+$/);
    expect(decodeURIComponent(value.split("UTF-8''")[1] ?? '')).toBe('x"set-cookie: a=b فاتورة.html');
  });
});

describe('health and metrics', () => {
  it('live is 200; ready is the true state of the parts', async () => {
    const { inject, answers } = await openApi();
    expect((await inject('/health/live')).statusCode).toBe(200);
    expect((await inject('/health/ready')).statusCode).toBe(200);
    answers.health = { ready: false, parts: [{ part: 'disk', ok: false, says: 'full' }] };
    const answer = await inject('/health/ready');
    expect([answer.statusCode, answer.json()]).toEqual([503, answers.health]);
  });

  it('metrics name routes by pattern, projections and their lag, and nobody', async () => {
    const { inject, signIn } = await openApi();
    await inject({ url: `/api/v1/contacts/${ids.contact}`, headers: bearer(signIn('agent')) });
    const { body } = await inject('/metrics');
    expect(body).toMatch(/vconnect_http_request_duration_seconds_count\{method="GET",route="\/api\/v1\/contacts\/:id",status="200"\} 1/);
    expect(body).toContain('vconnect_projection_lag_events{projection="inbox"} 2');
    expect(body).toContain('nodejs_eventloop_lag_seconds');
    expect(body).not.toContain(ids.contact);
    expect(body).not.toContain(asId('c'.repeat(32)));
  });
});

describe('the description', () => {
  it('is OpenAPI 3.1 of every route under /api/v1, with a problem as the answer of every failure', async () => {
    const { inject } = await openApi();
    const spec = (await inject('/api/openapi.json')).json();
    expect(spec.openapi).toBe('3.1.0');
    const paths = Object.keys(spec.paths);
    for (const path of [
      '/api/v1/session',
      '/api/v1/conversations/{id}/messages',
      '/api/v1/erasures/{id}/certificate',
      '/api/v1/audit',
      '/api/v1/stream',
    ]) {
      expect(paths).toContain(path);
    }
    expect(Object.keys(spec.components.schemas)).toEqual(expect.arrayContaining(['Shown', 'Person', 'ThreadItem', 'Erasure']));
    const refs = [...JSON.stringify(spec).matchAll(/"#\/components\/schemas\/([^"]+)"/g)].map(([, name]) => name ?? '');
    for (const name of refs) expect(Object.keys(spec.components.schemas)).toContain(name);
    for (const path of Object.values<Record<string, { summary?: string; responses: Record<string, unknown> }>>(spec.paths)) {
      for (const operation of Object.values(path)) {
        expect(operation.summary).toBeTruthy();
        expect(operation.responses.default).toMatchObject({ content: { 'application/problem+json': {} } });
      }
    }
  });

  it('is a page to read that asks no other host and runs nothing', async () => {
    const { inject } = await openApi();
    const answer = await inject('/api/docs');
    expect(answer.headers['content-type']).toContain('text/html');
    expect(answer.body).toContain('/api/v1/conversations/{id}/messages');
    expect(answer.body).not.toMatch(/(?:src|href)="https?:|<script|url\(/);
    expect(answer.headers['content-security-policy']).toContain("default-src 'none'");
  });
});

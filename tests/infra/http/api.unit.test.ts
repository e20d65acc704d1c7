import { describe, expect, it } from 'vitest';
import { SIGN_IN_PER_MINUTE } from '#infra/http/limits.ts';
import { asId, ids } from '#tests/support/fake-product.ts';
import { bearer, openApi } from './open-api.ts';

const json = { 'content-type': 'application/json' };
const KEY = '0190f3b2-7c1d-7e52-9a43-2b6d1c0e8f77';
const reply = `/api/v1/conversations/${ids.conversation}/messages`;

describe('who may ask', () => {
  it('nobody without a session: 401, before the body is read', async () => {
    const { inject, callsOf } = await openApi();
    const answer = await inject({ method: 'POST', url: reply, headers: json, payload: '{ broken' });
    expect([answer.statusCode, answer.json().code, answer.headers['www-authenticate']]).toEqual([401, 'not-signed-in', 'Bearer']);
    expect(callsOf('reply')).toHaveLength(0);
  });

  it('an expired session is 401, and its cookie is taken away', async () => {
    const { inject, signIn, endSession } = await openApi();
    const token = signIn('agent');
    endSession(token);
    const answer = await inject({ url: '/api/v1/session', headers: { cookie: `vc_session=${token}` } });
    expect([answer.statusCode, answer.json().code]).toEqual([401, 'session-expired']);
    expect(answer.headers['set-cookie']).toContain('vc_session=;');
  });

  it('the wrong role is 403', async () => {
    const { inject, signIn } = await openApi();
    const answer = await inject({ url: '/api/v1/erasures', headers: bearer(signIn('agent')) });
    expect([answer.statusCode, answer.json().code]).toEqual([403, 'forbidden']);
  });

  it("another organisation's id is 404, the same as an id that is none", async () => {
    const { inject, signIn } = await openApi();
    const headers = bearer(signIn('owner'));
    const other = await inject({ url: `/api/v1/conversations/${ids.otherConversation}`, headers });
    const none = await inject({ url: '/api/v1/conversations/not-an-id', headers });
    expect([other.statusCode, none.statusCode]).toEqual([404, 404]);
    expect(other.body).toBe(none.body);
  });
});

describe('what is asked', () => {
  it.each([
    ['{"text": "secret words", }', 1, 26],
    ['{\n  "text": "secret words"\n  "x": 1}', 3, 3],
    ['secret words', 1, 1],
    ['{"text": "secret words', 1, 23],
  ])('malformed JSON %j is 400 with line %d and column %d, and no word of it', async (payload, line, column) => {
    const { inject, signIn, logged } = await openApi();
    const answer = await inject({ method: 'POST', url: reply, headers: { ...json, ...bearer(signIn('agent')) }, payload });
    expect(answer.statusCode).toBe(400);
    expect(answer.json()).toMatchObject({ code: 'malformed-json', place: { line, column } });
    expect(answer.body + logged()).not.toContain('secret');
  });

  it('a field that is not known is refused without repeating its name', async () => {
    const { inject, signIn, callsOf } = await openApi();
    const answer = await inject({ method: 'POST', url: reply, headers: { ...json, ...bearer(signIn('agent')) }, payload: { text: 'x', 'ada@example.com': 1 } });
    expect(answer.statusCode).toBe(400);
    expect(answer.json().errors).toEqual([{ at: 'body', expected: 'no other field' }]);
    expect(answer.body).not.toContain('ada@');
    expect(callsOf('reply')).toHaveLength(0);
  });

  it('a value of another form says where and what was expected, never what came', async () => {
    const { inject, signIn } = await openApi();
    const headers = bearer(signIn('owner'));
    const role = await inject({ method: 'PATCH', url: `/api/v1/people/${ids.account}`, headers, payload: { role: 'emperor' } });
    expect(role.json().errors).toEqual([{ at: 'body/role', expected: 'one of owner, admin, dpo, agent, auditor' }]);
    const filter = await inject({ url: '/api/v1/conversations?filter=+201001234567', headers });
    expect(filter.json().errors).toEqual([{ at: 'querystring/filter', expected: 'one of mine, unassigned, open, resolved' }]);
    expect(role.body + filter.body).not.toMatch(/emperor|4567/);
  });

  it('a body over the limit is 413', async () => {
    const { inject, signIn } = await openApi();
    const payload = { text: 'x'.repeat(300 * 1024) };
    const answer = await inject({ method: 'POST', url: `/api/v1/conversations/${ids.conversation}/notes`, headers: bearer(signIn('agent')), payload });
    expect([answer.statusCode, answer.json().code]).toEqual([413, 'too-large']);
  });

  it('another content type is 415', async () => {
    const { inject, signIn } = await openApi();
    const headers = { ...bearer(signIn('agent')), 'content-type': 'text/plain' };
    expect((await inject({ method: 'POST', url: reply, headers, payload: 'x' })).statusCode).toBe(415);
  });

  it('an address that is none is 404 as a problem that does not repeat it', async () => {
    const { inject, logged } = await openApi();
    const answer = await inject('/api/v1/ada@example.com');
    expect([answer.statusCode, answer.json().code]).toEqual([404, 'no-such-route']);
    expect(answer.body + logged()).not.toContain('ada');
  });

  it('an address that cannot be decoded is 400', async () => {
    const { inject } = await openApi();
    const answer = await inject('/api/v1/contacts/%zz');
    expect([answer.statusCode, answer.headers['content-type'], answer.body.includes('%zz')]).toEqual([400, 'application/problem+json', false]);
  });

  it.each([
    ['conflict', 409],
    ['window-closed', 422],
  ] as const)('a refusal of the rules (%s) comes through with its code and %d', async (code, status) => {
    const { inject, signIn, answers } = await openApi();
    answers.reply = { ok: false, status, code };
    const answer = await inject({ method: 'POST', url: reply, headers: bearer(signIn('agent')), payload: { text: 'x' } });
    expect([answer.statusCode, answer.json().code, answer.json().status]).toEqual([status, code, status]);
  });

  it('a store that is down is 503 and says when to come again', async () => {
    const { inject, signIn, answers } = await openApi();
    answers.reply = Object.assign(new Error('disk of Ada'), { name: 'StoreFault', code: 'STORE_FULL' });
    const answer = await inject({ method: 'POST', url: reply, headers: bearer(signIn('agent')), payload: { text: 'x' } });
    expect([answer.statusCode, answer.json().code, answer.headers['retry-after']]).toEqual([503, 'not-available', '5']);
    expect(answer.body).not.toContain('Ada');
  });
});

describe('Idempotency-Key', () => {
  it('becomes the id of the command', async () => {
    const { inject, signIn, callsOf } = await openApi();
    const headers = { ...bearer(signIn('agent')), 'idempotency-key': KEY };
    await inject({ method: 'POST', url: reply, headers, payload: { text: 'Good morning' } });
    expect(callsOf('reply')[0]?.[0]).toEqual({
      conversationId: ids.conversation,
      commandId: KEY.replaceAll('-', ''),
      text: 'Good morning',
      upload: null,
    });
  });

  it('is made where it is missing, anew each time', async () => {
    const { inject, signIn, callsOf } = await openApi();
    const headers = bearer(signIn('agent'));
    for (const _ of [1, 2]) await inject({ method: 'POST', url: reply, headers, payload: { text: 'x' } });
    const [first, second] = callsOf('reply').map(([input]) => (input as { commandId: string }).commandId);
    expect(first).toMatch(/^[0-9a-f]{32}$/);
    expect(second).not.toBe(first);
  });

  it('of another form is 400', async () => {
    const { inject, signIn } = await openApi();
    const headers = { ...bearer(signIn('agent')), 'idempotency-key': 'ada-lovelace' };
    const answer = await inject({ method: 'POST', url: reply, headers, payload: { text: 'x' } });
    expect([answer.statusCode, answer.json().code, answer.body.includes('ada')]).toEqual([400, 'invalid-idempotency-key', false]);
  });
});

describe('a change with the session cookie', () => {
  const resolve = `/api/v1/conversations/${ids.conversation}/resolve`;
  const host = 'inbox.example:8080';

  it.each([
    ['without a word of where it comes from', {}, 403],
    ['from another site', { 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' }, 403],
    ['from another port of this host', { 'sec-fetch-site': 'same-site', origin: 'http://inbox.example:9999' }, 403],
    ['with a forged origin and no fetch metadata', { origin: 'https://evil.example' }, 403],
    ['that claims to be typed in', { 'sec-fetch-site': 'none' }, 403],
    ['from a sandboxed frame', { origin: 'null' }, 403],
    ['from a page of this server', { 'sec-fetch-site': 'same-origin', origin: `http://${host}` }, 200],
    ['from a page of this server in an older browser', { origin: `http://${host}` }, 200],
  ] as const)('%s is %s', async (_what, headers, status) => {
    const { inject, signIn, callsOf } = await openApi();
    const answer = await inject({ method: 'POST', url: resolve, headers: { host, cookie: `vc_session=${signIn('agent')}`, ...headers } });
    expect(answer.statusCode).toBe(status);
    expect(callsOf('resolve')).toHaveLength(status === 200 ? 1 : 0);
  });

  it('needs no such check with a bearer token, which no browser adds by itself', async () => {
    const { inject, signIn } = await openApi();
    const answer = await inject({ method: 'POST', url: resolve, headers: { ...bearer(signIn('agent')), origin: 'https://tool.example' } });
    expect(answer.statusCode).toBe(200);
  });

  it('reads are free of it', async () => {
    const { inject, signIn } = await openApi();
    expect((await inject({ url: '/api/v1/session', headers: { cookie: `vc_session=${signIn('agent')}` } })).statusCode).toBe(200);
  });
});

describe('signing in', () => {
  const attempt = { method: 'POST', url: '/api/v1/session' } as const;
  const right = { email: 'ada@example.com', password: 'right' };

  it('gives the token and sets the cookie that scripts cannot read', async () => {
    const { inject } = await openApi();
    const answer = await inject({ ...attempt, payload: right });
    expect(answer.statusCode).toBe(200);
    expect(answer.headers['set-cookie']).toMatch(/^vc_session=[^;]+; Path=\/; Expires=[^;]+; HttpOnly; SameSite=Lax$/);
    const me = await inject({ url: '/api/v1/session', headers: bearer(answer.json().token) });
    expect(me.json()).toMatchObject({ person: { name: { state: 'value', text: 'Ada' } } });
  });

  it('with a wrong password is 401 and repeats nothing', async () => {
    const { inject, logged } = await openApi();
    const answer = await inject({ ...attempt, payload: { ...right, password: 'hunter2' } });
    expect([answer.statusCode, answer.json().code]).toEqual([401, 'wrong-credentials']);
    expect(answer.body + logged()).not.toMatch(/hunter2|ada@/);
  });

  it('is refused when a page of another site does it', async () => {
    const { inject, callsOf } = await openApi();
    const answer = await inject({ ...attempt, headers: { origin: 'https://evil.example' }, payload: right });
    expect([answer.statusCode, callsOf('signIn').length]).toEqual([403, 0]);
  });

  it('is limited per address and minute, and only signing in is', async () => {
    const { inject } = await openApi();
    for (let n = 0; n < SIGN_IN_PER_MINUTE; n += 1) await inject({ ...attempt, payload: { ...right, password: 'x' } });
    const answer = await inject({ ...attempt, payload: right });
    expect([answer.statusCode, answer.json().code]).toEqual([429, 'too-many-requests']);
    expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0);
    expect((await inject('/api/v1/session')).statusCode).toBe(401);
  });

  it('ends with DELETE', async () => {
    const { inject, signIn } = await openApi();
    const headers = bearer(signIn('agent'));
    expect((await inject({ method: 'DELETE', url: '/api/v1/session', headers })).statusCode).toBe(200);
    expect((await inject({ url: '/api/v1/session', headers })).statusCode).toBe(401);
  });
});

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

describe('a file in a reply', () => {
  const form = (parts: readonly string[]): { readonly payload: string; readonly type: string } => ({
    payload: `${parts.map((part) => `--X\r\nContent-Disposition: form-data; ${part}\r\n`).join('')}--X--\r\n`,
    type: 'multipart/form-data; boundary=X',
  });
  const file = 'name="file"; filename="../a.png"\r\nContent-Type: image/png\r\n\r\nPNG';

  it('reaches the product as bytes with type and name', async () => {
    const { inject, signIn, callsOf } = await openApi();
    const { payload, type } = form(['name="text"\r\n\r\nLook', file]);
    const answer = await inject({ method: 'POST', url: reply, headers: { ...bearer(signIn('agent')), 'content-type': type }, payload });
    expect(answer.statusCode).toBe(200);
    const input = callsOf('reply')[0]?.[0] as { text: string; upload: { bytes: Buffer; type: string; fileName: string } };
    expect([input.text, input.upload.type, input.upload.bytes.toString()]).toEqual(['Look', 'image/png', 'PNG']);
    expect(input.upload.fileName).toBe('a.png');
  });

  it('over 16 MB is 413', async () => {
    const { inject, signIn, callsOf } = await openApi();
    const { payload, type } = form([`name="file"; filename="a.png"\r\nContent-Type: image/png\r\n\r\n${'x'.repeat(16 * 1024 * 1024 + 1)}`]);
    const answer = await inject({ method: 'POST', url: reply, headers: { ...bearer(signIn('agent')), 'content-type': type }, payload });
    expect([answer.statusCode, callsOf('reply').length]).toEqual([413, 0]);
  });

  it('cannot be made up in JSON', async () => {
    const { inject, signIn } = await openApi();
    const payload = { text: '', file: { bytes: [1], type: 'image/png', fileName: 'a' } };
    expect((await inject({ method: 'POST', url: reply, headers: bearer(signIn('agent')), payload })).statusCode).toBe(400);
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
    for (const path of ['/api/v1/session', '/api/v1/conversations/{id}/messages', '/api/v1/erasures/{id}/certificate', '/api/v1/audit', '/api/v1/stream']) {
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

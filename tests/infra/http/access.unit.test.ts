import { describe, expect, it } from 'vitest';
import { SIGN_IN_PER_MINUTE } from '#infra/http/limits.ts';
import { ids } from '#tests/support/fake-values.ts';
import { bearer, openApi } from './open-api.ts';

const json = { 'content-type': 'application/json' };
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

import { describe, expect, it } from 'vitest';
import { MAX_WEBHOOK_BYTES } from '#infra/http/limits.ts';
import { MAX_WEBHOOK_BYTES as METAS_LIMIT } from '#infra/whatsapp/webhook.ts';
import { ids } from '#tests/support/fake-values.ts';
import { openApi } from './open-api.ts';

const path = `/webhooks/whatsapp/${ids.channel}`;

describe('a delivery', () => {
  it('reaches the product as the bytes that came, with its signature', async () => {
    const { inject, callsOf } = await openApi();
    const body = '{ "é" : "\\u00e9" }\n';
    const headers = { 'content-type': 'application/json', 'x-hub-signature-256': 'sha256=00' };
    const answer = await inject({ method: 'POST', url: path, headers, payload: body });
    expect(answer.statusCode).toBe(200);
    const [channel, bytes, signature] = callsOf('receive')[0] ?? [];
    expect([channel, signature]).toEqual([ids.channel, 'sha256=00']);
    expect(Buffer.compare(bytes as Buffer, Buffer.from(body))).toBe(0);
  });

  it.each(['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x'])(
    'is not read as %s, whatever it says',
    async (type) => {
      const { inject, callsOf } = await openApi();
      const answer = await inject({ method: 'POST', url: path, headers: { 'content-type': type }, payload: 'a=b' });
      expect(answer.statusCode).toBe(200);
      expect(Buffer.from(callsOf('receive')[0]?.[1] as Uint8Array).toString()).toBe('a=b');
    },
  );

  it('without a body is still for the product to refuse', async () => {
    const { inject, answers } = await openApi();
    answers.webhook = { status: 401, code: 'wrong-signature' };
    expect((await inject({ method: 'POST', url: path })).statusCode).toBe(401);
  });

  it.each([
    [{ status: 401, code: 'wrong-signature' }, undefined],
    [{ status: 404, code: 'unknown-channel' }, undefined],
    [{ status: 400, code: 'malformed-json', place: 'line 3, column 7' }, undefined],
    [{ status: 400, code: 'malformed-delivery', place: 'entry[0].changes' }, undefined],
    [{ status: 503, code: 'not-durable' }, '5'],
  ] as const)('that the product answers with %o says so as a problem', async (given, retryAfter) => {
    const { inject, answers } = await openApi();
    answers.webhook = given;
    const answer = await inject({ method: 'POST', url: path, payload: '{}', headers: { 'content-type': 'application/json' } });
    expect(answer.statusCode).toBe(given.status);
    expect(answer.headers['content-type']).toBe('application/problem+json');
    expect(answer.headers['retry-after']).toBe(retryAfter);
    expect(answer.json()).toMatchObject({ status: given.status, code: given.code, ...('place' in given && { place: given.place }) });
  });

  it('of 3 MB is taken, and one byte more is 413 and never reaches the product', async () => {
    const { inject, callsOf } = await openApi();
    const headers = { 'content-type': 'application/json' };
    expect((await inject({ method: 'POST', url: path, headers, payload: Buffer.alloc(MAX_WEBHOOK_BYTES, 32) })).statusCode).toBe(200);
    const answer = await inject({ method: 'POST', url: path, headers, payload: Buffer.alloc(MAX_WEBHOOK_BYTES + 1, 32) });
    expect(answer.statusCode).toBe(413);
    expect(answer.json()).toMatchObject({ code: 'too-large' });
    expect(callsOf('receive')).toHaveLength(1);
  });

  it.each(['x', `${ids.channel}0`, '%2e%2e', '0'.repeat(65)])('to the channel "%s" is 404', async (channel) => {
    const { inject, callsOf } = await openApi();
    const answer = await inject({ method: 'POST', url: `/webhooks/whatsapp/${channel}`, payload: '{}' });
    expect(answer.statusCode).toBe(404);
    expect(callsOf('receive')).toHaveLength(0);
  });

  it('that fails inside is 500 without a word of what failed, and the log has the place without the message', async () => {
    const { inject, answers, logged } = await openApi();
    answers.webhook = new Error('+20 100 123 4567 is not a number');
    const answer = await inject({ method: 'POST', url: path, payload: '{}' });
    expect(answer.statusCode).toBe(500);
    expect(answer.json()).toMatchObject({ code: 'internal' });
    expect(answer.body + logged()).not.toContain('4567');
    expect(answer.body).not.toMatch(/\.ts|at /);
    expect(logged()).toContain('webhooks.unit.test.ts');
  });

  it('meets the same limit as the parser of deliveries', () => {
    expect(MAX_WEBHOOK_BYTES).toBe(METAS_LIMIT);
  });
});

describe('the handshake', () => {
  const ask = (mode: string, token: string, challenge: string) =>
    `${path}?hub.mode=${mode}&hub.verify_token=${token}&hub.challenge=${encodeURIComponent(challenge)}`;

  it('gives the challenge back as plain text', async () => {
    const { inject } = await openApi();
    const answer = await inject(ask('subscribe', 'right', '1158201444'));
    expect([answer.statusCode, answer.body, answer.headers['content-type']]).toEqual([200, '1158201444', 'text/plain']);
  });

  it('with another token is 403', async () => {
    const { inject } = await openApi();
    const answer = await inject(ask('subscribe', 'wrong', '1'));
    expect([answer.statusCode, answer.json().code]).toEqual([403, 'wrong-verify-token']);
  });

  it('never echoes what is not a challenge', async () => {
    const { inject } = await openApi();
    const answer = await inject(ask('subscribe', 'right', '<script>alert(1)</script>'));
    expect(answer.statusCode).toBe(400);
    expect(answer.body).not.toContain('script');
  });
});

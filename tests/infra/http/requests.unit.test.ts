import { describe, expect, it } from 'vitest';
import { StoreFault, storeFaultCodes } from '#infra/sqlite/store-fault.ts';
import { ids } from '#tests/support/fake-values.ts';
import { bearer, openApi } from './open-api.ts';

const json = { 'content-type': 'application/json' };
const KEY = '0190f3b2-7c1d-7e52-9a43-2b6d1c0e8f77';
const reply = `/api/v1/conversations/${ids.conversation}/messages`;

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
    const answer = await inject({
      method: 'POST',
      url: reply,
      headers: { ...json, ...bearer(signIn('agent')) },
      payload: { text: 'x', 'ada@example.com': 1 },
    });
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
    const answer = await inject({
      method: 'POST',
      url: `/api/v1/conversations/${ids.conversation}/notes`,
      headers: bearer(signIn('agent')),
      payload,
    });
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
    expect([answer.statusCode, answer.headers['content-type'], answer.body.includes('%zz')]).toEqual([
      400,
      'application/problem+json',
      false,
    ]);
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
    expect([answer.statusCode, answer.json().code, answer.headers['retry-after']]).toEqual([503, 'storage-full', '5']);
    expect(answer.body).not.toContain('Ada');
  });

  it.each(storeFaultCodes.filter((code) => code.startsWith('VIEWS_')))(
    'views that moved meanwhile (%s) are 503, not a failure of ours',
    async (code) => {
      const { inject, signIn, answers } = await openApi();
      answers.reply = new StoreFault(code, 'expected other views');
      const answer = await inject({ method: 'POST', url: reply, headers: bearer(signIn('agent')), payload: { text: 'x' } });
      expect([answer.statusCode, answer.headers['retry-after']]).toEqual([503, '5']);
    },
  );
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

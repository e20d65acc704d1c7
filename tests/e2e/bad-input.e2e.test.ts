import { createHmac } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { openStage, type Stage } from '#tests/support/e2e-stage.ts';
import { eventually } from '#tests/support/eventually.ts';
import { deliver, deliveryOf, textValue } from '#tests/support/simulator-client.ts';

// Bad requests against the real server, over HTTP, as anyone on the network can send them.
const PASSWORD = 'four loose words';
const SECRET_WORDS = 'Nadia Kamel';
const problem = z.object({ type: z.string(), title: z.string(), status: z.number(), code: z.string(), place: z.unknown().optional() });
const MEGABYTE = 1_048_576;

describe('bad input at the real server', () => {
  let stage: Stage;
  let webhook: string;
  let appSecret: string;
  let numberId: string;
  const tokens = new Map<string, string>();

  const api = (method: string, path: string, token?: string, body?: string): Promise<Response> =>
    fetch(`${stage.url}/api/v1${path}`, {
      method,
      headers: {
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body }),
    });
  const signIn = async (email: string): Promise<string> =>
    z
      .object({ token: z.string() })
      .parse(await (await api('POST', '/session', undefined, JSON.stringify({ email, password: PASSWORD }))).json()).token;
  const as = (role: string): string => tokens.get(role) ?? '';

  beforeAll(async () => {
    stage = await openStage({ VCONNECT_DEMO_PASSWORD: PASSWORD }, ['--demo']);
    // The address is said before the sample organisation is made.
    await eventually(
      'people who can sign in',
      async () => (await api('POST', '/session', undefined, JSON.stringify({ email: 'auditor@demo.example', password: PASSWORD }))).ok,
    );
    for (const role of ['owner', 'dpo', 'agent', 'auditor']) tokens.set(role, await signIn(`${role}@demo.example`));
    numberId = await eventually('a number', async () => (await stage.simulator.state()).numbers[0]?.phoneNumberId ?? null);
    const number = await stage.simulator.number(numberId);
    [webhook, appSecret] = [number.webhookUrl ?? '', number.appSecret];
  });
  afterAll(() => stage.close());

  /** Said as problem+json, with a stable code, and without anything that was sent or that the server keeps to itself. */
  const refused = async (response: Response, status: number, code: string): Promise<z.infer<typeof problem>> => {
    const text = await response.text();
    expect(response.status, text).toBe(status);
    expect(response.headers.get('content-type')).toContain('application/problem+json');
    expect(text).not.toMatch(/\bat .+:\d+:\d+|node_modules|\.ts\b/);
    expect(text).not.toContain(SECRET_WORDS);
    const said = problem.parse(JSON.parse(text));
    expect(said).toMatchObject({ status, code });
    return said;
  };
  const delivery = (wamid: string) =>
    deliveryOf(numberId, textValue({ phone: '201055501420', bsuid: 'EG.77001', name: SECRET_WORDS }, wamid, 'Where is my order?'));
  const counted = async (): Promise<number> =>
    z.object({ counts: z.object({ open: z.number() }) }).parse(await (await api('GET', '/conversations', as('agent'))).json()).counts.open;

  it('refuses a delivery with a wrong signature, or none, and stores nothing of it', async () => {
    await stage.simulator.calm();
    await refused(await deliver(webhook, 'f'.repeat(32), delivery('wamid.wrong')), 401, 'wrong-signature');
    await refused(await fetch(webhook, { method: 'POST', body: JSON.stringify(delivery('wamid.none')) }), 401, 'wrong-signature');
    const trail = await (await api('GET', '/contacts', as('dpo'))).text();
    expect(trail).not.toContain('5501420');
  });

  it('says where a signed body stops being JSON, and where the API body does', async () => {
    const said = await refused(await deliver(webhook, appSecret, '{"object":\n  oops}'), 400, 'malformed-json');
    expect(said.place).toMatch(/line 2, column 3/);
    const own = await refused(await api('POST', '/session', undefined, '{"email":"a@b.example",}'), 400, 'malformed-json');
    expect(own.place).toBeDefined();
    const shape = await refused(
      await deliver(webhook, appSecret, '{"object":"whatsapp_business_account","entry":7}'),
      400,
      'malformed-delivery',
    );
    expect(shape.place).toContain('entry');
  });

  it('refuses more than 3 MB, signed or not', async () => {
    await refused(await deliver(webhook, appSecret, JSON.stringify({ object: 'x'.repeat(3 * MEGABYTE) })), 413, 'too-large');
  });

  it('knows no channel that is not there', async () => {
    await refused(
      await deliver(`${stage.url}/webhooks/whatsapp/${'0'.repeat(32)}`, appSecret, delivery('wamid.nowhere')),
      404,
      'unknown-channel',
    );
    await refused(
      await deliver(`${stage.url}/webhooks/whatsapp/..%2F..%2Fetc`, appSecret, delivery('wamid.nowhere')),
      404,
      'unknown-channel',
    );
  });

  it('takes the same delivery twice and makes one conversation', async () => {
    const before = await counted();
    for (const _ of [1, 2]) expect((await deliver(webhook, appSecret, delivery('wamid.once'))).status).toBe(200);
    await eventually('the conversation', async () => (await counted()) > before);
    expect(createHmac('sha256', appSecret).digest('hex')).toHaveLength(64);
  });

  it('lets in nobody without a session, after its end, or with one that was made up', async () => {
    await refused(await api('GET', '/conversations'), 401, 'not-signed-in');
    await refused(await api('GET', '/conversations', 'a'.repeat(64)), 401, 'session-expired');
    const token = await signIn('agent@demo.example');
    expect((await api('DELETE', '/session', token)).status).toBe(200);
    await refused(await api('GET', '/conversations', token), 401, 'session-expired');
    await refused(
      await api('POST', '/session', undefined, JSON.stringify({ email: 'agent@demo.example', password: 'wrong words here' })),
      401,
      'wrong-credentials',
    );
  });

  it('keeps each role to what it may do', async () => {
    for (const [role, method, path, body] of [
      ['agent', 'GET', '/audit', undefined],
      ['agent', 'GET', '/erasures', undefined],
      ['auditor', 'GET', '/conversations', undefined],
      ['dpo', 'POST', '/people', JSON.stringify({ name: 'X', email: 'x@demo.example', role: 'agent', password: 'four loose words' })],
    ] as const) {
      const said = await api(method, path, as(role), body);
      expect([said.status, problem.parse(await said.json()).status], `${role} ${path}`).toEqual([403, 403]);
    }
  });

  it('knows nothing of an id that is not of the organisation', async () => {
    const id = '0192f000000070008000000000000abc';
    for (const path of [`/conversations/${id}`, `/contacts/${id}`, `/media/${id}`])
      await refused(await api('GET', path, as('agent')), 404, 'not-found');
    await refused(await api('GET', `/erasures/${id}`, as('dpo')), 404, 'not-found');
    await refused(await api('GET', '/nothing', as('agent')), 404, 'no-such-route');
  });

  it('shows a page for each of these to a browser: the door, a refusal, and nothing here', async () => {
    const page = (path: string, token?: string): Promise<Response> =>
      fetch(`${stage.url}${path}`, {
        redirect: 'manual',
        headers: { accept: 'text/html', ...(token === undefined ? {} : { cookie: `vc_session=${token}` }) },
      });
    expect((await page('/inbox')).headers.get('location')).toBe('/signin?next=%2Finbox');
    expect((await page('/audit', as('agent'))).status).toBe(403);
    expect((await page('/inbox/0192f000000070008000000000000abc', as('agent'))).status).toBe(404);
    expect((await page('/nothing-here', as('agent'))).status).toBe(404);
  });

  it('refuses a form of another site', async () => {
    const response = await fetch(`${stage.url}/signin`, {
      method: 'POST',
      headers: { origin: 'https://elsewhere.example', 'content-type': 'application/x-www-form-urlencoded' },
      body: 'email=a&password=b',
    });
    expect(response.status).toBe(403);
  });
});

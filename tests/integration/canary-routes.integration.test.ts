import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ContactId } from '#domain/ids.ts';
import { nameOf, type Route, routesOfApi } from '#tests/support/api-routes.ts';
import { type Canary, phoneForms, searchText } from '#tests/support/canaries.ts';
import { type Visited, visits } from '#tests/support/canary-visits.ts';
import { handleCanaries, ofCustomer, phone, planted } from '#tests/support/canary-workload.ts';
import { eraseCustomer } from '#tests/support/erasing.ts';
import { eventually } from '#tests/support/eventually.ts';
import { conversationOf, messagesIn, must } from '#tests/support/organisation.ts';
import { type RunningProduct, runProduct } from '#tests/support/running-product.ts';

// Every route that the server has, as Fastify lists them: with what belongs there, with what does not, without a sign-in, and after an erasure.
const routes = await routesOfApi();
const isApi = ({ path }: Route): boolean => path.startsWith('/api/v1/');
/** Streams do not end by themselves: only their first words are read here. */
const STREAM_MS = 300;
/** Larger than any body that is taken. */
const OVERSIZE = 27 * 1024 * 1024;

describe('every route of the server', () => {
  const canaries: Canary[] = [...Object.values(planted), ...phoneForms('phone', phone)];
  const customers = [...ofCustomer.map((key): Canary => planted[key]), ...phoneForms('phone', phone)];
  let running: RunningProduct;
  let owner: Awaited<ReturnType<typeof handleCanaries>>['owner'];
  let contactId: ContactId;
  let at: Visited;

  const ask = async (route: Route, path: string, init: RequestInit = {}) => {
    const signal = path.endsWith('/stream') ? AbortSignal.timeout(STREAM_MS) : null;
    const response = await fetch(`${running.url}${path}`, { method: route.method, redirect: 'manual', signal, ...init });
    const text = await response.text().catch(() => '');
    return { status: response.status, headers: response.headers, text: `${JSON.stringify([...response.headers])} ${text}` };
  };
  const json = (body: object | undefined, token: string | null = owner.token): RequestInit => ({
    headers: {
      ...(token === null ? {} : { authorization: `Bearer ${token}` }),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const visit = (route: Route, token: string | null = owner.token) => {
    const planned = visits[nameOf(route)];
    if (planned === undefined) throw new Error(`expected a visit to ${nameOf(route)} in canary-visits.ts, got none`);
    return ask(route, planned.path(at), json(planned.body?.(at), token));
  };

  beforeAll(async () => {
    running = await runProduct({ logLevel: 'debug' });
    ({ owner, contactId } = await handleCanaries(running, canaries, []));
    const { application: app, simulator } = running;
    const other = await simulator.newCustomer('Somebody else');
    const { numbers } = await simulator.state();
    await simulator.write(other, numbers[0]?.phoneNumberId ?? '', { text: 'hello' });
    const { contact } = await must(app.contact(owner.viewer, contactId));
    const conversationId = contact.conversations[0]?.conversationId;
    if (conversationId === undefined) throw new Error('expected a conversation');
    const conversation = await conversationOf(app, owner.viewer, conversationId);
    const file = messagesIn(conversation).find(({ media, direction }) => media !== null && direction === 'in');
    const erased = await eraseOther();
    at = {
      conversationId,
      contactId,
      mediaMessageId: file?.id ?? '',
      erasureId: erased,
      channelId: conversation.channel.id,
      name: planted.customerName.value,
    };
  });
  afterAll(() => running.close());

  /** So that there are an erasure and a certificate to look at before the one that counts. */
  const eraseOther = async (): Promise<string> => {
    const { application: app } = running;
    const other = await eventually('a second customer', async () => {
      const { contacts } = await must(app.contacts(owner.viewer, {}));
      return contacts.find((each) => each.contactId !== contactId) ?? null;
    });
    return (await eraseCustomer(app, owner.viewer, other.contactId)).erasureId;
  };

  it('is visited: one that is new, or gone, fails here', () => {
    expect(routes.map(nameOf).sort()).toEqual(Object.keys(visits).sort());
    expect(routes.length).toBeGreaterThan(40);
  });

  it('answers the entitled, shows people only where it is there for that, and lets nobody keep it', async () => {
    const shown: string[] = [];
    for (const route of routes.filter(({ method, path }) => !(method === 'DELETE' && path.endsWith('/session')))) {
      const { status, headers, text } = await visit(route);
      const finds = searchText(canaries, nameOf(route), text);
      expect(status, nameOf(route)).not.toBe(500);
      if (visits[nameOf(route)]?.shows === 'nothing') expect(finds, nameOf(route)).toEqual([]);
      if (finds.length > 0) shown.push(nameOf(route));
      if (isApi(route)) expect(headers.get('cache-control'), nameOf(route)).toBe('no-store');
      expect([headers.get('etag'), headers.get('last-modified')], nameOf(route)).toEqual([null, null]);
    }
    // The control: the search finds what is shown, in answers of every kind.
    expect(shown).toEqual(
      expect.arrayContaining([
        'GET /api/v1/conversations/:id/messages',
        'GET /api/v1/media/:id',
        'POST /api/v1/contacts/:id/reveal',
        'GET /api/v1/people',
        'GET /api/v1/audit',
      ]),
    );
  });

  it.each([
    ['in its path, its query and its body', (value: string) => JSON.stringify({ [value]: value })],
    ['in broken JSON', (value: string) => `{"a": "${value}`],
    ['in another kind of content', (value: string) => `--x\r\ncontent-disposition: form-data; name="${value}"\r\n\r\n${value}\r\n--x--`],
  ])('says nothing back of what is wrong %s', async (what, bodyOf) => {
    const value = planted.body.value;
    const type = what.includes('content') ? 'multipart/form-data; boundary=x' : 'application/json';
    for (const route of routes.filter(({ path }) => !path.endsWith('/stream'))) {
      const path = `${route.path.replace(/:\w+/gu, value)}?${value}=${value}&limit=${value}&filter=${value}&after=${value}`;
      const headers = {
        authorization: `Bearer ${owner.token}`,
        'content-type': type,
        'idempotency-key': value,
        cookie: `vc_locale=${value}`,
      };
      const init = route.method === 'GET' ? { headers: { ...headers, 'content-type': 'text/plain' } } : { headers, body: bodyOf(value) };
      if (route.method === 'DELETE' && route.path.endsWith('/session')) continue;
      const { status, text } = await ask(route, path, init);
      if (route.path.includes(':') && isApi(route)) expect(status, nameOf(route)).toBeGreaterThanOrEqual(400);
      if (status >= 400) expect(searchText(canaries, nameOf(route), text), nameOf(route)).toEqual([]);
    }
  });

  it('says nothing back of what is too large', async () => {
    const body = JSON.stringify({ text: planted.body.value.repeat(Math.ceil(OVERSIZE / planted.body.value.length)) });
    const large = ['POST /api/v1/people', 'POST /webhooks/whatsapp/:channel', 'POST /api/v1/session'];
    for (const route of routes.filter((each) => large.includes(nameOf(each)))) {
      const answer = await ask(route, visits[nameOf(route)]?.path(at) ?? '', { ...json({}), body }).catch(() => null);
      // Cut off in the middle of sending is an answer, too.
      if (answer !== null) expect([answer.status, searchText(canaries, nameOf(route), answer.text)], nameOf(route)).toEqual([413, []]);
    }
  });

  it('shows nothing without a sign-in, or with a token that is none', async () => {
    for (const token of [null, 'x'.repeat(40), planted.accessToken.value])
      for (const route of routes.filter((each) => isApi(each) && nameOf(each) !== 'POST /api/v1/session')) {
        const { status, text, headers } = await visit(route, token);
        expect([status, headers.get('cache-control')], nameOf(route)).toEqual([401, 'no-store']);
        expect(searchText(canaries, nameOf(route), text), nameOf(route)).toEqual([]);
      }
  });

  it('shows nothing of the customer after the erasure, and the log never did', async () => {
    await eraseCustomer(running.application, owner.viewer, contactId);
    const statuses = new Map<string, number>();
    for (const route of routes.filter(({ method, path }) => !(method === 'DELETE' && path.endsWith('/session')))) {
      const { status, text } = await visit(route);
      statuses.set(nameOf(route), status);
      // What was asked with stands in a verify token's address or a search term, and in no answer.
      expect(searchText(customers, nameOf(route), text), nameOf(route)).toEqual([]);
    }
    expect(statuses.get('GET /api/v1/conversations/:id')).toBe(200);
    expect(searchText(canaries, 'log', running.lines.join('\n'))).toEqual([]);
    expect(running.lines.length).toBeGreaterThan(100);
    expect(running.lines.join('\n')).toContain('/api/v1/contacts/:id/reveal');
  });

  it('ends the session that asks for it, and says no more to it', async () => {
    const signedIn = await must(
      running.application.signIn({
        email: `${planted.ownerEmail.value}@x.example`,
        password: planted.password.value,
        address: null,
        device: null,
      }),
    );
    const route = { method: 'DELETE', path: '/api/v1/session' };
    expect(searchText(canaries, nameOf(route), (await visit(route, signedIn.token)).text)).toEqual([]);
    expect((await visit({ method: 'GET', path: '/api/v1/session' }, signedIn.token)).status).toBe(401);
  });
});

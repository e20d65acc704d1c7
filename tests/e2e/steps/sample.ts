import type { Browser, BrowserContext } from 'playwright-core';
import { z } from 'zod';
import { openDesk, type Look } from '#tests/support/e2e-browser.ts';
import { openStage, type Stage } from '#tests/support/e2e-stage.ts';
import { eventually } from '#tests/support/eventually.ts';
import type { Role } from './cast.ts';

const PASSWORD = 'four loose words';
const WRITERS = 12;
const list = z.object({ items: z.array(z.object({ conversationId: z.string(), contactId: z.string() })) });
const order = z.object({ erasureId: z.string() });

/** The sample organisation after its customers have written, with one of them erased: something on every page. */
export type Sample = {
  readonly stage: Stage;
  readonly conversationId: string;
  readonly contactId: string;
  readonly erasedConversationId: string;
  readonly erasedContactId: string;
  readonly erasureId: string;
  readonly tokenOf: (role: Role) => Promise<string>;
  readonly desk: (browser: Browser, role: Role | null, look: Look, faults: string[]) => Promise<BrowserContext>;
};

export const openSample = async (): Promise<Sample> => {
  const stage = await openStage({ VCONNECT_DEMO_PASSWORD: PASSWORD }, ['--demo']);
  const ask = async (method: string, path: string, token?: string, body?: object): Promise<unknown> => {
    const response = await fetch(`${stage.url}/api/v1${path}`, {
      method,
      headers: {
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return response.ok ? response.json() : null;
  };
  const tokens = new Map<Role, string>();
  const tokenOf = async (role: Role): Promise<string> => {
    const known = tokens.get(role);
    if (known !== undefined) return known;
    const given = await eventually(
      `a session of the ${role}`,
      async () =>
        z
          .object({ token: z.string() })
          .safeParse(await ask('POST', '/session', undefined, { email: `${role}@demo.example`, password: PASSWORD })).data ?? null,
    );
    tokens.set(role, given.token);
    return given.token;
  };
  const owner = await tokenOf('owner');
  // The sample's customers write at a pace for people who watch; here they need not.
  await eventually('a number', async () => (await stage.simulator.state()).numbers.length > 0);
  const play = {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ customers: WRITERS, pace: 'fast' }),
  };
  await fetch(`${stage.simulator.baseUrl}/control/script/start`, play);
  const { items } = await eventually(
    'the sample customers',
    async () => {
      const page = list.parse(await ask('GET', '/conversations', owner));
      return page.items.length >= WRITERS && page;
    },
    60_000,
  );
  const [first, second] = [items[0], items[1]];
  if (first === undefined || second === undefined) throw new Error('expected two conversations');
  await fetch(`${stage.simulator.baseUrl}/control/script/stop`, { method: 'POST' });
  const { confirmation } = z.object({ confirmation: z.string() }).parse(await ask('GET', `/contacts/${second.contactId}/erasure`, owner));
  const { erasureId } = order.parse(
    await ask('POST', `/contacts/${second.contactId}/erasure`, owner, { reason: 'objection', confirmation }),
  );
  await eventually('the erasure complete', async () => (await ask('GET', `/erasures/${erasureId}/certificate`, owner)) !== null);
  return {
    stage,
    conversationId: first.conversationId,
    contactId: first.contactId,
    erasedConversationId: second.conversationId,
    erasedContactId: second.contactId,
    erasureId,
    tokenOf,
    desk: async (browser, role, look, faults) => {
      const context = await openDesk(browser, look, faults);
      const { url } = stage;
      await context.addCookies([
        { name: 'vc_theme', value: look.theme ?? 'light', url },
        { name: 'vc_locale', value: look.locale, url },
        ...(role === null ? [] : [{ name: 'vc_session', value: await tokenOf(role), url, httpOnly: true }]),
      ]);
      return context;
    },
  };
};

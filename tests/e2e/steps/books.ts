import { expect } from 'vitest';
import { z } from 'zod';
import { eventually } from '#tests/support/eventually.ts';
import type { SimulatedMessage } from '#tests/support/simulator-client.ts';
import type { Cast, Role } from './cast.ts';

// Both sides of the line are counted after each crash: what the phone knows against what the product kept.
const entry = z.object({
  entry: z.string(),
  id: z.string(),
  direction: z.enum(['in', 'out']).optional(),
  state: z.string().nullish(),
  text: z.object({ state: z.string(), text: z.string().optional() }).optional(),
  media: z.object({ state: z.string() }).nullish(),
});
const conversation = z.object({ status: z.string(), contact: z.object({ contactId: z.string() }), entries: z.array(entry) });
export type Book = z.infer<typeof conversation>;
const inbox = z.object({
  items: z.array(z.object({ conversationId: z.string(), contactId: z.string(), status: z.string() })),
  counts: z.object({ open: z.number() }),
});

export type Api = (method: string, path: string, body?: object) => Promise<Response>;

export const apiAs = async ({ stage, people }: Cast, role: Role): Promise<Api> => {
  const call = (method: string, path: string, body: object | undefined, token: string): Promise<Response> =>
    fetch(`${stage.url}/api/v1${path}`, {
      method,
      headers: {
        ...(token === '' ? {} : { authorization: `Bearer ${token}` }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  const { email, password } = people[role];
  const answer = await call('POST', '/session', { email, password }, '');
  const { token } = z.object({ token: z.string() }).parse(await answer.json());
  return (method, path, body) => call(method, path, body, token);
};

export const inboxOf = async (api: Api): Promise<z.infer<typeof inbox>> => inbox.parse(await (await api('GET', '/conversations')).json());
export const bookOf = async (api: Api, id: string): Promise<Book> =>
  conversation.parse(await (await api('GET', `/conversations/${id}?limit=100`)).json());

const textsOf = (book: Book, direction: 'in' | 'out'): readonly string[] =>
  book.entries.filter((each) => each.direction === direction).map((each) => each.text?.text ?? '');

/** Every message that the customer wrote stands in the thread, once, and there is one person in all. */
export const nothingMissing = async ({ stage }: Cast, api: Api, id: string, customer: string): Promise<void> => {
  const written = (await stage.simulator.state()).messages.filter((each) => each.customerId === customer && each.author === 'customer');
  await eventually(
    'every message of the customer in the thread',
    async () => textsOf(await bookOf(api, id), 'in').length >= written.length,
    30_000,
  );
  const book = await bookOf(api, id);
  const sorted = (texts: readonly (string | null)[]): readonly string[] => texts.map((text) => text ?? '').sort();
  expect(sorted(textsOf(book, 'in'))).toEqual(sorted(written.map(({ text }) => text)));
  await eventually(
    'every file fetched',
    async () => (await bookOf(api, id)).entries.every(({ media }) => media?.state !== 'fetching'),
    30_000,
  );
};

const keyOf = ({ callbackData, wamid }: SimulatedMessage): string => callbackData ?? wamid;

/**
 * Every reply that was acknowledged stands in the thread, once, and reached the phone once. Where the process died between sending and
 * hearing the answer, the thread says so and nothing is sent again by itself.
 */
export const nothingTwice = async ({ stage }: Cast, api: Api, id: string, acknowledged: readonly string[]): Promise<void> => {
  const ended = ['delivered', 'read', 'failed', 'unknown'];
  await eventually(
    'every reply at its end',
    async () => (await bookOf(api, id)).entries.every((each) => each.direction !== 'out' || ended.includes(each.state ?? '')),
    60_000,
  );
  const out = (await bookOf(api, id)).entries.filter(({ direction }) => direction === 'out');
  expect(
    out
      .map(({ id: messageId }) => messageId)
      .filter((messageId) => acknowledged.includes(messageId))
      .sort(),
  ).toEqual([...acknowledged].sort());
  // A send that failed and was repeated by a person did not reach the phone.
  const reached = (await stage.simulator.state()).messages.filter(({ author, state }) => author === 'business' && state !== 'failed');
  const sent = Map.groupBy(reached, keyOf);
  for (const { id: messageId, state } of out) {
    const times = sent.get(messageId)?.length ?? 0;
    if (state === 'unknown' || state === 'failed') expect(times, `sends of a reply whose outcome is ${state}`).toBeLessThanOrEqual(1);
    else expect(times, `sends of a reply that is ${state ?? 'nowhere'}`).toBe(1);
  }
};

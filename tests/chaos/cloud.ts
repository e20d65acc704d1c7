import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import { z } from 'zod';
import type { Journal } from './journal.ts';
import { NUMBER } from './load-protocol.ts';
import type { Random } from './random.ts';

/** What becomes of a send. `isTaken`: the customer gets it. `answer`: what our side hears. */
type Fate = { readonly isTaken: boolean; readonly answer: 'taken' | 'slow' | 'cut' | 'never' | 'rate' | 'gateway' };
const FATES: readonly (readonly [number, Fate])[] = [
  [0.72, { isTaken: true, answer: 'taken' }],
  [0.06, { isTaken: true, answer: 'slow' }],
  [0.05, { isTaken: true, answer: 'cut' }],
  [0.03, { isTaken: false, answer: 'cut' }],
  [0.02, { isTaken: true, answer: 'never' }],
  [0.01, { isTaken: false, answer: 'never' }],
  [0.02, { isTaken: true, answer: 'gateway' }],
  [0.02, { isTaken: false, answer: 'gateway' }],
  [0.07, { isTaken: false, answer: 'rate' }],
];
const GOOD: Fate = { isTaken: true, answer: 'taken' };
const QUICK_MS = 150;
const SLOW_MS = 3_000;

const sendBody = z.looseObject({
  to: z.string(),
  text: z.looseObject({ body: z.string() }),
  biz_opaque_callback_data: z.string(),
});

export type Cloud = { readonly url: string; readonly close: () => Promise<void> };

/** The Cloud API as far as text replies need it: slow, failing, silent, cut off. It keeps what really arrived. */
export const startCloud = async (parts: {
  readonly journal: Journal;
  /** Null until the run has begun: then all goes well. */
  readonly random: () => Random | null;
  readonly onArrival: (messageId: string, wamid: string) => void;
}): Promise<Cloud> => {
  const { journal } = parts;
  const take = ({ to, text, biz_opaque_callback_data: messageId }: z.infer<typeof sendBody>): string => {
    const wamid = `wamid.reply.${String(journal.arrivals.length + 1)}`;
    journal.arrivals.push({ messageId, phone: to, text: text.body, wamid });
    parts.onArrival(messageId, wamid);
    return wamid;
  };
  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body = await bodyOf(request);
    if (request.method === 'GET') return answer(response, 200, PHONE);
    const send = sendBody.safeParse(body);
    // Read receipts and whatever else is asked.
    if (!send.success) return answer(response, 200, { success: true });
    const random = parts.random();
    const fate = random === null ? GOOD : fateOf(random);
    const wamid = fate.isTaken ? take(send.data) : '';
    await wait((random?.next() ?? 0) * (fate.answer === 'slow' ? SLOW_MS : QUICK_MS));
    reply(response, fate.answer, wamid);
  };
  const server = createServer((request, response) => {
    handle(request, response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('expected a port');
  return {
    url: `http://127.0.0.1:${String(address.port)}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
};

const PHONE = { id: NUMBER.phoneNumberId, display_phone_number: '+20 10 00000000', verified_name: 'Chaos', quality_rating: 'GREEN' };
const RATE = { error: { code: 130_429, message: 'Rate limit hit' } };

const reply = (response: ServerResponse, fate: Fate['answer'], wamid: string): void => {
  switch (fate) {
    case 'taken':
    case 'slow':
      return answer(response, 200, { messaging_product: 'whatsapp', messages: [{ id: wamid }] });
    case 'rate':
      return answer(response, 400, RATE);
    case 'gateway':
      return answer(response, 502, {});
    case 'cut':
      response.destroy();
      return;
    case 'never':
  }
};

const answer = (response: ServerResponse, status: number, body: object): void => {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
};

const fateOf = (random: Random): Fate => {
  let left = random.next();
  for (const [share, fate] of FATES) {
    left -= share;
    if (left < 0) return fate;
  }
  return GOOD;
};

const bodyOf = async (request: IncomingMessage): Promise<unknown> => {
  const chunks: Uint8Array[] = [];
  for await (const chunk of request as AsyncIterable<Uint8Array>) chunks.push(chunk);
  const text = Buffer.concat(chunks).toString('utf8');
  return text === '' ? null : JSON.parse(text);
};

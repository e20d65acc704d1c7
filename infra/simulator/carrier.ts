/** Carries one webhook to the product: signed over its bytes, again and again until the answer is 200. */
import { createHmac } from 'node:crypto';
import { envelopeOf, writeBody, type Item } from './envelope.ts';
import type { Hub } from './hub.ts';
import type { Timers, VirtualClock } from './time.ts';
import { MAX_WEBHOOKS_KEPT, type BusinessNumber, type WebhookEntry, type World } from './world.ts';

/** Meta gives up on an answer after some seconds. */
const ANSWER_TIMEOUT_MS = 10_000;
/** First repeat; doubles up to the longest. Meta's are longer, but a person is waiting here. */
const FIRST_RETRY_MS = 500;
const LONGEST_RETRY_MS = 8_000;
/** Meta repeats for seven days. */
const GIVE_UP_AFTER_MS = 7 * 24 * 3_600_000;
/** Deliveries under way at once. */
const MAX_IN_FLIGHT = 16;

export type Post = {
  readonly number: BusinessNumber;
  readonly items: readonly Item[];
  readonly firstAt: number;
  readonly attempt: number;
  readonly delivery: number;
  readonly duplicate: boolean;
};

export type CarrierParts = { readonly world: World; readonly hub: Hub; readonly clock: VirtualClock; readonly timers: Timers };

export type Carrier = {
  readonly take: (post: Post) => void;
  readonly stop: () => void;
  readonly resume: () => void;
};

type Outcome = Pick<WebhookEntry, 'escaped' | 'badSignature' | 'status' | 'tookMs'>;

export function createCarrier({ world, hub, clock, timers }: CarrierParts): Carrier {
  const line: Post[] = [];
  let stopped = new AbortController();
  let inFlight = 0;
  let sent = 0;
  let entries = 0;

  const take = (post: Post): void => {
    line.push(post);
    pump();
  };

  const pump = (): void => {
    while (inFlight < MAX_IN_FLIGHT) {
      const next = line.shift();
      if (next === undefined) return;
      inFlight += 1;
      void carry(next, stopped.signal).finally(() => {
        inFlight -= 1;
        pump();
      });
    }
  };

  const carry = async (post: Post, signal: AbortSignal): Promise<void> => {
    const url = post.number.webhookUrl;
    if (url === null) return;
    const { escapedArabic, badSignature } = world.chaos;
    const escaped = escapedArabic === 'mixed' ? sent % 2 === 0 : escapedArabic === 'always';
    sent += 1;
    const body = writeBody(envelopeOf(post.number, post.items), escaped);
    const secret = badSignature ? 'not the secret' : post.number.appSecret;
    const startedAt = performance.now();
    const status = await send({ url, body, secret }, signal);
    if (signal.aborted) return;
    note(post, { escaped, badSignature, status, tookMs: Math.round(performance.now() - startedAt) });
    if (status === 200) arrived(post);
    else retry(post);
  };

  const retry = (post: Post): void => {
    if (clock.now() - post.firstAt > GIVE_UP_AFTER_MS) return;
    const wait = Math.min(FIRST_RETRY_MS * 2 ** (post.attempt - 1), LONGEST_RETRY_MS);
    timers.after(wait, () => take({ ...post, attempt: post.attempt + 1 }));
  };

  /** The second tick on the customer's phone: the business has it. */
  const arrived = (post: Post): void => {
    for (const item of post.items) {
      const message = world.byWamid.get(item.wamid);
      if (item.kind !== 'message' || message?.state !== 'sent') continue;
      message.state = 'delivered';
      hub.tell({ type: 'message-state', wamid: message.wamid, state: message.state, errorCode: null });
    }
  };

  const note = ({ number, items, attempt, delivery, duplicate }: Post, outcome: Outcome): void => {
    entries += 1;
    const what = items.map(({ kind, type, customer }) => ({ kind, type, customer }));
    const at = new Date(clock.now()).toISOString();
    const entry: WebhookEntry = {
      id: entries,
      delivery,
      at,
      phoneNumberId: number.phoneNumberId,
      field: 'messages',
      what,
      attempt,
      duplicate,
      ...outcome,
    };
    world.webhooks.push(entry);
    if (world.webhooks.length > MAX_WEBHOOKS_KEPT) world.webhooks.shift();
    hub.tell({ type: 'webhook', entry });
  };

  return {
    take,
    stop: () => {
      stopped.abort();
      line.length = 0;
    },
    resume: () => {
      stopped = new AbortController();
    },
  };
}

type Letter = { readonly url: string; readonly body: string; readonly secret: string };

/** The answer's status, or null when none came. */
async function send({ url, body, secret }: Letter, stopped: AbortSignal): Promise<number | null> {
  const signature = createHmac('sha256', secret).update(body).digest('hex');
  // A timer of its own: the signals that `AbortSignal.any` joins may be collected before they fire, and the request would wait for ever.
  const ending = new AbortController();
  const end = (): void => ending.abort();
  // What ends the wait is the signal itself, whatever the request does with it: deliveries to a killed process were seen to stay open.
  const cut = new Promise<null>((resolve) => {
    ending.signal.addEventListener('abort', () => resolve(null), { once: true });
  });
  const timer = setTimeout(end, ANSWER_TIMEOUT_MS);
  stopped.addEventListener('abort', end, { once: true });
  if (stopped.aborted) end();
  const answer = fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'user-agent': 'facebookexternalua', 'x-hub-signature-256': `sha256=${signature}` },
    body,
    redirect: 'manual',
    signal: ending.signal,
  }).then((response) => {
    void response.body?.cancel().catch(() => undefined);
    return response.status;
  });
  try {
    return await Promise.race([answer, cut]);
  } catch {
    // Refused, cut or too slow: for a webhook all the same, it comes again.
    return null;
  } finally {
    clearTimeout(timer);
    stopped.removeEventListener('abort', end);
  }
}

/** Brings webhooks to the product: signed, repeated until it answers 200, and as badly as the switches say. */
import { createHmac } from 'node:crypto';
import { envelopeOf, writeBody, type Item } from './envelope.ts';
import type { Hub } from './hub.ts';
import type { Timers, VirtualClock } from './time.ts';
import { MAX_WEBHOOKS_KEPT, type BusinessNumber, type WebhookEntry, type World } from './world.ts';

/** Meta gives up on an answer after some seconds. */
const ANSWER_TIMEOUT_MS = 10_000;
/** First repeat; doubles up to the longest. Meta's are longer, but a person is waiting here. */
const FIRST_RETRY_MS = 500;
const LONGEST_RETRY_MS = 30_000;
/** Meta repeats for seven days. */
const GIVE_UP_AFTER_MS = 7 * 24 * 3_600_000;
/** How long items are gathered for a batch, or to be turned round. */
const GATHER_MS = 250;
const REORDER_MS = 1_500;
/** Deliveries under way at once for one number. */
const MAX_IN_FLIGHT = 16;

type Waiting = { readonly number: BusinessNumber; readonly items: Item[] };
type Post = { readonly number: BusinessNumber; readonly items: readonly Item[]; readonly firstAt: number; readonly attempt: number; readonly duplicate: boolean };

export type Deliverer = {
  readonly enqueue: (number: BusinessNumber, item: Item) => void;
  /** After a switch changed: what was held goes out. */
  readonly release: () => void;
  readonly close: () => void;
};

export type DelivererParts = { readonly world: World; readonly hub: Hub; readonly clock: VirtualClock; readonly timers: Timers };

export function createDeliverer({ world, hub, clock, timers }: DelivererParts): Deliverer {
  const gathering = new Map<string, Waiting>();
  const held: Waiting[] = [];
  const line: Post[] = [];
  const closed = new AbortController();
  let inFlight = 0;
  let count = 0;
  let entries = 0;

  const enqueue = (number: BusinessNumber, item: Item): void => {
    if (number.webhookUrl === null || number.handshake?.ok !== true) return;
    const { batch, reorder, outage } = world.chaos;
    if (outage) return void held.push({ number, items: [item] });
    if (batch <= 1 && !reorder) return dispatch(number, [item]);
    const waiting = gathering.get(number.phoneNumberId);
    if (waiting !== undefined) return void waiting.items.push(item);
    gathering.set(number.phoneNumberId, { number, items: [item] });
    timers.after(reorder ? REORDER_MS : GATHER_MS, () => flush(number.phoneNumberId));
  };

  const flush = (phoneNumberId: string): void => {
    const waiting = gathering.get(phoneNumberId);
    if (waiting === undefined) return;
    gathering.delete(phoneNumberId);
    const items = world.chaos.reorder ? waiting.items.toReversed() : waiting.items;
    const size = world.chaos.batch;
    for (let start = 0; start < items.length; start += size) dispatch(waiting.number, items.slice(start, start + size));
  };

  const dispatch = (number: BusinessNumber, items: readonly Item[]): void => {
    const post = { number, items, firstAt: clock.now(), attempt: 1 };
    const copies = world.chaos.duplicate ? [false, true] : [false];
    for (const duplicate of copies) timers.after(world.chaos.delayMs, () => lineUp({ ...post, duplicate }));
  };

  const lineUp = (post: Post): void => {
    line.push(post);
    pump();
  };

  const pump = (): void => {
    while (inFlight < MAX_IN_FLIGHT) {
      const next = line.shift();
      if (next === undefined) return;
      inFlight += 1;
      void carry(next).finally(() => {
        inFlight -= 1;
        pump();
      });
    }
  };

  const carry = async (post: Post): Promise<void> => {
    const url = post.number.webhookUrl;
    if (url === null || closed.signal.aborted) return;
    const escaped = world.chaos.escapedArabic === 'mixed' ? count % 2 === 0 : world.chaos.escapedArabic === 'always';
    const { badSignature } = world.chaos;
    count += 1;
    const body = writeBody(envelopeOf(post.number, post.items), escaped);
    const startedAt = performance.now();
    const status = await send(url, body, badSignature ? 'not the secret' : post.number.appSecret, closed.signal);
    if (closed.signal.aborted) return;
    const tookMs = Math.round(performance.now() - startedAt);
    note({ post, escaped, badSignature, status, tookMs });
    if (status !== 200) retry(post);
  };

  const retry = (post: Post): void => {
    if (clock.now() - post.firstAt > GIVE_UP_AFTER_MS) return;
    const wait = Math.min(FIRST_RETRY_MS * 2 ** (post.attempt - 1), LONGEST_RETRY_MS);
    timers.after(wait, () => lineUp({ ...post, attempt: post.attempt + 1 }));
  };

  type Outcome = { readonly post: Post; readonly escaped: boolean; readonly badSignature: boolean; readonly status: number | null; readonly tookMs: number };
  const note = ({ post, ...rest }: Outcome): void => {
    const entry: WebhookEntry = {
      id: (entries += 1),
      at: new Date(clock.now()).toISOString(),
      phoneNumberId: post.number.phoneNumberId,
      field: 'messages',
      what: post.items.map(({ kind, type, customer }) => ({ kind, type, customer })),
      attempt: post.attempt,
      duplicate: post.duplicate,
      ...rest,
    };
    world.webhooks.push(entry);
    if (world.webhooks.length > MAX_WEBHOOKS_KEPT) world.webhooks.shift();
    hub.tell({ type: 'webhook', entry });
  };

  return {
    enqueue,
    release: () => {
      if (world.chaos.outage) return;
      for (const waiting of held.splice(0)) dispatch(waiting.number, waiting.items);
    },
    close: () => {
      closed.abort();
      line.length = 0;
    },
  };
}

/** The answer's status, or null when none came. */
async function send(url: string, body: string, secret: string, closed: AbortSignal): Promise<number | null> {
  const signature = createHmac('sha256', secret).update(body).digest('hex');
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'user-agent': 'facebookexternalua', 'x-hub-signature-256': `sha256=${signature}` },
      body,
      redirect: 'manual',
      signal: AbortSignal.any([closed, AbortSignal.timeout(ANSWER_TIMEOUT_MS)]),
    });
    await response.body?.cancel();
    return response.status;
  } catch {
    // Refused, cut or too slow: for a webhook all the same, it comes again.
    return null;
  }
}

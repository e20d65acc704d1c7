/** Puts webhooks on their way, as badly as the switches say: twice, late, turned round, in batches, all at once. */
import { createCarrier, type CarrierParts } from './carrier.ts';
import type { Item } from './envelope.ts';
import type { BusinessNumber } from './world.ts';

/** How long items are gathered for a batch, or to be turned round. */
const GATHER_MS = 250;
const REORDER_MS = 1_500;

export type Deliverer = {
  readonly enqueue: (number: BusinessNumber, item: Item) => void;
  /** After a switch changed: what was held goes out. */
  readonly release: () => void;
  /** Forgets what is on its way. */
  readonly reset: () => void;
  readonly close: () => void;
};

type Waiting = { readonly number: BusinessNumber; readonly items: Item[] };

export function createDeliverer(parts: CarrierParts): Deliverer {
  const { world, clock, timers } = parts;
  const carrier = createCarrier(parts);
  const gathering = new Map<string, Waiting>();
  const held: Waiting[] = [];
  let deliveries = 0;

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
    for (const duplicate of copies) {
      deliveries += 1;
      const delivery = deliveries;
      timers.after(world.chaos.delayMs, () => carrier.take({ ...post, delivery, duplicate }));
    }
  };

  const forget = (): void => {
    gathering.clear();
    held.length = 0;
    carrier.stop();
  };

  return {
    enqueue,
    release: () => {
      if (world.chaos.outage) return;
      for (const waiting of held.splice(0)) dispatch(waiting.number, waiting.items);
    },
    reset: () => {
      forget();
      carrier.resume();
    },
    close: forget,
  };
}

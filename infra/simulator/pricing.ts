/** What a service reply costs since October 2026: the first 1,000 delivered per number and month are free. */
import type { BusinessNumber } from './world.ts';

const FREE_PER_MONTH = 1_000;

export function priceOf(number: BusinessNumber, now: number): object {
  const month = new Date(now).toISOString().slice(0, 7);
  const before = number.freeDelivered.month === month ? number.freeDelivered.count : 0;
  number.freeDelivered = { month, count: before + 1 };
  const free = before < FREE_PER_MONTH;
  return { billable: !free, pricing_model: 'PMP', type: free ? 'free_customer_service' : 'regular', category: 'service' };
}

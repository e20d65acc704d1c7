/** What can go wrong, and the switches for it. */
import { z } from 'zod';

export const chaosSchema = z.strictObject({
  /** Every webhook comes twice. */
  duplicate: z.boolean(),
  /** Webhooks of one moment come in reverse order: read before delivered, second message before first. */
  reorder: z.boolean(),
  delayMs: z.int().min(0).max(600_000),
  /** Items put into one delivery. */
  batch: z.int().min(1).max(500),
  /** Webhooks wait; switching it off sends them all at once, as after an outage. */
  outage: z.boolean(),
  badSignature: z.boolean(),
  escapedArabic: z.enum(['mixed', 'always', 'never']),
  dropDelivered: z.boolean(),
  deliveredAfterFailed: z.boolean(),
  /** A code of the error table. Codes that Meta finds out later (131026 …) fail after `sent`, the others refuse at once. */
  failSends: z.int().nonnegative().nullable(),
  /** Each send is refused once with 130429 and accepted when repeated. */
  rate429: z.boolean(),
  /** The send is carried out, but its HTTP answer never arrives. */
  loseAnswer: z.boolean(),
});

export type Chaos = z.infer<typeof chaosSchema>;

export const CALM: Chaos = {
  duplicate: false,
  reorder: false,
  delayMs: 0,
  batch: 1,
  outage: false,
  badSignature: false,
  escapedArabic: 'mixed',
  dropDelivered: false,
  deliveredAfterFailed: false,
  failSends: null,
  rate429: false,
  loseAnswer: false,
};

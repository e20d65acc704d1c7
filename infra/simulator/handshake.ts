/** The webhook's verification, as Meta does it when a callback URL is saved. */
import { randomDigits } from './ids.ts';
import type { BusinessNumber, Handshake } from './world.ts';

const HANDSHAKE_TIMEOUT_MS = 10_000;

export async function shakeHands(number: BusinessNumber, webhookUrl: string): Promise<Handshake> {
  const at = new Date().toISOString();
  const challenge = randomDigits(10);
  const url = new URL(webhookUrl);
  url.searchParams.set('hub.mode', 'subscribe');
  url.searchParams.set('hub.challenge', challenge);
  url.searchParams.set('hub.verify_token', number.verifyToken);
  try {
    const response = await fetch(url, { redirect: 'manual', signal: AbortSignal.timeout(HANDSHAKE_TIMEOUT_MS) });
    const answer = (await response.text()).slice(0, 200);
    if (response.status !== 200) return { ok: false, at, reason: 'refused', status: response.status };
    // The challenge itself and nothing else: a page that merely contains it is not an answer.
    return answer === challenge ? { ok: true, at } : { ok: false, at, reason: 'wrong-challenge', status: 200 };
  } catch (error) {
    const late = error instanceof Error && error.name === 'TimeoutError';
    return { ok: false, at, reason: late ? 'timeout' : 'unreachable', status: null };
  }
}

import type { RequestEvent } from '@sveltejs/kit';

const longest = 200;

/** What the trail may say about where a sign-in came from; sealed by the product before it is stored. */
export function deviceOf(event: Pick<RequestEvent, 'request'>): string | null {
  return event.request.headers.get('user-agent')?.slice(0, longest) ?? null;
}

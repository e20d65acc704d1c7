import { refusal, viewerOf } from '#lib/server/answers.server.ts';
import { textFrom } from '#lib/server/form.server.ts';
import type { Actions } from './$types';

export const actions: Actions = {
  /** The term comes in the body and goes nowhere: not into an address, and not back into the page. */
  search: async ({ locals, request }) => {
    const found = await locals.application.search(viewerOf(locals), textFrom(await request.formData(), 'term'));
    return found.ok ? { found: { items: found.items, by: found.by, more: found.more } } : refusal(found, 'search');
  },
};

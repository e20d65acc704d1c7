import { orErrorPage, viewerOf } from '#lib/server/answers.server.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, depends }) => {
  depends('view:channel');
  const { channels } = orErrorPage(await locals.application.channels(viewerOf(locals)));
  return { channels };
};

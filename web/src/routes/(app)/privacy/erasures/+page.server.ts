import { orErrorPage, viewerOf } from '#lib/server/answers.server.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, depends }) => {
  depends('view:erasure');
  const { erasures } = orErrorPage(await locals.application.erasures(viewerOf(locals)));
  return { erasures };
};

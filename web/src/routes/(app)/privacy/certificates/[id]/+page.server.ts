import { orErrorPage, viewerOf } from '#lib/server/answers.server.ts';
import { idFrom } from '#lib/server/form.server.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, params, depends }) => {
  const erasureId = idFrom<'erasure'>(params.id);
  depends(`view:erasure:${erasureId}`);
  const { erasure } = orErrorPage(await locals.application.erasure(viewerOf(locals), erasureId));
  const { certificate, step, vkey, statement } = erasure;
  return { erasureId, certificate, complete: step === 'completed', vkey, statement };
};

import { orErrorPage, refusal, viewerOf } from '#lib/server/answers.server.ts';
import { textFrom } from '#lib/server/form.server.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, depends }) => {
  depends('view:system');
  const { projections, parked, more } = orErrorPage(await locals.application.systemStatus(viewerOf(locals)));
  return { projections, parked, more };
};

export const actions: Actions = {
  takeUp: async ({ locals, request }) => {
    const form = await request.formData();
    const projection = textFrom(form, 'projection');
    const answer = await locals.application.replayParked(viewerOf(locals), projection, textFrom(form, 'stream'));
    return answer.ok ? { ...answer, projection } : refusal(answer);
  },
};

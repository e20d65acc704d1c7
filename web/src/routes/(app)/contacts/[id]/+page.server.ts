import { fail } from '@sveltejs/kit';
import { isRevealPurpose } from '#lib/inbox/purposes.ts';
import { orErrorPage, refusal, viewerOf } from '#lib/server/answers.server.ts';
import { idFrom, textFrom } from '#lib/server/form.server.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, params, depends }) => {
  const contactId = idFrom<'contact'>(params.id);
  depends(`view:contact:${contactId}`);
  const { contact } = orErrorPage(await locals.application.contact(viewerOf(locals), contactId));
  return { contact };
};

export const actions: Actions = {
  reveal: async ({ locals, params, request }) => {
    const purpose = textFrom(await request.formData(), 'purpose');
    if (!isRevealPurpose(purpose)) return fail(422, { code: null, about: 'purpose' });
    const answer = await locals.application.revealContact(viewerOf(locals), idFrom<'contact'>(params.id), purpose);
    return answer.ok ? { contact: answer.contact } : refusal(answer);
  },
};

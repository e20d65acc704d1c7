import { fail, redirect } from '@sveltejs/kit';
import { appSecretShape, phoneNumberIdShape } from '#lib/access/rules.ts';
import { orErrorPage, viewerOf } from '#lib/server/answers.server.ts';
import { textFrom } from '#lib/server/form.server.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals }) => {
  const { channels } = orErrorPage(await locals.application.channels(viewerOf(locals)));
  return { first: channels.length === 0, baseUrl: locals.baseUrl, isPublic: locals.baseUrl.startsWith('https://') };
};

export const actions: Actions = {
  meta: async ({ locals, request }) => {
    const form = await request.formData();
    const input = {
      label: textFrom(form, 'label').trim(),
      phoneNumberId: textFrom(form, 'phoneNumberId').trim(),
      accessToken: textFrom(form, 'accessToken').trim(),
      appSecret: textFrom(form, 'appSecret').trim(),
    };
    const wrong = {
      label: input.label === '',
      phoneNumberId: !phoneNumberIdShape.test(input.phoneNumberId),
      accessToken: input.accessToken === '',
      appSecret: !appSecretShape.test(input.appSecret),
    };
    if (Object.values(wrong).includes(true)) return fail(422, { about: 'meta' as const, code: null, wrong });
    const answer = await locals.application.connectChannel(viewerOf(locals), input);
    if (!answer.ok) return fail(answer.status, { about: 'meta' as const, code: answer.code, wrong });
    redirect(303, `/setup/connect/${answer.channelId}`);
  },
  simulator: async ({ locals }) => {
    const answer = await locals.application.connectSimulator(viewerOf(locals));
    if (!answer.ok) return fail(answer.status, { about: 'simulator' as const, code: answer.code, wrong: null });
    redirect(303, `/setup/connect/${answer.channelId}`);
  },
};

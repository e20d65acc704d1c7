import { fail, redirect } from '@sveltejs/kit';
import { openSession } from '#lib/server/cookies.server.ts';
import { deviceOf } from '#lib/server/device.server.ts';
import { textFrom } from '#lib/server/form.server.ts';
import { emailShape, shortestPassword } from '#lib/access/rules.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals }) => {
  if (!(await locals.application.needsSetup())) redirect(303, locals.viewer === null ? '/signin' : '/inbox');
};

export const actions: Actions = {
  default: async (event) => {
    const form = await event.request.formData();
    const input = {
      organisation: textFrom(form, 'organisation').trim(),
      name: textFrom(form, 'name').trim(),
      email: textFrom(form, 'email').trim(),
      password: textFrom(form, 'password'),
    };
    const wrong = {
      organisation: input.organisation === '',
      name: input.name === '',
      email: !emailShape.test(input.email),
      password: input.password.length < shortestPassword,
    };
    if (Object.values(wrong).includes(true)) return fail(422, { code: null, wrong });
    const answer = await event.locals.application.setUp({ ...input, address: event.locals.address, device: deviceOf(event) });
    if (!answer.ok) return fail(answer.status, { code: answer.code, wrong });
    openSession(event, answer);
    redirect(303, '/setup/connect');
  },
};

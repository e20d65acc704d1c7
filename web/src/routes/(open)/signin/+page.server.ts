import { fail, redirect } from '@sveltejs/kit';
import { openSession } from '#lib/server/cookies.server.ts';
import { deviceOf } from '#lib/server/device.server.ts';
import { textFrom } from '#lib/server/form.server.ts';
import { nextPath } from '#lib/server/next.server.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, url }) => {
  if (locals.viewer !== null) redirect(303, nextPath(url.searchParams.get('next')));
  if (await locals.application.needsSetup()) redirect(303, '/setup');
  return { cameFrom: url.searchParams.has('next') };
};

export const actions: Actions = {
  default: async (event) => {
    const form = await event.request.formData();
    const email = textFrom(form, 'email').trim();
    const password = textFrom(form, 'password');
    const missing = { email: email === '', password: password === '' };
    // The e-mail is not sent back: the page that posted it still has it.
    if (missing.email || missing.password) return fail(422, { code: null, missing });
    const answer = await event.locals.application.signIn({ email, password, address: event.locals.address, device: deviceOf(event) });
    if (!answer.ok) return fail(answer.status, { code: answer.code, missing });
    openSession(event, answer);
    redirect(303, nextPath(event.url.searchParams.get('next')));
  },
};

import { fail } from '@sveltejs/kit';
import { emailShape, shortestPassword } from '#lib/access/rules.ts';
import { orErrorPage, refusal, viewerOf } from '#lib/server/answers.server.ts';
import { idFrom, textFrom } from '#lib/server/form.server.ts';
import { isRole } from '#lib/settings/roles.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, depends }) => {
  depends('view:organisation', 'view:member', 'view:account');
  const { people } = orErrorPage(await locals.application.people(viewerOf(locals)));
  return { people };
};

export const actions: Actions = {
  add: async ({ locals, request }) => {
    const form = await request.formData();
    const role = textFrom(form, 'role');
    const input = { name: textFrom(form, 'name').trim(), email: textFrom(form, 'email').trim(), password: textFrom(form, 'password') };
    const wrong = { name: input.name === '', email: !emailShape.test(input.email), password: input.password.length < shortestPassword };
    if (!isRole(role) || Object.values(wrong).includes(true)) return fail(422, { code: null, about: 'add', wrong });
    const answer = await locals.application.addPerson(viewerOf(locals), { ...input, role });
    return answer.ok ? { done: 'added' as const } : refusal(answer, 'add');
  },
  role: async ({ locals, request }) => {
    const form = await request.formData();
    const role = textFrom(form, 'role');
    const accountId = idFrom<'account'>(textFrom(form, 'accountId'));
    if (!isRole(role)) return fail(422, { code: 'invalid-request', about: accountId });
    const answer = await locals.application.changeRole(viewerOf(locals), accountId, role);
    return answer.ok ? { done: 'changed' as const } : refusal(answer, accountId);
  },
  remove: async ({ locals, request }) => {
    const accountId = idFrom<'account'>(textFrom(await request.formData(), 'accountId'));
    const answer = await locals.application.removePerson(viewerOf(locals), accountId);
    return answer.ok ? { done: 'removed' as const } : refusal(answer, accountId);
  },
};

import { fail } from '@sveltejs/kit';
import { refusal, viewerOf } from '#lib/server/answers.server.ts';
import { idFrom, textFrom } from '#lib/server/form.server.ts';
import { tokenDays } from '#lib/settings/token-days.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, parent, depends }) => {
  depends('view:session', 'view:token');
  const { me } = await parent();
  const viewer = viewerOf(locals);
  const mayTokens = me.permissions.includes('tokens.manage');
  const [sessions, tokens] = await Promise.all([locals.application.sessions(viewer), mayTokens ? locals.application.tokens(viewer) : []]);
  return { sessions, tokens, mayTokens };
};

export const actions: Actions = {
  endSession: async ({ locals, request }) => {
    const sessionId = idFrom<'session'>(textFrom(await request.formData(), 'sessionId'));
    const answer = await locals.application.revokeSession(viewerOf(locals), sessionId);
    return answer.ok ? { done: 'ended' as const } : refusal(answer, 'sessions');
  },
  createToken: async ({ locals, request }) => {
    const days = Number(textFrom(await request.formData(), 'days'));
    if (!tokenDays.some((one) => one === days)) return fail(422, { code: 'invalid-request', about: 'tokens' });
    const answer = await locals.application.createToken(viewerOf(locals), days);
    return answer.ok ? { token: answer.token, expiresAt: answer.expiresAt } : refusal(answer, 'tokens');
  },
  revokeToken: async ({ locals, request }) => {
    const tokenId = textFrom(await request.formData(), 'tokenId');
    if (!/^[\w-]{1,64}$/u.test(tokenId)) return fail(422, { code: 'invalid-request', about: 'tokens' });
    const answer = await locals.application.revokeToken(viewerOf(locals), tokenId);
    return answer.ok ? { done: 'revoked' as const } : refusal(answer, 'tokens');
  },
};

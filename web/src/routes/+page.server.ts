import { redirect } from '@sveltejs/kit';
import { viewerOf } from '#lib/server/answers.server.ts';
import type { PageServerLoad } from './$types';

/** The first room that the role may enter: an auditor reads no conversations. */
export const load: PageServerLoad = async ({ locals }) => {
  const { permissions } = await locals.application.me(viewerOf(locals));
  if (permissions.includes('conversations.read')) redirect(307, '/inbox');
  redirect(307, permissions.includes('audit.read') ? '/audit' : '/account');
};

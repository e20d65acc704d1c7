import { redirect } from '@sveltejs/kit';
import { closeSession } from '#lib/server/cookies.server.ts';
import type { RequestHandler } from './$types';

/** By form only, so that no link or picture can sign a person out. */
export const POST: RequestHandler = async ({ cookies, locals }) => {
  if (locals.viewer) await locals.application.signOut(locals.viewer);
  closeSession(cookies);
  redirect(303, '/signin');
};

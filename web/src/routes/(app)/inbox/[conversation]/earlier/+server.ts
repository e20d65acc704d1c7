import { orErrorPage, viewerOf } from '#lib/server/answers.server.ts';
import { idFrom } from '#lib/server/form.server.ts';
import type { RequestHandler } from './$types';

/** The page of the thread before `before`. */
export const GET: RequestHandler = async ({ locals, params, url }) => {
  const before = url.searchParams.get('before') ?? '';
  const { conversation } = orErrorPage(
    await locals.application.conversation(viewerOf(locals), idFrom<'conversation'>(params.conversation), { before }),
  );
  return Response.json({ entries: conversation.entries, earlier: conversation.earlier });
};

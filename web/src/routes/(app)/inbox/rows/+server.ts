import { parseFilter } from '#lib/inbox/views.ts';
import { orErrorPage, viewerOf } from '#lib/server/answers.server.ts';
import type { RequestHandler } from './$types';

/** The next page of the list. */
export const GET: RequestHandler = async ({ locals, url }) => {
  const after = url.searchParams.get('after') ?? '';
  const { items, next } = orErrorPage(
    await locals.application.inbox(viewerOf(locals), { filter: parseFilter(url.searchParams.get('view')), after }),
  );
  return Response.json({ items, next });
};

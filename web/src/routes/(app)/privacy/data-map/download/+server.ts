import { orErrorPage, viewerOf } from '#lib/server/answers.server.ts';
import type { RequestHandler } from './$types';

/** The same map as a file: `?as=json` for programs, else Markdown to read and hand over. */
export const GET: RequestHandler = async ({ locals, url }) => {
  const { map, markdown } = orErrorPage(await locals.application.dataMap(viewerOf(locals)));
  const json = url.searchParams.get('as') === 'json';
  return new Response(json ? `${JSON.stringify(map, null, 2)}\n` : markdown, {
    headers: {
      'content-type': json ? 'application/json' : 'text/markdown; charset=utf-8',
      'content-disposition': `attachment; filename="data-map-${map.release}.${json ? 'json' : 'md'}"`,
    },
  });
};

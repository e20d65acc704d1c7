import { parseFilter } from '#lib/inbox/views.ts';
import { orErrorPage, viewerOf } from '#lib/server/answers.server.ts';
import type { LayoutServerLoad } from './$types';

export const load: LayoutServerLoad = async ({ locals, url, depends, cookies }) => {
  depends('view:inbox');
  const filter = parseFilter(url.searchParams.get('view'));
  const after = url.searchParams.get('after');
  const list = orErrorPage(await locals.application.inbox(viewerOf(locals), { filter, ...(after === null ? {} : { after }) }));
  return { filter, list: { items: list.items, next: list.next, counts: list.counts }, panelOpen: cookies.get('vc_panel') !== 'closed' };
};

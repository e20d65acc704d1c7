import { orErrorPage, viewerOf } from '#lib/server/answers.server.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, url, depends }) => {
  depends('view:contact', 'view:erasure');
  const viewer = viewerOf(locals);
  const after = url.searchParams.get('after');
  const [people, erasures] = await Promise.all([
    locals.application.contacts(viewer, after === null ? {} : { after }),
    locals.application.erasures(viewer),
  ]);
  const { contacts, next } = orErrorPage(people);
  const all = orErrorPage(erasures).erasures;
  const done = all.filter(({ step }) => step === 'completed').length;
  return { contacts, next, first: after === null, running: all.length - done, done };
};

import { orErrorPage, viewerOf } from '#lib/server/answers.server.ts';
import { wordsOf } from '#lib/server/areas.server.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, url }) => {
  const { map } = orErrorPage(await locals.application.dataMap(viewerOf(locals)));
  const classes = [...new Set(map.fields.map((field) => field.class))];
  const chosen = classes.find((code) => code === url.searchParams.get('class')) ?? null;
  // Only this page needs these words.
  return { map, classes, chosen, mapWords: wordsOf(locals.locale, ['datamap']) };
};

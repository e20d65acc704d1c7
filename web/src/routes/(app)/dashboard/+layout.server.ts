import { error } from '@sveltejs/kit';
import { wordsOf } from '#lib/server/areas.server.ts';
import type { LayoutServerLoad } from './$types';

export const load: LayoutServerLoad = async ({ locals, parent }) => {
  const { me } = await parent();
  if (!me.permissions.includes('dashboard.read')) error(403, 'role', { code: 'role' });
  return { words: wordsOf(locals.locale, ['dashboard', 'refusals']) };
};

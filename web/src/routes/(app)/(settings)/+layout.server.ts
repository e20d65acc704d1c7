import { wordsOf } from '#lib/server/areas.server.ts';
import type { LayoutServerLoad } from './$types';

export const load: LayoutServerLoad = ({ locals }) => ({ words: wordsOf(locals.locale, ['settings', 'refusals']) });

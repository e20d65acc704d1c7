import { viewerOf } from '#lib/server/answers.server.ts';
import type { LayoutServerLoad } from './$types';

export const load: LayoutServerLoad = async ({ locals, depends }) => {
  depends('view:organisation', 'view:account');
  const viewer = viewerOf(locals);
  const [me, simulatorPage] = await Promise.all([locals.application.me(viewer), locals.application.simulatorPage()]);
  return { me, simulatorPage };
};

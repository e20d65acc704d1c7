import { orErrorPage, viewerOf } from '#lib/server/answers.server.ts';
import type { DashboardRange } from '#projections/dashboard/page.ts';
import type { PageServerLoad } from './$types';

const ranges: Readonly<Record<string, DashboardRange>> = { '7': 7, '30': 30, '90': 90 };
const usual: DashboardRange = 30;

// No `depends`: each look at the names of colleagues is recorded, so figures change when the reader asks again.
export const load: PageServerLoad = async ({ locals, url }) => {
  const days = ranges[url.searchParams.get('days') ?? ''] ?? usual;
  return { figures: orErrorPage(await locals.application.dashboard(viewerOf(locals), days)) };
};

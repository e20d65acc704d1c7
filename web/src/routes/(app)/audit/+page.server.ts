import { loadTrail } from '#lib/server/audit.server.ts';
import type { PageServerLoad } from './$types';

const pageSize = 100;

// No `depends`: the trail never moves under a reader's eyes; the page says how much is new.
export const load: PageServerLoad = (event) => loadTrail(event, { limit: pageSize });

import { loadTrail } from '#lib/server/audit.server.ts';
import type { PageServerLoad } from './$types';

const pageSize = 200;

export const load: PageServerLoad = (event) => loadTrail(event, { kind: 'reveal', limit: pageSize });

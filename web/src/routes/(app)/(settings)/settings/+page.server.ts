import { redirect } from '@sveltejs/kit';
import type { PageServerLoad } from './$types';

/** The rail's door: everybody has an account. */
export const load: PageServerLoad = () => redirect(307, '/account');

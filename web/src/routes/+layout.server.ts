import type { LayoutServerLoad } from './$types';

export const load: LayoutServerLoad = ({ locals: { locale, theme, timeZone, keys } }) => ({ locale, theme, timeZone, keys });

import type { Messages } from '#lib/i18n/translate.ts';
import type { LayoutLoad } from './$types';

/** Only the reader's language travels. */
export const load: LayoutLoad = async ({ data }) => {
  const messages: Messages =
    data.locale === 'ar' ? (await import('../messages/ar.json')).default : (await import('../messages/en.json')).default;
  return { ...data, messages };
};

import type { Area, Words } from '#lib/i18n/area.ts';
import type { Locale } from '#lib/i18n/locales.ts';
import arAccess from '../../messages/ar/access.json';
import arAudit from '../../messages/ar/audit.json';
import arDashboard from '../../messages/ar/dashboard.json';
import arDatamap from '../../messages/ar/datamap.json';
import arPrivacy from '../../messages/ar/privacy.json';
import arRefusals from '../../messages/ar/refusals.json';
import arSettings from '../../messages/ar/settings.json';
import enAccess from '../../messages/en/access.json';
import enAudit from '../../messages/en/audit.json';
import enDashboard from '../../messages/en/dashboard.json';
import enDatamap from '../../messages/en/datamap.json';
import enPrivacy from '../../messages/en/privacy.json';
import enRefusals from '../../messages/en/refusals.json';
import enSettings from '../../messages/en/settings.json';

const files = {
  en: {
    access: enAccess,
    audit: enAudit,
    dashboard: enDashboard,
    datamap: enDatamap,
    privacy: enPrivacy,
    refusals: enRefusals,
    settings: enSettings,
  },
  ar: {
    access: arAccess,
    audit: arAudit,
    dashboard: arDashboard,
    datamap: arDatamap,
    privacy: arPrivacy,
    refusals: arRefusals,
    settings: arSettings,
  },
} as const satisfies Record<Locale, Required<Words>>;

/** The words that a layout sends with its pages: only the reader's language, only the areas it names. */
export function wordsOf(locale: Locale, areas: readonly Area[]): Words {
  return Object.fromEntries(areas.map((area) => [area, files[locale][area]]));
}

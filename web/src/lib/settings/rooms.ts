import Phone from '@lucide/svelte/icons/phone';
import ServerCog from '@lucide/svelte/icons/server-cog';
import UserRound from '@lucide/svelte/icons/user-round';
import Users from '@lucide/svelte/icons/users';
import type { AreaTexts } from '#lib/i18n/area.ts';
import type { Permission } from '#projections/shown.ts';

/** The rooms of the settings that this role may enter; `path`: where the reader is. */
export function settingsRooms(t: AreaTexts<'settings'>['t'], permissions: readonly Permission[], path: string) {
  return [
    { href: '/account', label: t('settings.account'), icon: UserRound, open: true },
    { href: '/people', label: t('settings.people'), icon: Users, open: permissions.includes('people.read') },
    { href: '/channels', label: t('settings.channels'), icon: Phone, open: permissions.includes('channels.read') },
    { href: '/settings/system', label: t('settings.system'), icon: ServerCog, open: permissions.includes('system.manage') },
  ]
    .filter(({ open }) => open)
    .map(({ href, label, icon }) => ({ href, label, icon, current: path === href }));
}

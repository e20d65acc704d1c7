import type { Component } from 'svelte';
import ChartNoAxesColumn from '@lucide/svelte/icons/chart-no-axes-column';
import Inbox from '@lucide/svelte/icons/inbox';
import ScrollText from '@lucide/svelte/icons/scroll-text';
import Settings from '@lucide/svelte/icons/settings';
import ShieldCheck from '@lucide/svelte/icons/shield-check';
import Smartphone from '@lucide/svelte/icons/smartphone';
import type { MessageKey, Translate } from '#lib/i18n/translate.ts';
import type { Permission } from '#projections/shown.ts';

export type RailItem = Readonly<{
  href: string;
  label: string;
  icon: Component<{ class?: string }>;
  current: boolean;
  /** A dot: something waits there. */
  dot?: 'brand' | 'warning' | undefined;
  /** Left out of the phone's bottom tabs. */
  wideOnly?: boolean;
  /** Another server: opens beside this page. */
  outside?: boolean;
  /** Stands at the end of the rail. */
  last?: boolean;
}>;
export type GoItem = RailItem & Readonly<{ goKey?: string; goLabel: MessageKey }>;
type Given = Readonly<{ permissions: readonly Permission[]; path: string; simulatorPage: string | null; unread: boolean; t: Translate }>;

/** The rooms that exist and that the role may enter; a door that would be refused is not drawn. */
export function railFor({ permissions, path, simulatorPage, unread, t }: Given): readonly GoItem[] {
  const may = (...wanted: readonly Permission[]) => wanted.some((one) => permissions.includes(one));
  const at = (href: string) => path === href || path.startsWith(`${href}/`);
  const rooms: readonly (GoItem | false)[] = [
    may('conversations.read') && {
      href: '/inbox',
      label: t('rail.inbox'),
      icon: Inbox,
      current: at('/inbox'),
      dot: unread ? 'brand' : undefined,
      goKey: 'I',
      goLabel: 'keys.goInbox',
    },
    may('dashboard.read') && {
      href: '/dashboard',
      label: t('rail.dashboard'),
      icon: ChartNoAxesColumn,
      current: at('/dashboard'),
      goKey: 'F',
      goLabel: 'keys.goDashboard',
    },
    may('privacy.read') && {
      href: '/privacy',
      label: t('rail.privacy'),
      icon: ShieldCheck,
      current: at('/privacy') || at('/contacts'),
      goKey: 'P',
      goLabel: 'keys.goPrivacy',
    },
    may('audit.read') && {
      href: '/audit',
      label: t('rail.audit'),
      icon: ScrollText,
      current: at('/audit'),
      goKey: 'A',
      goLabel: 'keys.goAudit',
    },
    simulatorPage !== null &&
      may('channels.read') && {
        href: simulatorPage,
        label: t('rail.simulator'),
        icon: Smartphone,
        current: false,
        wideOnly: true,
        outside: true,
        goLabel: 'keys.goInbox',
      },
    {
      href: '/settings',
      label: t('rail.settings'),
      icon: Settings,
      current: at('/settings') || at('/account') || at('/people') || at('/channels'),
      last: true,
      goKey: 'S',
      goLabel: 'keys.goSettings',
    },
  ];
  return rooms.filter((room) => room !== false);
}

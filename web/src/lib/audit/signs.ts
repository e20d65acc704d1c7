import type { Component } from 'svelte';
import BadgeCheck from '@lucide/svelte/icons/badge-check';
import CircleAlert from '@lucide/svelte/icons/circle-alert';
import CircleCheck from '@lucide/svelte/icons/circle-check';
import CircleHelp from '@lucide/svelte/icons/circle-question-mark';
import Contact from '@lucide/svelte/icons/contact';
import Eye from '@lucide/svelte/icons/eye';
import EyeOff from '@lucide/svelte/icons/eye-off';
import FileText from '@lucide/svelte/icons/file-text';
import KeyRound from '@lucide/svelte/icons/key-round';
import LogIn from '@lucide/svelte/icons/log-in';
import LogOut from '@lucide/svelte/icons/log-out';
import MessageSquare from '@lucide/svelte/icons/message-square';
import Phone from '@lucide/svelte/icons/phone';
import Reply from '@lucide/svelte/icons/reply';
import Search from '@lucide/svelte/icons/search';
import Send from '@lucide/svelte/icons/send';
import ShieldOff from '@lucide/svelte/icons/shield-off';
import Siren from '@lucide/svelte/icons/siren';
import StickyNote from '@lucide/svelte/icons/sticky-note';
import UserCheck from '@lucide/svelte/icons/user-check';
import UserMinus from '@lucide/svelte/icons/user-minus';
import UserPlus from '@lucide/svelte/icons/user-plus';
import type { AuditItem } from '#projections/pages.ts';

export type Tone = 'neutral' | 'privacy' | 'danger' | 'warning' | 'success';
export type Sign = Readonly<{ icon: Component<{ class?: string }>; tone: Tone; mirrored?: boolean }>;

const signs: Readonly<Record<string, Sign>> = {
  SignedIn: { icon: LogIn, tone: 'neutral', mirrored: true },
  SignInRefused: { icon: UserMinus, tone: 'warning' },
  SessionEnded: { icon: LogOut, tone: 'neutral', mirrored: true },
  PasswordChanged: { icon: KeyRound, tone: 'neutral' },
  SigningKeyPublished: { icon: KeyRound, tone: 'neutral' },
  AccountRegistered: { icon: UserPlus, tone: 'neutral' },
  MemberAdded: { icon: UserPlus, tone: 'neutral' },
  MemberRoleChanged: { icon: UserCheck, tone: 'neutral' },
  MemberRemoved: { icon: UserMinus, tone: 'neutral' },
  ChannelStopped: { icon: CircleAlert, tone: 'danger' },
  ChannelHandshaken: { icon: CircleCheck, tone: 'success' },
  MessageQueued: { icon: Reply, tone: 'neutral', mirrored: true },
  SendAttempted: { icon: Send, tone: 'neutral', mirrored: true },
  SendFailed: { icon: CircleAlert, tone: 'danger' },
  SendOutcomeUnknown: { icon: CircleHelp, tone: 'warning' },
  MediaStored: { icon: FileText, tone: 'neutral' },
  MediaFetchFailed: { icon: CircleAlert, tone: 'danger' },
  MessageErased: { icon: ShieldOff, tone: 'privacy' },
  ConversationErased: { icon: ShieldOff, tone: 'privacy' },
  ContactErased: { icon: ShieldOff, tone: 'privacy' },
  ConversationResolved: { icon: CircleCheck, tone: 'success' },
  ConversationAssigned: { icon: UserCheck, tone: 'neutral' },
  NoteAdded: { icon: StickyNote, tone: 'neutral' },
  ValuesRevealed: { icon: Eye, tone: 'privacy' },
  RevealDenied: { icon: EyeOff, tone: 'warning' },
  PeopleSearched: { icon: Search, tone: 'neutral' },
  RevealLimitReached: { icon: Siren, tone: 'danger' },
  KeyDestroyed: { icon: KeyRound, tone: 'privacy' },
  ErasureVerified: { icon: CircleCheck, tone: 'success' },
  ErasureCompleted: { icon: BadgeCheck, tone: 'success' },
  ErasedDataReturned: { icon: CircleAlert, tone: 'danger' },
  ErasedDataRemovedAgain: { icon: ShieldOff, tone: 'privacy' },
};

const byKind = {
  access: { icon: LogIn, tone: 'neutral', mirrored: true },
  message: { icon: MessageSquare, tone: 'neutral' },
  conversation: { icon: MessageSquare, tone: 'neutral' },
  contact: { icon: Contact, tone: 'neutral' },
  reveal: { icon: Eye, tone: 'privacy' },
  erasure: { icon: ShieldOff, tone: 'privacy' },
  organisation: { icon: UserCheck, tone: 'neutral' },
  channel: { icon: Phone, tone: 'neutral' },
} as const satisfies Record<AuditItem['kind'], Sign>;

/** The picture repeats what the words say; colour only where it means something. */
export function signOf(item: AuditItem): Sign {
  if (item.type === 'ValuesRevealed' && item.facts['level'] === 'masked') return { icon: Eye, tone: 'neutral' };
  return signs[item.type] ?? byKind[item.kind];
}

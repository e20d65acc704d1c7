import { type Category, PLATFORM_TENANT, streamParts } from '#domain/ids.ts';
import type { Role } from '#domain/message.ts';
import type { PersonalClass } from '#domain/personal.ts';
import type { revealDenials, RevealPurpose } from '#domain/reveal/events.ts';
import type { SealedHandle } from '#domain/sealed-handle.ts';
import type { Permission, Refused, Viewer } from '#projections/shown.ts';

/** What each role may do. The owner runs the organisation; the DPO protects people in it; an auditor reads the trail and no content. */
const byRole = {
  owner: [
    'conversations.read',
    'conversations.answer',
    'contacts.reveal',
    'audit.read',
    'dashboard.read',
    'privacy.read',
    'privacy.erase',
    'people.read',
    'people.manage',
    'channels.read',
    'channels.manage',
    'tokens.manage',
    'system.manage',
  ],
  admin: [
    'conversations.read',
    'conversations.answer',
    'contacts.reveal',
    'dashboard.read',
    'people.read',
    'people.manage',
    'channels.read',
    'channels.manage',
    'tokens.manage',
    'system.manage',
  ],
  dpo: [
    'conversations.read',
    'contacts.reveal',
    'audit.read',
    'dashboard.read',
    'privacy.read',
    'privacy.erase',
    'people.read',
    'tokens.manage',
  ],
  agent: ['conversations.read', 'conversations.answer', 'contacts.reveal'],
  auditor: ['audit.read', 'dashboard.read', 'privacy.read', 'people.read', 'tokens.manage'],
} as const satisfies Record<Role, readonly Permission[]>;

export const permissionsOf = (role: Role): readonly Permission[] => byRole[role];

export const may = (viewer: Viewer, permission: Permission): boolean => permissionsOf(viewer.role).includes(permission);

export const forbidden: Refused = { ok: false, status: 403, code: 'forbidden' };
/** This account has seen as many people, or searched as often, as an hour allows; time is the way out. */
export const overLimit = (what: 'reveal' | 'search'): Refused => ({ ok: false, status: 429, code: `${what}-limit` });
/** Also the answer for what belongs to another organisation: nobody learns that it exists. */
export const notFound: Refused = { ok: false, status: 404, code: 'not-found' };

type Rule = { readonly needs: Permission | null; readonly classes: readonly PersonalClass[]; readonly about: readonly Category[] };

/** Which permission a purpose needs, which classes it may open, and of what. Anything else is refused and recorded. */
const byPurpose: Record<RevealPurpose, Rule> = {
  'answer-customer': {
    needs: 'conversations.read',
    classes: ['message', 'media', 'note', 'profile'],
    about: ['contact', 'conversation', 'message'],
  },
  'identify-customer': { needs: 'contacts.reveal', classes: ['profile'], about: ['contact'] },
  'handle-request': { needs: 'privacy.read', classes: ['profile'], about: ['contact'] },
  investigate: { needs: 'audit.read', classes: ['profile'], about: ['contact'] },
  'manage-people': { needs: 'people.read', classes: ['profile'], about: ['account'] },
  'manage-channels': { needs: 'channels.manage', classes: ['profile', 'credential'], about: ['channel'] },
  'know-colleagues': { needs: null, classes: ['profile'], about: ['account'] },
};

/** `full`: without a mask. */
export type Sought = { readonly handle: Pick<SealedHandle, 'class' | 'stream'>; readonly full: boolean };

/** Why the viewer may not see these values for this purpose, or null. */
export const denialOf = (
  viewer: Viewer,
  purpose: RevealPurpose,
  sought: readonly Sought[],
): Exclude<(typeof revealDenials)[number], 'limit'> | null => {
  const rule = byPurpose[purpose];
  if (rule.needs !== null && !may(viewer, rule.needs)) return 'role';
  const streams = sought.map(({ handle }) => streamParts(handle.stream));
  // Accounts stand in the platform's tenant; who of them is a colleague, the pages' own views know.
  if (streams.some(({ tenant, category }) => tenant !== (category === 'account' ? PLATFORM_TENANT : viewer.tenant)))
    return 'other-organisation';
  const fits =
    streams.every(({ category }) => rule.about.includes(category)) && sought.every(({ handle }) => rule.classes.includes(handle.class));
  if (!fits) return 'purpose';
  // A customer's identifiers themselves are for who serves customers; a name behind a mask is enough for the rest.
  const unmasked = sought.some(({ full }, index) => full && streams[index]?.category === 'contact');
  return unmasked && !may(viewer, 'contacts.reveal') ? 'role' : null;
};

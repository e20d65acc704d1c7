import type { Role } from '#domain/message.ts';
import type { PersonalClass } from '#domain/personal.ts';
import type { RevealPurpose } from '#domain/reveal/events.ts';
import type { Permission, Refused, Viewer } from '#projections/application.ts';

/** What each role may do. The owner runs the organisation; the DPO protects people in it; an auditor reads the trail and no content. */
const byRole = {
  owner: [
    'conversations.read', 'conversations.answer', 'contacts.reveal', 'audit.read', 'privacy.read', 'privacy.erase',
    'people.read', 'people.manage', 'channels.read', 'channels.manage', 'tokens.manage',
  ],
  admin: [
    'conversations.read', 'conversations.answer', 'contacts.reveal', 'people.read', 'people.manage', 'channels.read', 'channels.manage', 'tokens.manage',
  ],
  dpo: ['conversations.read', 'contacts.reveal', 'audit.read', 'privacy.read', 'privacy.erase', 'people.read', 'tokens.manage'],
  agent: ['conversations.read', 'conversations.answer', 'contacts.reveal'],
  auditor: ['audit.read', 'privacy.read', 'people.read', 'tokens.manage'],
} as const satisfies Record<Role, readonly Permission[]>;

export const permissionsOf = (role: Role): readonly Permission[] => byRole[role];

export const may = (viewer: Viewer, permission: Permission): boolean => permissionsOf(viewer.role).includes(permission);

export const forbidden: Refused = { ok: false, status: 403, code: 'forbidden' };
/** Also the answer for what belongs to another organisation: nobody learns that it exists. */
export const notFound: Refused = { ok: false, status: 404, code: 'not-found' };

/** Which permission a purpose needs, and which classes it may open. A pair that is not here is refused and recorded. */
const byPurpose: Record<RevealPurpose, { readonly needs: Permission | null; readonly classes: readonly PersonalClass[] }> = {
  'answer-customer': { needs: 'conversations.read', classes: ['message', 'media', 'note', 'profile'] },
  'identify-customer': { needs: 'contacts.reveal', classes: ['profile'] },
  'handle-request': { needs: 'privacy.read', classes: ['profile'] },
  investigate: { needs: 'audit.read', classes: ['profile'] },
  'manage-people': { needs: 'people.read', classes: ['profile'] },
  'manage-channels': { needs: 'channels.manage', classes: ['profile', 'credential'] },
  'know-colleagues': { needs: null, classes: ['profile'] },
};

export const mayReveal = (viewer: Viewer, purpose: RevealPurpose, classes: readonly PersonalClass[]): boolean => {
  const rule = byPurpose[purpose];
  return (rule.needs === null || may(viewer, rule.needs)) && classes.every((each) => rule.classes.includes(each));
};

import { describe, expect, it } from 'vitest';
import { type Category, parseStream, PLATFORM_TENANT } from '#domain/ids.ts';
import { roles, type Role } from '#domain/message.ts';
import { type PersonalClass, personalClasses } from '#domain/personal.ts';
import { revealPurposes, type RevealPurpose } from '#domain/reveal/events.ts';
import { denialOf } from '#infra/app/access.ts';
import { type Mask, masked } from '#infra/app/mask.ts';
import { sampleId } from '#tests/support/sample.ts';

const tenant = sampleId<'tenant'>(1);
const viewerOf = (role: Role) => ({ sessionId: sampleId<'session'>(2), accountId: sampleId<'account'>(3), tenant, role });
const streamOf = (category: Category, of: string = tenant) => {
  const stream = parseStream(`${of}.${category}-${sampleId(4)}`);
  if (stream === null) throw new Error('expected a stream');
  return stream;
};
const handle = (category: Category, personalClass: PersonalClass, of = category === 'account' ? PLATFORM_TENANT : tenant) => ({
  class: personalClass,
  stream: streamOf(category, of),
});

const CATEGORIES = ['contact', 'conversation', 'message', 'account', 'channel', 'organisation'] as const satisfies readonly Category[];

/** Written by hand, apart from the rules: who may see what of whom, for which purpose, and how much of it. All else is refused. */
const SERVING: readonly Role[] = ['owner', 'admin', 'dpo', 'agent'];
const allowed = (role: Role, purpose: RevealPurpose, category: Category, personalClass: PersonalClass, full: boolean): boolean => {
  switch (purpose) {
    case 'answer-customer':
      return (
        SERVING.includes(role) &&
        ['contact', 'conversation', 'message'].includes(category) &&
        ['message', 'media', 'note', 'profile'].includes(personalClass)
      );
    case 'identify-customer':
      return SERVING.includes(role) && category === 'contact' && personalClass === 'profile';
    case 'handle-request':
      return category === 'contact' && personalClass === 'profile' && (['owner', 'dpo'].includes(role) || (role === 'auditor' && !full));
    case 'investigate':
      return category === 'contact' && personalClass === 'profile' && (['owner', 'dpo'].includes(role) || (role === 'auditor' && !full));
    case 'manage-people':
      return category === 'account' && personalClass === 'profile' && role !== 'agent';
    case 'manage-channels':
      return category === 'channel' && ['profile', 'credential'].includes(personalClass) && ['owner', 'admin'].includes(role);
    case 'know-colleagues':
      return category === 'account' && personalClass === 'profile';
  }
};

describe.each(roles)('a reveal to %s', (role) => {
  it.each(revealPurposes)('for %s: what is allowed, of whom, masked and full', (purpose) => {
    for (const category of CATEGORIES) {
      for (const personalClass of personalClasses) {
        for (const full of [true, false]) {
          const denial = denialOf(viewerOf(role), purpose, [{ handle: handle(category, personalClass), full }]);
          expect([category, personalClass, full, denial === null]).toEqual([
            category,
            personalClass,
            full,
            allowed(role, purpose, category, personalClass, full),
          ]);
        }
      }
    }
  });

  it('never reaches another organisation, whatever the purpose', () => {
    const elsewhere = sampleId<'tenant'>(9);
    for (const purpose of revealPurposes)
      for (const category of CATEGORIES)
        for (const full of [true, false])
          expect(denialOf(viewerOf(role), purpose, [{ handle: handle(category, 'profile', elsewhere), full }])).not.toBeNull();
  });

  it('is refused whole when one of its values is', () => {
    const mixed = [
      { handle: handle('contact', 'profile'), full: false },
      { handle: handle('channel', 'credential'), full: false },
    ];
    for (const purpose of revealPurposes) expect(denialOf(viewerOf(role), purpose, mixed)).not.toBeNull();
  });
});

describe('masks', () => {
  it.each<readonly [Mask, string, string]>([
    ['name', 'Nadia Kamel Hassan', 'Nadia K•••••'],
    ['name', 'نادية كامل', 'نادية ك•••••'],
    ['name', 'Nadia', 'N•••••'],
    ['name', '  ', '•••••'],
    ['phone', '+201001234542', '+20 •• •••• ••42'],
    ['email', 'nadia@example.com', 'n••••@••••.com'],
    ['identifier', 'EG.1a2b3c4d5e6f7a8b', 'EG.•••••7a8b'],
    ['identifier', 'nadia.kamel', 'n•••••'],
  ])('%s: %s is shown as %s', (mask, text, shown) => {
    expect(masked(mask, text)).toBe(shown);
  });
});

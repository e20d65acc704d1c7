import { accountEvents } from '#domain/account/events.ts';
import { eventOf, handlesOf, held } from '../document.ts';
import type { Projection } from '../projection.ts';
import { ACCOUNT, type AccountView } from './view.ts';

/** People who can sign in: sealed name and address. Passwords and sessions stay out of every view. */
export const accountProjection: Projection = {
  name: 'account',
  version: 1,
  readsFrom: 1,
  collections: [{ name: ACCOUNT, indexes: [['registeredAt']] }],
  route: (event) => {
    const typed = eventOf('account', accountEvents, event);
    return typed?.type === 'AccountRegistered' ? [{ collection: ACCOUNT, id: typed.data.accountId }] : [];
  },
  evolve: (document, event) => {
    const typed = eventOf('account', accountEvents, event);
    if (typed?.type !== 'AccountRegistered') return held<AccountView>(document);
    const { accountId, registeredAt } = typed.data;
    const handle = handlesOf(accountEvents, typed);
    return { accountId, name: handle('name'), email: handle('email'), registeredAt } satisfies AccountView;
  },
};

import { organisationEvents } from '#domain/organisation/events.ts';
import { eventOf, handlesOf, held } from '../document.ts';
import type { Projection } from '../projection.ts';
import { MEMBER, type MemberView, ORGANISATION, type OrganisationView } from './view.ts';

/** Organisations and who belongs to them in which role. */
export const organisationProjection: Projection = {
  name: 'organisation',
  version: 1,
  readsFrom: 1,
  collections: [
    { name: ORGANISATION, indexes: [['createdAt']] },
    {
      name: MEMBER,
      indexes: [
        ['tenant', 'state', 'addedAt'],
        ['accountId', 'state', 'addedAt'],
      ],
    },
  ],
  route: (event) => {
    const typed = eventOf('organisation', organisationEvents, event);
    switch (typed?.type) {
      case 'OrganisationCreated':
      case 'SigningKeyPublished':
        return [{ collection: ORGANISATION, id: typed.data.organisationId }];
      case 'MemberAdded':
      case 'MemberRoleChanged':
      case 'MemberRemoved':
        return [{ collection: MEMBER, id: `${typed.data.organisationId}:${typed.data.accountId}` }];
      case undefined:
        return [];
    }
  },
  evolve: (document, event) => {
    const typed = eventOf('organisation', organisationEvents, event);
    switch (typed?.type) {
      case 'OrganisationCreated': {
        const { createdAt, sample } = typed.data;
        const name = handlesOf(organisationEvents, typed)('name');
        return { tenant: event.tenant, name, sample, createdAt, publicKey: null } satisfies OrganisationView;
      }
      case 'SigningKeyPublished': {
        const view = held<OrganisationView>(document);
        return view && ({ ...view, publicKey: typed.data.publicKey } satisfies OrganisationView);
      }
      case 'MemberAdded': {
        const { accountId, role, addedAt } = typed.data;
        return { tenant: event.tenant, accountId, role, addedAt, state: 'member' } satisfies MemberView;
      }
      case 'MemberRoleChanged': {
        const view = held<MemberView>(document);
        return view && ({ ...view, role: typed.data.role } satisfies MemberView);
      }
      case 'MemberRemoved': {
        const view = held<MemberView>(document);
        return view && ({ ...view, state: 'left' } satisfies MemberView);
      }
      case undefined:
        return document;
    }
  },
};

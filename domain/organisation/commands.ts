import type { AccountId, PublicBytes, TenantId } from '../ids.ts';
import type { Role } from '../message.ts';
import type { Plain } from '../personal.ts';

export type OrganisationCommand =
  | {
      readonly type: 'CreateOrganisation';
      readonly organisationId: TenantId;
      readonly name: Plain;
      readonly owner: AccountId;
      readonly sample: boolean;
    }
  | { readonly type: 'PublishSigningKey'; readonly publicKey: PublicBytes }
  | { readonly type: 'AddMember'; readonly accountId: AccountId; readonly role: Role }
  | { readonly type: 'ChangeMemberRole'; readonly accountId: AccountId; readonly role: Role }
  | { readonly type: 'RemoveMember'; readonly accountId: AccountId };

/** `byOwner`: given by an owner of the organisation, or by the machine (setup, command line). Only they make and unmake owners. */
export type OrganisationFacts = { readonly byOwner: boolean };

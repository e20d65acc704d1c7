import { type AccountId, parseId, PLATFORM_TENANT, type TenantId } from '#domain/ids.ts';
import type { OrganisationCommand } from '#domain/organisation/commands.ts';
import { plain } from '#domain/personal.ts';
import type { Application } from '#projections/application.ts';
import type { Done } from '#projections/shown.ts';
import { MAX_NAME_CHARACTERS } from './accounts.ts';
import { organisationAggregate } from './aggregates.ts';
import { type App, settled } from './app.ts';
import { machineContext } from './context.ts';
import { organisationsOf } from './members.ts';
import { newId } from './new-id.ts';
import { answerOf } from './refused.ts';

type NewOrganisation = { readonly name: string; readonly owner: AccountId; readonly sample: boolean; readonly tenant: TenantId };

/** Makes an organisation with its owner and its signing key. Repeatable: what exists already stays. */
export const createOrganisation = async (app: App, { name, owner, sample, tenant }: NewOrganisation): Promise<Done> => {
  const commands: readonly OrganisationCommand[] = [
    { type: 'CreateOrganisation', organisationId: tenant, name: plain(name.trim()), owner, sample },
    { type: 'PublishSigningKey', publicKey: (await app.vault.signingKey(tenant)).publicKey },
  ];
  for (const command of commands) {
    const context = machineContext(tenant, 'setup');
    const answer = answerOf(
      await settled(app, await app.handler.handle(organisationAggregate, tenant, command, context, () => ({ byOwner: true }))),
    );
    if (!answer.ok) return answer;
  }
  return { ok: true };
};

/**
 * The log is asked before the views: while those are filled again they know no organisation, and a door that opens then would give the
 * owner's account to whoever comes by.
 */
export const needsSetup =
  (app: App): Application['needsSetup'] =>
  async () => {
    const made = await Promise.all([FIRST_ORGANISATION, SAMPLE_ORGANISATION].map((reservation) => isMade(app, reservation)));
    return !made.includes(true) && (await organisationsOf(app)).length === 0;
  };

/** Reservations of organisations, each made once in a data folder. */
export const FIRST_ORGANISATION = 'set-up';
export const SAMPLE_ORGANISATION = 'sample-organisation';

const isMade = async (app: App, reservation: string): Promise<boolean> => {
  const found = await app.vault.find(PLATFORM_TENANT, { field: 'reservation', value: plain(reservation) });
  const tenant = parseId<'tenant'>(found?.id);
  return tenant !== null && (await app.handler.load(organisationAggregate, tenant, tenant)).revision !== null;
};

/**
 * The first organisation and its owner. A reservation lets only one of two people who press the button at once be first; a set-up that was
 * interrupted is taken up by the next one.
 */
export const setUp =
  (app: App): Application['setUp'] =>
  async ({ organisation, name, email, password, address, device }) => {
    if (organisation.trim() === '') return { ok: false, status: 422, code: 'organisation-missing' };
    if (organisation.length > MAX_NAME_CHARACTERS) return { ok: false, status: 422, code: 'name-too-long' };
    if (!(await needsSetup(app)())) return { ok: false, status: 409, code: 'already-set-up' };
    const owner = await ownerAccount(app, { name, email, password });
    if (!owner.ok) return owner;
    const claim = await app.vault.claim({
      tenant: PLATFORM_TENANT,
      identifiers: [{ field: 'reservation', value: plain(FIRST_ORGANISATION) }],
      propose: newId<'tenant'>(),
      subject: null,
    });
    const tenant = claim.kind === 'claimed' ? parseId<'tenant'>(claim.id) : null;
    if (tenant === null) return { ok: false, status: 409, code: 'already-set-up' };
    const created = await createOrganisation(app, { name: organisation, owner: owner.accountId, sample: false, tenant });
    if (!created.ok) return { ok: false, status: 409, code: 'already-set-up' };
    return app.accounts.signIn({ email, password, address, device });
  };

type NewPerson = { readonly name: string; readonly email: string; readonly password: string };

const ownerAccount = async (app: App, person: NewPerson): Promise<Done<{ readonly accountId: AccountId }>> => {
  const registered = await app.accounts.register(person, 'setup');
  if (registered.ok || registered.code !== 'email-taken') return registered;
  // Left over from an interrupted set-up: without an organisation nobody can sign in with it yet.
  const accountId = await app.accounts.find(person.email);
  if (accountId === null) return registered;
  const changed = await app.accounts.setPassword(accountId, person.password, 'setup');
  return changed.ok ? { ok: true, accountId } : changed;
};

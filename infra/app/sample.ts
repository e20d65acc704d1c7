import { parseId, PLATFORM_TENANT, type AccountId, type TenantId } from '#domain/ids.ts';
import { plain } from '#domain/personal.ts';
import type { Application } from '#projections/application.ts';
import type { Done, Viewer } from '#projections/shown.ts';
import { CHANNEL, type ChannelView } from '#projections/channel/view.ts';
import { organisationAggregate } from './aggregates.ts';
import { type App, settled } from './app.ts';
import { machineContext } from './context.ts';
import { newId } from './new-id.ts';
import type { Sample, SamplePerson } from './product.ts';
import { answerOf } from './refused.ts';
import { createOrganisation, SAMPLE_ORGANISATION } from './setup.ts';

/** Customers that the simulator plays. */
const CUSTOMERS = 12;

export const createSample = (app: App, application: Application): Sample => ({
  prepare: async ({ name, people, password }) => {
    const tenant = await sampleTenant(app);
    const owner = people.find((person) => person.role === 'owner');
    if (tenant === null || owner === undefined) return { ok: false, status: 409, code: 'sample-impossible' };
    const accounts = await accountsOf(app, people, password);
    const ownerAccount = accounts.get(owner);
    if (ownerAccount === undefined) return { ok: false, status: 409, code: 'email-taken' };
    const created = await createOrganisation(app, { name, owner: ownerAccount, sample: true, tenant });
    if (!created.ok) return created;
    for (const [person, accountId] of accounts) if (person !== owner) await addMember(app, tenant, person, accountId);
    const viewer: Viewer = { sessionId: newId<'session'>(), accountId: ownerAccount, tenant, role: 'owner' };
    return withNumber(app, application, viewer);
  },
  play: async () => {
    const tenant = await sampleTenant(app);
    const number = tenant === null ? null : await simulatedNumber(app, tenant);
    if (number === null || !(await app.simulator.ensure())) return false;
    const channel = await app.channels.open(number.channelId);
    return channel !== null && app.simulator.play(channel.phoneNumberId, CUSTOMERS);
  },
});

/** The one sample organisation of this data folder; its id is reserved at the first call. */
const sampleTenant = async (app: App): Promise<TenantId | null> => {
  const identifiers = [{ field: 'reservation' as const, value: plain(SAMPLE_ORGANISATION) }];
  const claim = await app.vault.claim({ tenant: PLATFORM_TENANT, identifiers, propose: newId<'tenant'>(), subject: null });
  return claim.kind === 'claimed' ? parseId<'tenant'>(claim.id) : null;
};

const accountsOf = async (app: App, people: readonly SamplePerson[], password: string): Promise<ReadonlyMap<SamplePerson, AccountId>> => {
  const accounts = new Map<SamplePerson, AccountId>();
  for (const person of people) {
    const registered = await app.accounts.register({ ...person, password }, 'setup');
    const accountId = registered.ok ? registered.accountId : await app.accounts.find(person.email);
    if (accountId === null) continue;
    if (!registered.ok) await app.accounts.setPassword(accountId, password, 'setup');
    accounts.set(person, accountId);
  }
  return accounts;
};

const addMember = async (app: App, tenant: TenantId, { role }: SamplePerson, accountId: AccountId): Promise<void> => {
  const command = { type: 'AddMember', accountId, role } as const;
  answerOf(
    await settled(
      app,
      await app.handler.handle(organisationAggregate, tenant, command, machineContext(tenant, 'setup'), () => ({ byOwner: true })),
    ),
  );
};

const simulatedNumber = async (app: App, tenant: TenantId): Promise<ChannelView | null> => {
  const page = await app.views.find<ChannelView>(CHANNEL, {
    where: { tenant },
    sort: { field: 'connectedAt', direction: 'ascending' },
    limit: 100,
  });
  return page.items.find((channel) => channel.provider === 'simulator') ?? null;
};

const withNumber = async (
  app: App,
  application: Application,
  viewer: Viewer,
): Promise<Done<{ readonly phonePage: string; readonly created: boolean }>> => {
  if ((await simulatedNumber(app, viewer.tenant)) !== null) return { ok: true, phonePage: app.simulator.baseUrl, created: false };
  const connected = await application.connectSimulator(viewer);
  return connected.ok ? { ok: true, phonePage: connected.phonePage, created: true } : connected;
};

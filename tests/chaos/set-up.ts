import type { AccountId, ChannelId } from '#domain/ids.ts';
import { hire, must, setUpOwner } from '#tests/support/organisation.ts';
import { runProduct } from '#tests/support/running-product.ts';
import { type Agent, NUMBER } from './load-protocol.ts';

export type Organisation = { readonly channelId: ChannelId; readonly agents: readonly Agent[]; readonly ownerToken: string };

/** An organisation with agents and one number, whose Graph API is at `cloudUrl`; then the product is closed again. */
export const setUpOrganisation = async (dataFolder: string, cloudUrl: string, agents: number): Promise<Organisation> => {
  const inside = await runProduct({ dataFolder, simulatorUrl: cloudUrl });
  try {
    const { application } = inside;
    const owner = await setUpOwner(application);
    const tokenOf = async (viewer: typeof owner.viewer): Promise<string> => (await must(application.createToken(viewer, 1))).token;
    const { channelId } = await must(application.connectChannel(owner.viewer, { label: 'Chaos', ...NUMBER, baseUrl: cloudUrl }));
    const hired: { readonly token: string; readonly accountId: AccountId }[] = [];
    for (let n = 0; n < agents; n += 1) {
      const { viewer } = await hire(application, owner.viewer, 'admin', `Agent ${String(n)}`);
      hired.push({ token: await tokenOf(viewer), accountId: viewer.accountId });
    }
    return { channelId, agents: hired, ownerToken: await tokenOf(owner.viewer) };
  } finally {
    await inside.close();
  }
};

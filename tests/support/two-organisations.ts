import { newId } from '#infra/app/new-id.ts';
import { type Line, type Member, must, PASSWORD } from './organisation.ts';
import type { RunningProduct } from './running-product.ts';

export type Neighbour = { readonly owner: Member; readonly line: Line };

/** A second organisation in the same product: the sample one, with a number of its own. */
export const addNeighbour = async ({ product, application, simulator }: RunningProduct): Promise<Neighbour> => {
  const email = `neighbour.${newId()}@other.example`;
  const before = new Set((await simulator.state()).numbers.map(({ phoneNumberId }) => phoneNumberId));
  await must(product.sample.prepare({ name: 'Other House', people: [{ name: 'Other Owner', email, role: 'owner' }], password: PASSWORD }));
  const owner = { ...(await must(application.signIn({ email, password: PASSWORD, address: null, device: null }))), email };
  const { channels } = await must(application.channels(owner.viewer));
  const added = (await simulator.state()).numbers.find(({ phoneNumberId }) => !before.has(phoneNumberId));
  const channelId = channels[0]?.channelId;
  if (added === undefined || channelId === undefined) throw new Error('expected the sample organisation to have a number');
  const { phoneNumberId, appSecret, webhookUrl } = await simulator.number(added.phoneNumberId);
  return { owner, line: { channelId, phoneNumberId, appSecret, webhookUrl: webhookUrl ?? '' } };
};

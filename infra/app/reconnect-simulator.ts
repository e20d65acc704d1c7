import { CHANNEL, type ChannelView } from '#projections/channel/view.ts';
import { organisationsOf } from './members.ts';
import type { App } from './app.ts';
import { webhookUrl } from './pages/channels.ts';

/** The simulator keeps nothing when it ends: at each start its numbers are told to it again, as long as there are any. */
export const reconnectSimulator = async (app: App): Promise<void> => {
  const channels = await simulatedChannels(app);
  if (channels.length === 0) return;
  if (!(await app.simulator.ensure())) {
    app.log.warn('simulator.unreachable');
    return;
  }
  for (const { channelId, label, displayNumber } of channels) {
    const channel = await app.channels.open(channelId);
    const [name, number] = await app.reveal.labels([label, displayNumber]);
    if (channel === null || number?.state !== 'value') continue;
    const { phoneNumberId, accessToken, appSecret, verifyToken } = channel;
    const verifiedName = name?.state === 'value' ? name.text : 'V Connect';
    const secrets = { phoneNumberId, accessToken, appSecret, verifyToken };
    const ok = await app.simulator.register({
      ...secrets,
      displayPhoneNumber: number.text,
      verifiedName,
      webhookUrl: webhookUrl(app, channelId),
    });
    if (!ok) app.log.warn('simulator.handshake-failed', { channel: channelId });
  }
};

const simulatedChannels = async (app: App): Promise<readonly ChannelView[]> => {
  const pages = (await organisationsOf(app)).map(({ tenant }) =>
    app.views.find<ChannelView>(CHANNEL, { where: { tenant }, sort: { field: 'connectedAt', direction: 'ascending' }, limit: 100 }),
  );
  return (await Promise.all(pages)).flatMap((page) => page.items).filter((channel) => channel.provider === 'simulator');
};

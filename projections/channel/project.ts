import { channelEvents } from '#domain/channel/events.ts';
import type { TypedEvent } from '#domain/upcast.ts';
import { eventOf, handlesOf, held } from '../document.ts';
import type { Projection } from '../projection.ts';
import { CHANNEL, type ChannelView } from './view.ts';

/** WhatsApp numbers: sealed credentials and whether they work. */
export const channelProjection: Projection = {
  name: 'channel',
  version: 1,
  readsFrom: 1,
  collections: [{ name: CHANNEL, indexes: [['tenant', 'connectedAt']] }],
  route: (event) => {
    const typed = eventOf('channel', channelEvents, event);
    return typed === null ? [] : [{ collection: CHANNEL, id: typed.data.channelId }];
  },
  evolve: (document, event) => {
    const view = held<ChannelView>(document);
    const typed = eventOf('channel', channelEvents, event);
    return typed === null ? view : onChannel(view, typed);
  },
};

const onChannel = (view: ChannelView | null, event: TypedEvent<typeof channelEvents>): ChannelView | null => {
  if (event.type === 'ChannelConnected') return connected(event);
  if (view === null) return null;
  const handle = handlesOf(channelEvents, event);
  switch (event.type) {
    case 'ChannelCredentialsReplaced':
      return withState({ ...view, accessToken: handle('accessToken'), appSecret: handle('appSecret'), stopped: null });
    case 'ChannelHandshaken':
      return withState({ ...view, handshaken: true });
    case 'ChannelStopped': {
      const { reason, providerCode } = event.data;
      return withState({ ...view, stopped: { reason, providerCode } });
    }
  }
};

const connected = (event: Extract<TypedEvent<typeof channelEvents>, { type: 'ChannelConnected' }>): ChannelView => {
  const { channelId, provider, connectedAt } = event.data;
  const handle = handlesOf(channelEvents, event);
  return {
    tenant: event.tenant,
    channelId,
    provider,
    label: handle('label'),
    displayNumber: handle('displayNumber'),
    phoneNumberId: handle('phoneNumberId'),
    accessToken: handle('accessToken'),
    appSecret: handle('appSecret'),
    verifyToken: handle('verifyToken'),
    baseUrl: handle('baseUrl'),
    handshaken: false,
    state: 'waiting',
    stopped: null,
    connectedAt,
  };
};

const withState = (view: ChannelView): ChannelView => {
  if (view.stopped !== null) return { ...view, state: 'stopped' };
  return { ...view, state: view.handshaken ? 'live' : 'waiting' };
};

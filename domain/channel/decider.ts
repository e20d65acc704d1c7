import { accept, type At, type Decider, type Decision, nothing, refuse } from '../decider.ts';
import type { ChannelId } from '../ids.ts';
import { present } from '../personal.ts';
import type { ChannelCommand, ChannelFacts } from './commands.ts';
import type { ChannelEvent } from './events.ts';

export type ChannelState =
  | { readonly kind: 'none' }
  | { readonly kind: 'connected'; readonly channelId: ChannelId; readonly handshaken: boolean; readonly stopped: boolean };

type Connected = Extract<ChannelState, { kind: 'connected' }>;
type Command<T extends ChannelCommand['type']> = Extract<ChannelCommand, { type: T }> & At;
type Events = Decision<ChannelEvent<'plain'>>;

const connect = (state: ChannelState, command: Command<'ConnectChannel'>): Events => {
  if (state.kind === 'connected') return nothing();
  const { channelId, provider, label, displayNumber, phoneNumberId, accessToken, appSecret, verifyToken, baseUrl, at } = command;
  return accept({
    type: 'ChannelConnected',
    data: { channelId, provider, connectedAt: at },
    personal: { label, displayNumber, phoneNumberId, accessToken, appSecret, verifyToken, ...present({ baseUrl }) },
  });
};

/** The same credentials on a stopped number mean "try again". */
const replaceCredentials = (
  state: Connected,
  { accessToken, appSecret, at }: Command<'ReplaceCredentials'>,
  facts: ChannelFacts,
): Events => {
  if (facts.credentialsUnchanged && !state.stopped) return nothing();
  return accept({
    type: 'ChannelCredentialsReplaced',
    data: { channelId: state.channelId, replacedAt: at },
    personal: { accessToken, appSecret },
  });
};

const confirmHandshake = (state: Connected, { at }: Command<'ConfirmHandshake'>): Events => {
  if (state.handshaken) return nothing();
  return accept({ type: 'ChannelHandshaken', data: { channelId: state.channelId, confirmedAt: at }, personal: {} });
};

const stop = (state: Connected, { reason, providerCode, at }: Command<'StopChannel'>): Events => {
  if (state.stopped) return nothing();
  return accept({ type: 'ChannelStopped', data: { channelId: state.channelId, reason, providerCode, stoppedAt: at }, personal: {} });
};

const decide = (state: ChannelState, command: ChannelCommand & At, facts: ChannelFacts): Events => {
  if (command.type === 'ConnectChannel') return connect(state, command);
  if (state.kind === 'none') return refuse('conflict', 'channel-unknown');
  switch (command.type) {
    case 'ReplaceCredentials':
      return replaceCredentials(state, command, facts);
    case 'ConfirmHandshake':
      return confirmHandshake(state, command);
    case 'StopChannel':
      return stop(state, command);
  }
};

const evolve = (state: ChannelState, event: ChannelEvent<'sealed'>): ChannelState => {
  if (event.type === 'ChannelConnected') return { kind: 'connected', channelId: event.data.channelId, handshaken: false, stopped: false };
  if (state.kind === 'none') return state;
  switch (event.type) {
    case 'ChannelCredentialsReplaced':
      return { ...state, stopped: false };
    case 'ChannelHandshaken':
      return { ...state, handshaken: true };
    case 'ChannelStopped':
      return { ...state, stopped: true };
  }
};

export const channelDecider: Decider<ChannelState, ChannelCommand & At, ChannelFacts, ChannelEvent<'plain'>, ChannelEvent<'sealed'>> = {
  category: 'channel',
  initial: { kind: 'none' },
  decide,
  evolve,
};

import { describe, it } from 'vitest';
import { channelDecider } from '#domain/channel/decider.ts';
import type { ChannelEvent } from '#domain/channel/events.ts';
import { plain } from '#domain/personal.ts';
import { deciderSpec } from '#tests/support/decider-spec.ts';
import { minute, sampleId } from '#tests/support/sample.ts';

type Event = ChannelEvent<'plain'>;
const channelId = sampleId<'channel'>(1);
const at = minute(5);
const secrets = {
  label: plain('Support'),
  displayNumber: plain('number'),
  phoneNumberId: plain('number id'),
  accessToken: plain('token'),
  appSecret: plain('secret'),
  verifyToken: plain('verify'),
};
const connected = (baseUrl: 'with' | 'without'): Event => ({
  type: 'ChannelConnected',
  data: { channelId, provider: 'simulator', connectedAt: at },
  personal: baseUrl === 'with' ? { ...secrets, baseUrl: plain('http://localhost') } : secrets,
});
const handshaken: Event = { type: 'ChannelHandshaken', data: { channelId, confirmedAt: at }, personal: {} };
const stopped: Event = { type: 'ChannelStopped', data: { channelId, reason: 'token', providerCode: 190, stoppedAt: at }, personal: {} };
const renewed = { accessToken: plain('new token'), appSecret: plain('new secret') };
const replaced: Event = { type: 'ChannelCredentialsReplaced', data: { channelId, replacedAt: at }, personal: renewed };

const spec = deciderSpec(channelDecider);
const changed = { credentialsUnchanged: false };
const unchanged = { credentialsUnchanged: true };
const connect = { type: 'ConnectChannel', channelId, provider: 'simulator', ...secrets, baseUrl: null, at } as const;
const replace = { type: 'ReplaceCredentials', ...renewed, at } as const;
const handshake = { type: 'ConfirmHandshake', at } as const;
const stop = { type: 'StopChannel', reason: 'token', providerCode: 190, at } as const;

describe('a channel', () => {
  it('is connected', () => spec.given().when(connect, changed).then(connected('without')));
  it('is connected with an address of its own', () =>
    spec
      .given()
      .when({ ...connect, baseUrl: plain('http://localhost') }, changed)
      .then(connected('with')));
  it('is connected once', () => spec.given(connected('without')).when(connect, changed).thenNothing());
  it.each([replace, handshake, stop])('refuses $type before it is connected', (command) =>
    spec.given().when(command, changed).thenRefused('conflict', 'channel-unknown'),
  );

  it('confirms the handshake', () => spec.given(connected('without')).when(handshake, changed).then(handshaken));
  it('confirms it once', () => spec.given(connected('without'), handshaken).when(handshake, changed).thenNothing());
  it('stops', () => spec.given(connected('without')).when(stop, changed).then(stopped));
  it('stops once', () => spec.given(connected('without'), stopped).when(stop, changed).thenNothing());

  it('takes new credentials', () => spec.given(connected('without')).when(replace, changed).then(replaced));
  it('says nothing of the same credentials', () => spec.given(connected('without')).when(replace, unchanged).thenNothing());
  it('tries the same credentials again when stopped', () =>
    spec.given(connected('without'), stopped).when(replace, unchanged).then(replaced));
  it('can stop again after new credentials', () => spec.given(connected('without'), stopped, replaced).when(stop, changed).then(stopped));
});

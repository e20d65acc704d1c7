import type { ChannelId, TenantId } from '#domain/ids.ts';
import type { ViewStore } from '#domain/ports.ts';
import type { SealedHandle } from '#domain/sealed-handle.ts';
import { CHANNEL, type ChannelView } from '#projections/channel/view.ts';
import type { Vault } from '#vault/vault.ts';
import type { WhatsAppClient } from '#infra/whatsapp/client.ts';

/** A connected number with what the machine needs to speak for it; opened for the machine itself, never shown. */
export type OpenChannel = {
  readonly tenant: TenantId;
  readonly channelId: ChannelId;
  readonly state: ChannelView['state'];
  readonly phoneNumberId: string;
  readonly accessToken: string;
  readonly appSecret: string;
  readonly verifyToken: string;
  readonly baseUrl: string;
};

export type Channels = {
  readonly view: (channelId: ChannelId) => Promise<ChannelView | null>;
  /** Null when the channel is not known (yet) or its secrets do not open. */
  readonly open: (channelId: ChannelId) => Promise<OpenChannel | null>;
  readonly client: (channel: { readonly baseUrl: string }) => WhatsAppClient;
};

type Parts = {
  readonly views: ViewStore;
  readonly vault: Vault;
  readonly defaultBaseUrl: string;
  readonly clientFor: (baseUrl: string) => WhatsAppClient;
  /** Waits until the views have seen the whole log as of now; false when they lag. */
  readonly viewsAreCurrent: () => Promise<boolean>;
};

export const createChannels = ({ views, vault, defaultBaseUrl, clientFor, viewsAreCurrent }: Parts): Channels => {
  const view = async (channelId: ChannelId): Promise<ChannelView | null> => {
    const found = await views.get<ChannelView>(CHANNEL, channelId);
    if (found !== null) return found;
    // The very first delivery may be faster than the projector.
    return (await viewsAreCurrent()) ? views.get<ChannelView>(CHANNEL, channelId) : null;
  };
  const opened = new Map<ChannelId, Opened>();
  return {
    view,
    open: async (channelId) => {
      const channel = await view(channelId);
      if (channel === null) return null;
      const known = opened.get(channelId);
      const secrets =
        known?.refs === refsOf(channel) && known.until > performance.now() ? known.secrets : await openSecrets(vault, channel);
      if (secrets === null) {
        opened.delete(channelId);
        return null;
      }
      if (secrets !== known?.secrets) opened.set(channelId, { refs: refsOf(channel), until: performance.now() + KEEP_MS, secrets });
      const { tenant, state } = channel;
      return { tenant, channelId, state, ...secrets, baseUrl: secrets.baseUrl ?? defaultBaseUrl };
    },
    client: ({ baseUrl }) => clientFor(baseUrl),
  };
};

/** Every delivery needs a channel's secrets; opened ones are kept this long, and no longer than they are the channel's. */
const KEEP_MS = 30_000;

type Secrets = Pick<OpenChannel, 'phoneNumberId' | 'accessToken' | 'appSecret' | 'verifyToken'> & { readonly baseUrl: string | null };
type Opened = { readonly refs: string; readonly until: number; readonly secrets: Secrets };

const refsOf = ({ phoneNumberId, accessToken, appSecret, verifyToken, baseUrl }: ChannelView): string =>
  [phoneNumberId, accessToken, appSecret, verifyToken, baseUrl].map((handle) => handle?.ref ?? '').join();

const openSecrets = async (vault: Vault, channel: ChannelView): Promise<Secrets | null> => {
  const { phoneNumberId, accessToken, appSecret, verifyToken, baseUrl } = channel;
  const texts = await openAll(vault, [phoneNumberId, accessToken, appSecret, verifyToken]);
  const [number, token, secret, verify] = texts;
  if (number === undefined || token === undefined || secret === undefined || verify === undefined) return null;
  const [ownBaseUrl] = baseUrl === null ? [] : await openAll(vault, [baseUrl]);
  return { phoneNumberId: number, accessToken: token, appSecret: secret, verifyToken: verify, baseUrl: ownBaseUrl ?? null };
};

/** The texts of all handles, or none when one is missing or does not open. */
const openAll = async (vault: Vault, handles: readonly (SealedHandle | null)[]): Promise<readonly string[]> => {
  const present = handles.filter((handle) => handle !== null);
  if (present.length < handles.length) return [];
  const opened = await vault.open(present);
  const texts = opened.flatMap((each) => (each.kind === 'value' ? [each.value] : []));
  return texts.length === handles.length ? texts : [];
};

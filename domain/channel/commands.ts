import type { ChannelId } from '../ids.ts';
import type { Plain } from '../personal.ts';
import type { channelStops, providers } from './events.ts';

export type ChannelCommand =
  | {
      readonly type: 'ConnectChannel';
      readonly channelId: ChannelId;
      readonly provider: (typeof providers)[number];
      readonly label: Plain;
      readonly displayNumber: Plain;
      readonly phoneNumberId: Plain;
      readonly accessToken: Plain;
      readonly appSecret: Plain;
      readonly verifyToken: Plain;
      readonly baseUrl: Plain | null;
    }
  | { readonly type: 'ReplaceCredentials'; readonly accessToken: Plain; readonly appSecret: Plain }
  | { readonly type: 'ConfirmHandshake' }
  | { readonly type: 'StopChannel'; readonly reason: (typeof channelStops)[number]; readonly providerCode: number };

/** `credentialsUnchanged`: the given token and app secret are the sealed ones; compared outside, by the machine. */
export type ChannelFacts = { readonly credentialsUnchanged: boolean };

import { z } from 'zod';
import { defineEvents, type EventOf } from '../define-events.ts';
import { idOf, timeSchema } from '../ids.ts';
import type { Form } from '../personal.ts';

export const providers = ['meta', 'simulator'] as const;
export const channelStops = ['token', 'permission', 'policy'] as const;

/** A WhatsApp Business number. Its token and secrets are sealed under the channel's own key. Stream `<organisation>.channel-<channel>`. */
export const channelEvents = defineEvents({
  ChannelConnected: {
    version: 1,
    says: 'A WhatsApp number was connected.',
    data: { channelId: idOf<'channel'>(), provider: z.enum(providers), connectedAt: timeSchema },
    personal: {
      label: { class: 'profile', purposes: ['name-the-organisation'] },
      displayNumber: { class: 'profile', purposes: ['name-the-organisation'] },
      phoneNumberId: { class: 'profile', purposes: ['connect-whatsapp'], tag: 'phoneNumberId', sharedWith: 'meta' },
      accessToken: { class: 'credential', purposes: ['connect-whatsapp'], sharedWith: 'meta' },
      appSecret: { class: 'credential', purposes: ['connect-whatsapp'] },
      verifyToken: { class: 'credential', purposes: ['connect-whatsapp'] },
      baseUrl: { class: 'credential', purposes: ['connect-whatsapp'], optional: true },
    },
    subject: 'channelId',
  },
  ChannelCredentialsReplaced: {
    version: 1,
    says: 'The number’s token or app secret was replaced.',
    data: { channelId: idOf<'channel'>(), replacedAt: timeSchema },
    personal: {
      accessToken: { class: 'credential', purposes: ['connect-whatsapp'], sharedWith: 'meta' },
      appSecret: { class: 'credential', purposes: ['connect-whatsapp'] },
    },
    subject: 'channelId',
  },
  ChannelHandshaken: {
    version: 1,
    says: 'WhatsApp confirmed the webhook address.',
    data: { channelId: idOf<'channel'>(), confirmedAt: timeSchema },
    personal: {},
    subject: null,
  },
  ChannelStopped: {
    version: 1,
    says: 'Sending stopped: WhatsApp no longer accepts the number’s credentials.',
    data: { channelId: idOf<'channel'>(), reason: z.enum(channelStops), providerCode: z.number().int(), stoppedAt: timeSchema },
    personal: {},
    subject: null,
  },
});

export type ChannelEvent<F extends Form> = EventOf<typeof channelEvents, F>;

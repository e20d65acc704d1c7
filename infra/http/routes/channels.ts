import type { FastifyPluginAsyncZod } from '@fastify/type-provider-zod';
import { z } from 'zod';
import { id } from '../schemas/ids.ts';
import { channel } from '../schemas/privacy.ts';
import { listOf } from '../schemas/shown.ts';
import { definite, doneOf, type Parts } from './parts.ts';

const TAGS = ['channels'];
const secret = z.string().min(1).max(1_024);
const body = z.strictObject({
  label: z.string().min(1).max(120),
  phoneNumberId: z.string().regex(/^\d{1,32}$/),
  accessToken: secret,
  appSecret: secret,
  baseUrl: z
    .url({ protocol: /^https?$/ })
    .max(256)
    .optional(),
});

export const channelRoutes =
  ({ product: { application }, access }: Parts): FastifyPluginAsyncZod =>
  async (app) => {
    app.get(
      '/channels',
      { schema: { tags: TAGS, summary: 'List channels', response: { 200: z.object({ channels: listOf(channel) }) } } },
      async (request) => doneOf(await application.channels(access.viewer(request))),
    );
    app.post(
      '/channels',
      {
        schema: {
          tags: TAGS,
          summary: 'Connect a WhatsApp number',
          description: 'Token and app secret are sealed; they are never given back.',
          body,
          response: { 200: z.object({ channelId: id }) },
        },
      },
      async (request) => doneOf(await application.connectChannel(access.viewer(request), definite(request.body))),
    );
    app.post(
      '/channels/simulator',
      {
        schema: {
          tags: TAGS,
          summary: 'Connect a number of the simulator',
          response: { 200: z.object({ channelId: id, phonePage: z.string() }) },
        },
      },
      async (request) => doneOf(await application.connectSimulator(access.viewer(request))),
    );
  };

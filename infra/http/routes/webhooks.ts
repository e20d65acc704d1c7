import type { FastifyPluginAsyncZod } from '@fastify/type-provider-zod';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { type ChannelId, parseId } from '#domain/ids.ts';
import type { Product, WebhookAnswer } from '../../app/product.ts';
import { MAX_WEBHOOK_BYTES } from '../limits.ts';
import { fault } from '../problems.ts';

const channel = z.object({ channel: z.string() });
const challenge = z.object({
  'hub.mode': z.string().max(64),
  'hub.verify_token': z.string().max(512),
  'hub.challenge': z.string().regex(/^[\w.-]{1,256}$/),
});

/** Meta's side of a channel. No rate limit: what is not taken in comes again, and a refused delivery would be lost in the end. */
export const webhookRoutes =
  (product: Product): FastifyPluginAsyncZod =>
  async (app) => {
    // The signature is over the bytes as they came, whatever their type is said to be.
    app.removeAllContentTypeParsers();
    app.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit: MAX_WEBHOOK_BYTES }, (_request, body, done) => done(null, body));
    app.get('/whatsapp/:channel', { schema: { params: channel, querystring: challenge, hide: true } }, async (request, reply) => {
      const { 'hub.mode': mode, 'hub.verify_token': token, 'hub.challenge': echo } = request.query;
      if (!(await product.webhook.handshake(channelOf(request.params.channel), mode, token))) throw fault('wrong-verify-token');
      return reply.type('text/plain').send(echo);
    });
    app.post('/whatsapp/:channel', { schema: { params: channel, hide: true }, bodyLimit: MAX_WEBHOOK_BYTES }, async (request, reply) => {
      const bytes = request.body instanceof Uint8Array ? request.body : new Uint8Array();
      const signature = request.headers['x-hub-signature-256'];
      const given = typeof signature === 'string' ? signature : null;
      return answer(reply, await product.webhook.receive(channelOf(request.params.channel), bytes, given));
    });
  };

const channelOf = (text: string): ChannelId => {
  const id = parseId<'channel'>(text);
  if (id === null) throw fault('unknown-channel');
  return id;
};

const answer = (reply: FastifyReply, result: WebhookAnswer): FastifyReply => {
  switch (result.status) {
    case 200:
      return reply.code(200).send();
    case 400:
      throw fault(result.code, { place: result.place });
    case 401:
    case 404:
    case 503:
      throw fault(result.code);
  }
};

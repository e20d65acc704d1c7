import type { FastifyPluginAsyncZod } from '@fastify/type-provider-zod';
import { fault } from '../problems.ts';
import type { Parts } from './parts.ts';

export const streamRoutes =
  ({ access, streams }: Parts): FastifyPluginAsyncZod =>
  async (app) => {
    app.get(
      '/stream',
      {
        schema: {
          tags: ['stream'],
          summary: 'Changes as server-sent events',
          description:
            'Event `changed`: `{position, views: [{name, id}]}`, only of the own organisation. It names views and ids, never values.',
          produces: ['text/event-stream'],
        },
      },
      async (request, reply) => {
        const token = access.tokenOf(request);
        if (token === null) throw fault('not-signed-in');
        const { sessionId, tenant } = access.viewer(request);
        if (!streams.hasRoom(sessionId)) throw fault('too-many-streams');
        reply.hijack();
        streams.open({ response: reply.raw, sessionId, tenant, holds: () => access.holds(token) });
      },
    );
  };

import type { FastifyPluginAsyncZod } from '@fastify/type-provider-zod';
import { auditRoutes } from './audit.ts';
import { channelRoutes } from './channels.ts';
import { contactRoutes } from './contacts.ts';
import { conversationRoutes } from './conversations.ts';
import { dashboardRoutes } from './dashboard.ts';
import { erasureRoutes } from './erasures.ts';
import { mediaRoutes } from './media.ts';
import { messageRoutes } from './messages.ts';
import { NO_STORE, type Parts } from './parts.ts';
import { peopleRoutes } from './people.ts';
import { searchRoutes } from './search.ts';
import { accountRoutes, signInRoutes } from './session.ts';
import { streamRoutes } from './stream.ts';
import { systemRoutes } from './system.ts';

/** `/api/v1`. Everything but signing in asks for the viewer before it reads the body. */
export const apiRoutes =
  (parts: Parts): FastifyPluginAsyncZod =>
  async (app) => {
    app.addHook('onSend', async (_request, reply) => {
      reply.header('cache-control', NO_STORE);
    });
    await app.register(signInRoutes(parts));
    await app.register(async (inside) => {
      inside.addHook('onRequest', parts.access.require);
      for (const routes of SIGNED_IN) await inside.register(routes(parts));
    });
  };

const SIGNED_IN = [
  accountRoutes,
  conversationRoutes,
  searchRoutes,
  messageRoutes,
  contactRoutes,
  erasureRoutes,
  auditRoutes,
  dashboardRoutes,
  channelRoutes,
  peopleRoutes,
  mediaRoutes,
  systemRoutes,
  streamRoutes,
];

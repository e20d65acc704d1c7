import type { FastifyPluginAsyncZod } from '@fastify/type-provider-zod';
import { z } from 'zod';
import { attachment } from '../content-disposition.ts';
import { idParam } from '../schemas/ids.ts';
import { erasure } from '../schemas/privacy.ts';
import { listOf } from '../schemas/shown.ts';
import { doneOf, type Parts } from './parts.ts';

const TAGS = ['privacy'];
const params = z.object({ id: idParam<'erasure'>() });

export const erasureRoutes =
  ({ product: { application }, access }: Parts): FastifyPluginAsyncZod =>
  async (app) => {
    app.get(
      '/erasures',
      { schema: { tags: TAGS, summary: 'List erasures', response: { 200: z.object({ erasures: listOf(erasure) }) } } },
      async (request) => doneOf(await application.erasures(access.viewer(request))),
    );
    app.get(
      '/erasures/:id',
      { schema: { tags: TAGS, summary: 'How far an erasure is', params, response: { 200: erasure } } },
      async (request) => {
        return doneOf(await application.erasure(access.viewer(request), request.params.id)).erasure;
      },
    );
    app.get(
      '/erasures/:id/certificate',
      {
        schema: {
          tags: TAGS,
          summary: 'The signed certificate',
          description: 'The exact bytes that `npx vconnect verify` checks.',
          params,
          produces: ['application/json'],
        },
      },
      async (request, reply) => {
        const { bytes, fileName } = doneOf(await application.certificate(access.viewer(request), request.params.id));
        return reply.type('application/json').header('content-disposition', attachment(fileName)).send(Buffer.from(bytes));
      },
    );
  };

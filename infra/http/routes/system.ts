import type { FastifyPluginAsyncZod } from '@fastify/type-provider-zod';
import { z } from 'zod';
import { replayed, systemPage } from '../schemas/system.ts';
import { doneOf, type Parts } from './parts.ts';

const TAGS = ['system'];
const params = z.object({ name: z.string().max(64).describe('Name of a projection, as the list has it') });
const body = z.strictObject({ stream: z.string().max(128).describe('The stream, as the list has it') });

export const systemRoutes =
  ({ product: { application }, access }: Parts): FastifyPluginAsyncZod =>
  async (app) => {
    app.get(
      '/system/projections',
      {
        schema: {
          tags: TAGS,
          summary: 'See how far the read models are, and what they set aside of this organisation',
          response: { 200: systemPage },
        },
      },
      async (request) => doneOf(await application.systemStatus(access.viewer(request))),
    );
    app.post(
      '/system/projections/:name/replay',
      {
        schema: {
          tags: TAGS,
          summary: 'Take a parked stream up again',
          description:
            'After a repair of the program. The read model is then as if it had never failed; or it says with which code it fails again.',
          params,
          body,
          response: { 200: replayed },
        },
      },
      async (request) => doneOf(await application.replayParked(access.viewer(request), request.params.name, request.body.stream)),
    );
  };

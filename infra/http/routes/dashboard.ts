import type { FastifyPluginAsyncZod } from '@fastify/type-provider-zod';
import { z } from 'zod';
import { dashboardPage } from '../schemas/dashboard.ts';
import { doneOf, type Parts } from './parts.ts';

const DEFAULT_DAYS = 30;

const query = z.strictObject({
  days: z
    .enum(['7', '30', '90'])
    .optional()
    .describe(`Days, today included; ${String(DEFAULT_DAYS)} when left out`)
    .transform((days) => (days === '7' ? 7 : days === '90' ? 90 : DEFAULT_DAYS)),
});

export const dashboardRoutes =
  ({ product: { application }, access }: Parts): FastifyPluginAsyncZod =>
  async (app) => {
    app.get(
      '/dashboard',
      {
        schema: { tags: ['dashboard'], summary: 'Read the figures of the last days', querystring: query, response: { 200: dashboardPage } },
      },
      async (request) => doneOf(await application.dashboard(access.viewer(request), request.query.days)),
    );
  };

import type { FastifyPluginAsyncZod } from '@fastify/type-provider-zod';
import { z } from 'zod';
import { PAGE_LIMIT } from '../limits.ts';
import { idParam, timeParam } from '../schemas/ids.ts';
import { auditKind, auditPage } from '../schemas/privacy.ts';
import { definite, doneOf, type Parts } from './parts.ts';

const query = z.strictObject({
  actor: idParam<'account'>().optional(),
  subject: z
    .string()
    .regex(/^[0-9a-f]{32}$/)
    .optional()
    .describe('Id of a contact, account or channel'),
  kind: auditKind.optional(),
  from: timeParam.optional(),
  to: timeParam.optional(),
  after: z.string().max(512).optional(),
  limit: z.coerce.number().int().min(1).max(PAGE_LIMIT).optional(),
});

export const auditRoutes =
  ({ product: { application }, access }: Parts): FastifyPluginAsyncZod =>
  async (app) => {
    app.get(
      '/audit',
      { schema: { tags: ['audit'], summary: 'Read the trail, newest first', querystring: query, response: { 200: auditPage } } },
      async (request) => doneOf(await application.audit(access.viewer(request), definite(request.query))),
    );
  };

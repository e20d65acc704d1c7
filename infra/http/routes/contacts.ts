import type { FastifyPluginAsyncZod } from '@fastify/type-provider-zod';
import { z } from 'zod';
import { contactCard } from '../schemas/conversations.ts';
import { id, idParam } from '../schemas/ids.ts';
import { erasurePreview, purpose, reason } from '../schemas/privacy.ts';
import { cursor, listOf } from '../schemas/shown.ts';
import { commandHeaders, commandIdOf, definite, doneOf, type Parts } from './parts.ts';

const TAGS = ['contacts'];
const params = z.object({ id: idParam<'contact'>() });

export const contactRoutes =
  ({ product: { application }, access }: Parts): FastifyPluginAsyncZod =>
  async (app) => {
    app.get(
      '/contacts',
      {
        schema: {
          tags: TAGS,
          summary: 'List contacts, masked, newest first',
          querystring: z.strictObject({ after: z.string().max(512).optional() }),
          response: { 200: z.object({ contacts: listOf(contactCard), next: cursor }) },
        },
      },
      async (request) => doneOf(await application.contacts(access.viewer(request), definite(request.query))),
    );
    app.get(
      '/contacts/:id',
      { schema: { tags: TAGS, summary: 'Read a contact', params, response: { 200: contactCard } } },
      async (request) => {
        return doneOf(await application.contact(access.viewer(request), request.params.id)).contact;
      },
    );
    app.post(
      '/contacts/:id/reveal',
      {
        schema: {
          tags: TAGS,
          summary: 'Read a contact unmasked, for a purpose',
          description: 'The reveal is recorded before the answer leaves.',
          params,
          body: z.strictObject({ purpose }),
          response: { 200: contactCard },
        },
      },
      async (request) => doneOf(await application.revealContact(access.viewer(request), request.params.id, request.body.purpose)).contact,
    );
    app.get(
      '/contacts/:id/erasure',
      { schema: { tags: ['privacy'], summary: 'What an erasure would remove', params, response: { 200: erasurePreview } } },
      async (request) => doneOf(await application.previewErasure(access.viewer(request), request.params.id)).preview,
    );
    app.post(
      '/contacts/:id/erasure',
      {
        schema: {
          tags: ['privacy'],
          summary: 'Erase a person',
          description:
            'Cannot be undone. `confirmation` is the certificate number of the preview. The salt is told once and not kept: with it the person can prove that the certificate is about them.',
          headers: commandHeaders,
          params,
          body: z.strictObject({ reason, confirmation: z.string().max(32) }),
          response: { 202: z.object({ erasureId: id, salt: z.string() }) },
        },
      },
      async (request, reply) => {
        const input = { contactId: request.params.id, commandId: commandIdOf(request), ...request.body };
        const { erasureId, salt } = doneOf(await application.erase(access.viewer(request), input));
        return reply.code(202).header('location', `/api/v1/erasures/${erasureId}`).send({ erasureId, salt });
      },
    );
  };

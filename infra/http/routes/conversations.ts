import type { FastifyPluginAsyncZod } from '@fastify/type-provider-zod';
import { z } from 'zod';
import { PAGE_LIMIT } from '../limits.ts';
import { conversation, inboxFilters, inboxPage } from '../schemas/conversations.ts';
import { idParam } from '../schemas/ids.ts';
import { done } from '../schemas/shown.ts';
import { commandHeaders, commandIdOf, definite, DONE, doneOf, type Parts } from './parts.ts';

const TAGS = ['conversations'];
const limit = z.coerce.number().int().min(1).max(PAGE_LIMIT).optional();
const params = z.object({ id: idParam<'conversation'>() });
const NOTE_LENGTH = 4_096;

export const conversationRoutes =
  ({ product: { application }, access }: Parts): FastifyPluginAsyncZod =>
  async (app) => {
    app.get(
      '/conversations',
      {
        schema: {
          tags: TAGS,
          summary: 'List conversations',
          querystring: z.strictObject({ filter: z.enum(inboxFilters).default('open'), after: z.string().max(512).optional(), limit }),
          response: { 200: inboxPage },
        },
      },
      async (request) => doneOf(await application.inbox(access.viewer(request), definite(request.query))),
    );
    app.get(
      '/conversations/:id',
      {
        schema: {
          tags: TAGS,
          summary: 'Read a conversation',
          description: 'Opens personal values: the reveal is recorded.',
          params,
          querystring: z.strictObject({ before: z.string().max(512).optional(), limit }),
          response: { 200: conversation },
        },
      },
      async (request) =>
        doneOf(await application.conversation(access.viewer(request), request.params.id, definite(request.query))).conversation,
    );
    app.post(
      '/conversations/:id/assign',
      {
        schema: {
          tags: TAGS,
          summary: 'Assign to a person, or to nobody',
          params,
          body: z.strictObject({ assignee: idParam<'account'>().nullable() }),
          response: { 200: done },
        },
      },
      async (request) => {
        doneOf(await application.assign(access.viewer(request), request.params.id, request.body.assignee));
        return DONE;
      },
    );
    for (const [verb, summary, act] of [
      ['resolve', 'Resolve', application.resolve],
      ['reopen', 'Open again', application.reopen],
      ['read', 'Mark as read', application.markRead],
    ] as const) {
      app.post(`/conversations/:id/${verb}`, { schema: { tags: TAGS, summary, params, response: { 200: done } } }, async (request) => {
        doneOf(await act(access.viewer(request), request.params.id));
        return DONE;
      });
    }
    app.post(
      '/conversations/:id/notes',
      {
        schema: {
          tags: TAGS,
          summary: 'Add a note',
          headers: commandHeaders,
          params,
          body: z.strictObject({ text: z.string().min(1).max(NOTE_LENGTH) }),
          response: { 200: done },
        },
      },
      async (request) => {
        const input = { conversationId: request.params.id, commandId: commandIdOf(request), text: request.body.text };
        doneOf(await application.addNote(access.viewer(request), input));
        return DONE;
      },
    );
  };

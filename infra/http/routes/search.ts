import type { FastifyPluginAsyncZod } from '@fastify/type-provider-zod';
import { z } from 'zod';
import { MAX_TERM_LENGTH } from '../../app/search-term.ts';
import { searchPage } from '../schemas/conversations.ts';
import { doneOf, type Parts } from './parts.ts';

export const searchRoutes =
  ({ product: { application }, access }: Parts): FastifyPluginAsyncZod =>
  async (app) => {
    app.post(
      '/search',
      {
        schema: {
          tags: ['conversations'],
          summary: 'Find the conversations of a person',
          description:
            'By whole words of the name in any order, a whole phone number (with its country, or as it is dialled in the country of one of your numbers), an e-mail address, or a business-scoped id. ' +
            'The term stands in the body, never in the address, and is recorded nowhere; that a search was made, and how many people it found, is recorded. Erased people are not found. 429 `search-limit`: this account has searched too often within an hour.',
          body: z.strictObject({ term: z.string().min(1).max(MAX_TERM_LENGTH) }),
          response: { 200: searchPage },
        },
      },
      async (request) => doneOf(await application.search(access.viewer(request), request.body.term)),
    );
  };

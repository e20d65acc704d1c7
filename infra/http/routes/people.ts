import type { FastifyPluginAsyncZod } from '@fastify/type-provider-zod';
import { z } from 'zod';
import { id, idParam } from '../schemas/ids.ts';
import { done, listOf, person, personDetail, role } from '../schemas/shown.ts';
import { DONE, doneOf, type Parts } from './parts.ts';

const TAGS = ['people'];
const params = z.object({ id: idParam<'account'>() });
const body = z.strictObject({
  name: z.string().min(1).max(120),
  email: z.email().max(254),
  role,
  password: z.string().min(1).max(1_024),
});

export const peopleRoutes =
  ({ product: { application }, access }: Parts): FastifyPluginAsyncZod =>
  async (app) => {
    app.get(
      '/people',
      {
        schema: {
          tags: TAGS,
          summary: 'List the people of the organisation',
          response: { 200: z.object({ people: listOf(personDetail) }) },
        },
      },
      async (request) => doneOf(await application.people(access.viewer(request))),
    );
    app.get(
      '/colleagues',
      { schema: { tags: TAGS, summary: 'Who can be assigned', response: { 200: z.object({ colleagues: listOf(person) }) } } },
      async (request) => ({ colleagues: await application.colleagues(access.viewer(request)) }),
    );
    app.post(
      '/people',
      { schema: { tags: TAGS, summary: 'Add a person', body, response: { 200: z.object({ accountId: id }) } } },
      async (request) => doneOf(await application.addPerson(access.viewer(request), request.body)),
    );
    app.patch(
      '/people/:id',
      { schema: { tags: TAGS, summary: 'Change a role', params, body: z.strictObject({ role }), response: { 200: done } } },
      async (request) => {
        doneOf(await application.changeRole(access.viewer(request), request.params.id, request.body.role));
        return DONE;
      },
    );
    app.delete('/people/:id', { schema: { tags: TAGS, summary: 'Remove a person', params, response: { 200: done } } }, async (request) => {
      doneOf(await application.removePerson(access.viewer(request), request.params.id));
      return DONE;
    });
  };

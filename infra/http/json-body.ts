import type { FastifyInstance } from 'fastify';
import { firstJsonError, placeOf } from '../json-error.ts';
import { fault } from './problems.ts';

/** Reads `application/json` so that a malformed body is answered with the place. The runtime's own message would quote the body. */
export const readJson = (app: FastifyInstance): void => {
  app.removeContentTypeParser(['application/json', 'text/plain']);
  app.addContentTypeParser('application/json', { parseAs: 'string' }, (_request, body, done) => {
    const text = body.toString();
    // `DELETE` and verbs without input come with the header and without a body.
    if (text === '') {
      done(null, undefined);
      return;
    }
    try {
      done(null, JSON.parse(text));
    } catch {
      const { line, column } = placeOf(text, firstJsonError(text) ?? text.length);
      done(fault('malformed-json', { place: { line, column } }));
    }
  });
};

import type { FastifyPluginAsyncZod } from '@fastify/type-provider-zod';
import { z } from 'zod';
import { attachment, inline } from '../content-disposition.ts';
import { idParam } from '../schemas/ids.ts';
import { doneOf, type Parts } from './parts.ts';

/** Pictures that no browser runs as anything else. Everything else, SVG and HTML above all, is saved and not shown. */
const SHOWN_INLINE: ReadonlySet<string> = new Set(['image/jpeg', 'image/png', 'image/webp', 'image/gif']);
/** If a browser shows the answer as a page all the same, it stands in a box without scripts, forms and origin. */
const SANDBOX = "default-src 'none'; sandbox";

export const mediaRoutes =
  ({ product: { application }, access }: Parts): FastifyPluginAsyncZod =>
  async (app) => {
    app.get(
      '/media/:id',
      {
        schema: {
          tags: ['messages'],
          summary: "A message's file",
          description: 'The reveal is recorded before the bytes leave.',
          params: z.object({ id: idParam<'message'>() }),
          produces: ['application/octet-stream'],
        },
      },
      async (request, reply) => {
        const { bytes, type, fileName } = doneOf(await application.media(access.viewer(request), request.params.id));
        const kind = type.split(';', 1)[0]?.trim().toLowerCase() ?? '';
        const shown = SHOWN_INLINE.has(kind);
        return reply
          .type(shown ? kind : 'application/octet-stream')
          .header('content-disposition', shown ? inline(fileName) : attachment(fileName))
          .header('content-security-policy', SANDBOX)
          .send(Buffer.from(bytes));
      },
    );
  };

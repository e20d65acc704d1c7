import { orErrorPage, viewerOf } from '#lib/server/answers.server.ts';
import { idFrom } from '#lib/server/form.server.ts';
import type { RequestHandler } from './$types';

/** The signed bytes as they are: one changed byte would break the proof. */
export const GET: RequestHandler = async ({ locals, params }) => {
  const { bytes, fileName } = orErrorPage(await locals.application.certificate(viewerOf(locals), idFrom<'erasure'>(params.id)));
  return new Response(new Uint8Array(bytes), {
    headers: {
      'content-type': 'application/json',
      'content-disposition': `attachment; filename="${fileName.replaceAll(/[^\w.-]/gu, '_')}"`,
      'content-length': String(bytes.byteLength),
    },
  });
};

import type { FastifyPluginAsyncZod } from '@fastify/type-provider-zod';
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { Upload } from '#projections/pages.ts';
import { MAX_FORM_BYTES, PAGE_LIMIT } from '../limits.ts';
import { fault } from '../problems.ts';
import { messagesPage } from '../schemas/conversations.ts';
import { id, idParam } from '../schemas/ids.ts';
import { done } from '../schemas/shown.ts';
import { commandHeaders, commandIdOf, definite, DONE, doneOf, type Parts } from './parts.ts';

const TAGS = ['messages'];
/** The Cloud API's limit of a text message, in characters. */
const TEXT_LENGTH = 4_096;
const params = z.object({ id: idParam<'conversation'>() });
const upload = z.custom<Upload>((value) => typeof value === 'object' && value !== null && uploads.has(value));
const reply = z.strictObject({
  text: z.string().max(TEXT_LENGTH).default(''),
  replyTo: idParam<'message'>().optional().describe('The message that is answered'),
  file: upload.optional().describe('Only in multipart/form-data: one image or document of at most 16 MB'),
});

export const messageRoutes =
  ({ product: { application }, access }: Parts): FastifyPluginAsyncZod =>
  async (app) => {
    app.get(
      '/conversations/:id/messages',
      {
        schema: {
          tags: TAGS,
          summary: 'Read messages, notes and events of a conversation',
          description: 'Opens personal values: the reveal is recorded.',
          params,
          querystring: z.strictObject({
            before: z.string().max(512).optional(),
            limit: z.coerce.number().int().min(1).max(PAGE_LIMIT).optional(),
          }),
          response: { 200: messagesPage },
        },
      },
      async (request) =>
        doneOf(await application.conversation(access.viewer(request), request.params.id, definite(request.query))).conversation,
    );
    app.post(
      '/conversations/:id/messages',
      {
        bodyLimit: MAX_FORM_BYTES,
        preValidation: readForm,
        schema: {
          tags: TAGS,
          summary: 'Reply',
          description: 'As JSON, or as multipart/form-data with the same fields and a file. The answer means: durable, and on its way.',
          consumes: ['application/json', 'multipart/form-data'],
          headers: commandHeaders,
          params,
          body: reply,
          response: { 200: z.object({ messageId: id, position: z.string() }) },
        },
      },
      async (request) => {
        const { text, replyTo, file } = request.body;
        const input = {
          conversationId: request.params.id,
          commandId: commandIdOf(request),
          text,
          upload: file ?? null,
          ...(replyTo && { replyTo }),
        };
        return doneOf(await application.reply(access.viewer(request), input));
      },
    );
    app.post(
      '/messages/:id/retry',
      {
        schema: {
          tags: TAGS,
          summary: 'Send a failed reply again',
          params: z.object({ id: idParam<'message'>() }),
          response: { 200: done },
        },
      },
      async (request) => {
        doneOf(await application.retry(access.viewer(request), request.params.id));
        return DONE;
      },
    );
  };

/** Uploads that `readForm` made: JSON cannot pose as one. */
const uploads = new WeakSet<object>();

/** A form becomes the same body as JSON has. Fields come as text, one file as bytes; what exceeds the limits is answered 413. */
const readForm = async (request: FastifyRequest): Promise<void> => {
  if (!request.isMultipart()) return;
  const body = new Map<string, unknown>();
  for await (const part of request.parts()) {
    if (body.has(part.fieldname)) throw fault('invalid-request', { errors: [{ at: 'body', expected: 'each field once' }] });
    body.set(
      part.fieldname,
      part.type === 'field' ? part.value : remember({ bytes: await part.toBuffer(), type: part.mimetype, fileName: part.filename }),
    );
  }
  request.body = Object.fromEntries(body);
};

const remember = (file: Upload): Upload => {
  uploads.add(file);
  return file;
};

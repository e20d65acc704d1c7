/** How the control side says no. */
import type { FastifyReply } from 'fastify';
import type { z } from 'zod';

export function badRequest(reply: FastifyReply, error: z.ZodError): FastifyReply {
  const issue = error.issues[0];
  return reply.code(400).send({ code: 'bad-request', path: issue?.path.join('.') ?? '', message: issue?.message ?? 'bad request' });
}

export function notFound(reply: FastifyReply, message: string): FastifyReply {
  return reply.code(404).send({ code: 'not-found', message });
}

export function conflict(reply: FastifyReply, message: string): FastifyReply {
  return reply.code(409).send({ code: 'conflict', message });
}

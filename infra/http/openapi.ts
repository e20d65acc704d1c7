import swagger from '@fastify/swagger';
import { jsonSchemaTransform, jsonSchemaTransformObject } from '@fastify/type-provider-zod';
import type { FastifyInstance, FastifyPluginAsync } from 'fastify';
import { renderDocs } from './docs-page.ts';
import { SESSION_COOKIE } from './access.ts';

/** Collects the schemas of all routes that are registered after it. */
export const describeApi = async (app: FastifyInstance): Promise<void> => {
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'V Connect',
        version: '1',
        description:
          'Personal values come as `{state: value | erased | unavailable | tampered | absent}`: never blank, never guessed. Errors are `application/problem+json` with a stable `code`. Lists come in pages with an opaque cursor.',
      },
      security: [{ bearer: [] }, { cookie: [] }],
      components: {
        securitySchemes: {
          bearer: { type: 'http', scheme: 'bearer', description: 'Made by `npx vconnect token` or in the settings.' },
          cookie: {
            type: 'apiKey',
            in: 'cookie',
            name: SESSION_COOKIE,
            description: 'Of a signed-in browser; changes must come from the same origin.',
          },
        },
      },
    },
    transform: withProblem,
    // Schemas with an id (`.meta({ id })`) stand once, under components.
    transformObject: jsonSchemaTransformObject,
  });
};

/** Every operation may fail, and all in the same form. */
const withProblem: typeof jsonSchemaTransform = (input) => {
  const { schema, url } = jsonSchemaTransform(input);
  const { response }: { readonly response?: unknown } = schema;
  return { url, schema: { ...schema, response: { ...(typeof response === 'object' ? response : { 200: BYTES }), default: PROBLEM } } };
};

const text = { type: 'string' } as const;
const PROBLEM = {
  description: 'What went wrong (RFC 9457)',
  content: {
    'application/problem+json': {
      schema: {
        type: 'object',
        required: ['type', 'title', 'status', 'code'],
        properties: {
          type: text,
          title: text,
          status: { type: 'integer' },
          code: { ...text, description: 'Stable: match on it' },
          place: { description: 'Where the body is wrong: a path, or line and column' },
          errors: { type: 'array', items: { type: 'object', properties: { at: text, expected: text } } },
        },
      },
    },
  },
} as const;
const BYTES = { description: 'Bytes or events, as described' } as const;

export const docsRoutes: FastifyPluginAsync = async (app) => {
  app.get('/openapi.json', { schema: { hide: true } }, async (_request, reply) =>
    reply.type('application/json').send(JSON.stringify(app.swagger())),
  );
  app.get('/docs', { schema: { hide: true } }, async (_request, reply) => {
    const { html, csp } = renderDocs(app.swagger());
    return reply.type('text/html').header('content-security-policy', csp).send(html);
  });
};

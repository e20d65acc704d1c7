import type { FastifyPluginAsyncZod } from '@fastify/type-provider-zod';
import { z } from 'zod';
import { permissions } from '#projections/shown.ts';
import { refuseOtherSites, SESSION_COOKIE } from '../access.ts';
import { tooManyRequests } from '../problems.ts';
import { id, idParam, time } from '../schemas/ids.ts';
import { done, listOf, personDetail, role, shown } from '../schemas/shown.ts';
import { seenOf } from '../seen.ts';
import { DONE, doneOf, type Parts } from './parts.ts';

const TAGS = ['session'];
const credentials = z.strictObject({ email: z.email().max(254), password: z.string().min(1).max(1_024) });
const signedIn = z.object({ token: z.string(), expiresAt: time, accountId: id, organisation: id, role });
/** Longest life of an API token, in days. */
const TOKEN_DAYS = 365;

export const signInRoutes =
  ({ product, signIns }: Parts): FastifyPluginAsyncZod =>
  async (app) => {
    app.post(
      '/session',
      {
        schema: {
          tags: TAGS,
          summary: 'Sign in',
          description: 'Sets the session cookie and gives the same token.',
          security: [],
          body: credentials,
          response: { 200: signedIn },
        },
        onRequest: async (request) => {
          refuseOtherSites(request);
          const seconds = signIns.wait(seenOf(request.raw).address ?? 'nowhere');
          if (seconds > 0) throw tooManyRequests(seconds);
        },
      },
      async (request, reply) => {
        const { address, secure } = seenOf(request.raw);
        const device = request.headers['user-agent']?.slice(0, 256) ?? null;
        const { token, expiresAt, viewer } = doneOf(await product.application.signIn({ ...request.body, address, device }));
        reply.setCookie(SESSION_COOKIE, token, { path: '/', httpOnly: true, sameSite: 'lax', secure, expires: new Date(expiresAt) });
        return { token, expiresAt, accountId: viewer.accountId, organisation: viewer.tenant, role: viewer.role };
      },
    );
  };

const me = z.object({
  person: personDetail,
  organisation: z.object({ id, name: shown, sample: z.boolean() }),
  permissions: listOf(z.enum(permissions)),
});
const sessions = z.object({ sessions: listOf(z.object({ sessionId: id, startedAt: time, lastSeenAt: time, current: z.boolean() })) });
const tokens = z.object({
  tokens: listOf(z.object({ tokenId: z.string(), createdAt: time, expiresAt: time, lastUsedAt: time.nullable() })),
});

/** The viewer's own sessions and tokens. */
export const accountRoutes =
  ({ product: { application }, access }: Parts): FastifyPluginAsyncZod =>
  async (app) => {
    app.get('/session', { schema: { tags: TAGS, summary: 'Who am I', response: { 200: me } } }, async (request) =>
      application.me(access.viewer(request)),
    );
    app.delete('/session', { schema: { tags: TAGS, summary: 'Sign out', response: { 200: done } } }, async (request, reply) => {
      await application.signOut(access.viewer(request));
      reply.clearCookie(SESSION_COOKIE, { path: '/' });
      return DONE;
    });
    app.get('/sessions', { schema: { tags: TAGS, summary: 'My sessions', response: { 200: sessions } } }, async (request) => ({
      sessions: await application.sessions(access.viewer(request)),
    }));
    app.delete(
      '/sessions/:sessionId',
      {
        schema: {
          tags: TAGS,
          summary: 'End one of my sessions',
          params: z.object({ sessionId: idParam<'session'>() }),
          response: { 200: done },
        },
      },
      async (request) => {
        doneOf(await application.revokeSession(access.viewer(request), request.params.sessionId));
        return DONE;
      },
    );
    app.get('/tokens', { schema: { tags: TAGS, summary: 'My API tokens', response: { 200: tokens } } }, async (request) => ({
      tokens: await application.tokens(access.viewer(request)),
    }));
    app.post(
      '/tokens',
      {
        schema: {
          tags: TAGS,
          summary: 'Make an API token',
          description: 'The token is shown once.',
          body: z.strictObject({ days: z.number().int().min(1).max(TOKEN_DAYS) }),
          response: { 200: z.object({ token: z.string(), expiresAt: time }) },
        },
      },
      async (request) => doneOf(await application.createToken(access.viewer(request), request.body.days)),
    );
    app.delete(
      '/tokens/:tokenId',
      {
        schema: { tags: TAGS, summary: 'Revoke an API token', params: z.object({ tokenId: z.string().max(64) }), response: { 200: done } },
      },
      async (request) => {
        doneOf(await application.revokeToken(access.viewer(request), request.params.tokenId));
        return DONE;
      },
    );
  };

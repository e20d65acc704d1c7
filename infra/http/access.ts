import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Application } from '#projections/application.ts';
import type { Viewer } from '#projections/shown.ts';
import { fault } from './problems.ts';
import { seenOf } from './seen.ts';

/** The cookie of a signed-in browser; the pages read the same one. */
export const SESSION_COOKIE = 'vc_session';

export type Access = {
  /** Hook: finds the viewer before a byte of the body is read. 401 without one; 403 for a change that another site caused. */
  readonly require: (request: FastifyRequest, reply: FastifyReply) => Promise<void>;
  /** The viewer that `require` found. */
  readonly viewer: (request: FastifyRequest) => Viewer;
  readonly tokenOf: (request: FastifyRequest) => string | null;
  /** Still signed in? Asked again while a stream is open. */
  readonly holds: (token: string) => Promise<boolean>;
};

export const createAccess = (application: Application): Access => {
  const viewers = new WeakMap<FastifyRequest, Viewer>();
  return {
    require: async (request, reply) => {
      const given = credentialOf(request);
      if (given === null) throw fault('not-signed-in');
      if (given.kind === 'cookie' && isChange(request)) requireSameOrigin(request);
      const viewer = await application.session(given.token);
      if (viewer === null) {
        if (given.kind === 'cookie') void reply.clearCookie(SESSION_COOKIE, { path: '/' });
        throw fault('session-expired');
      }
      viewers.set(request, viewer);
    },
    viewer: (request) => {
      const viewer = viewers.get(request);
      if (viewer === undefined) throw fault('not-signed-in');
      return viewer;
    },
    tokenOf: (request) => credentialOf(request)?.token ?? null,
    holds: async (token) => (await application.session(token)) !== null,
  };
};

type Credential = { readonly kind: 'bearer' | 'cookie'; readonly token: string };

const BEARER = /^Bearer ([A-Za-z0-9._~+/=-]{16,512})$/i;
const TOKEN = /^[A-Za-z0-9._~+/=-]{16,512}$/;

/** A bearer token wins: no browser sends it by itself, so it needs no check of the origin. */
const credentialOf = (request: FastifyRequest): Credential | null => {
  const { authorization } = request.headers;
  if (authorization !== undefined) {
    const token = BEARER.exec(authorization)?.[1];
    return token === undefined ? null : { kind: 'bearer', token };
  }
  const token = request.cookies[SESSION_COOKIE];
  return token !== undefined && TOKEN.test(token) ? { kind: 'cookie', token } : null;
};

const isChange = ({ method }: FastifyRequest): boolean => method !== 'GET' && method !== 'HEAD';

/**
 * A browser adds the cookie to requests that other sites cause. SameSite=Lax stops most of them; this stops the rest: the browser's own
 * word on where the request comes from (Fetch Metadata, else `Origin`), which a page cannot forge, must say that it comes from here.
 */
export const requireSameOrigin = (request: FastifyRequest): void => {
  if (!comesFromHere(request)) throw fault('cross-site-request');
};

/** For signing in, where a script without either header is welcome and another site's page is not. */
export const refuseOtherSites = (request: FastifyRequest): void => {
  const { origin } = request.headers;
  if (origin === undefined && request.headers['sec-fetch-site'] === undefined) return;
  requireSameOrigin(request);
};

const comesFromHere = ({ headers, raw }: FastifyRequest): boolean => {
  const site = headers['sec-fetch-site'];
  if (site !== undefined && site !== 'same-origin') return false;
  if (headers.origin !== undefined) return headers.origin === seenOf(raw).baseUrl;
  return site === 'same-origin';
};

import { error, redirect, type RequestEvent } from '@sveltejs/kit';
import type { Handle, HandleServerError } from '@sveltejs/kit/hooks';
import { localeFromHeader, locales, parseLocale } from '#lib/i18n/locales.ts';
import { parseTheme } from '#lib/preferences.ts';
import { rememberCookie, sessionCookie, timeZoneOf } from '#lib/server/cookies.server.ts';
import type { Application } from '#projections/application.ts';

/** Applications that are known to have an organisation: the first-run question is asked only until then. */
const ready = new WeakSet<Application>();
/** How soon to come again when a part of the server does not answer yet. */
const retrySeconds = '2';

export const handle: Handle = async ({ event, resolve }) => {
  await fillLocals(event);
  if (needsSignIn(event.route.id) && event.locals.viewer === null) redirect(303, await doorFor(event));
  const { locale, theme } = event.locals;
  const response = await resolve(event, {
    transformPageChunk: ({ html }) =>
      html.replace('%vc.lang%', locale).replace('%vc.dir%', locales[locale].dir).replace('%vc.theme%', theme),
    // The face of the interface is needed at once; the others wait until a letter asks for them.
    preload: ({ type, path }) => type !== 'font' || path.includes('inter-latin-wght') || (locale === 'ar' && path.includes('arabic-400')),
  });
  protect(response.headers);
  if (response.status === 503) response.headers.set('retry-after', retrySeconds);
  return response;
};

/** Only what is thrown on purpose is told; a fault gives its stable code, or none. No message of a fault leaves the server. */
export const handleError: HandleServerError = async (input) => {
  if (input.kind === 'app') return { code: input.error.code };
  if (input.kind !== 'unknown') return { message: input.kind, code: 'request' };
  const { error: caught, event } = input;
  const code = codeOf(caught);
  if (code === building) return { status: 503, message: code, code, progress: await progressOf(event.locals.application) };
  if (code === foreignCursor) return { status: 400, message: 'invalid-request', code: 'invalid-request' };
  process.stderr.write(`${JSON.stringify({ level: 'error', part: 'web', route: event.route.id, code, frames: framesOf(caught) })}\n`);
  return { message: code, code };
};

async function fillLocals(event: RequestEvent): Promise<void> {
  const given = event.platform?.req.vconnect;
  if (given === undefined) error(503, 'no_application', { code: 'no_application' });
  const wished = parseLocale(event.url.searchParams.get('lang'));
  if (wished) rememberCookie(event, 'vc_locale', wished);
  const token = event.cookies.get(sessionCookie);
  Object.assign(event.locals, {
    application: given.application,
    address: given.address,
    baseUrl: given.baseUrl,
    viewer: token === undefined ? null : await given.application.session(token),
    locale: wished ?? parseLocale(event.cookies.get('vc_locale')) ?? localeFromHeader(event.request.headers.get('accept-language')),
    theme: parseTheme(event.cookies.get('vc_theme')),
    timeZone: timeZoneOf(event.cookies.get('vc_tz')),
    keys: event.cookies.get('vc_keys') !== 'off',
  } satisfies App.Locals);
}

/** Closed unless a route stands in the `(open)` group; an unknown address gets its 404. */
function needsSignIn(routeId: string | null): boolean {
  return routeId !== null && !routeId.startsWith('/(open)');
}

/** Thrown by every read of a list that is being prepared; no fault to be logged, and it ends by itself. */
const building = 'VIEWS_BUILDING';
/** Thrown where an address names a place in a list that this server did not give out: the address is wrong, not the server. */
const foreignCursor = 'VIEW_CURSOR_INVALID';

/** Must not throw: whoever asks is answering a fault already. */
async function progressOf(application: Application): Promise<number> {
  try {
    return (await application.preparing()) ?? 1;
  } catch {
    return 0;
  }
}

async function doorFor(event: RequestEvent): Promise<string> {
  const { application } = event.locals;
  if (!ready.has(application)) {
    try {
      if (await application.needsSetup()) return '/setup';
      ready.add(application);
    } catch (caught) {
      // Of a folder without an organisation: the sign-in asks again, and says what it waits for.
      if (codeOf(caught) !== building) throw caught;
    }
  }
  const wanted = event.request.method === 'GET' && event.url.pathname !== '/' ? `${event.url.pathname}${event.url.search}` : '';
  return wanted === '' ? '/signin' : `/signin?next=${encodeURIComponent(wanted)}`;
}

/** Pages carry opened values, so none is kept by a browser or a proxy. */
function protect(headers: Headers): void {
  headers.set('cache-control', 'no-store');
  // Kit's mark of a page is a hash of what the page shows.
  headers.delete('etag');
  headers.set('x-content-type-options', 'nosniff');
  headers.set('x-frame-options', 'DENY');
  // Not `no-referrer`: with it a browser posts forms with `Origin: null`, which the guard against foreign forms must refuse.
  headers.set('referrer-policy', 'same-origin');
  headers.set('cross-origin-opener-policy', 'same-origin');
  headers.set('permissions-policy', 'camera=(), microphone=(), geolocation=(), payment=(), usb=()');
}

function codeOf(caught: unknown): string {
  const code = typeof caught === 'object' && caught !== null && 'code' in caught ? caught.code : undefined;
  return typeof code === 'string' && /^[\w.-]{1,60}$/u.test(code) ? code : 'unexpected';
}

/** Where it happened, without the message that a stack begins with: it may quote what a person wrote, and look like a frame. */
function framesOf(caught: unknown): readonly string[] {
  const { stack = '', message = '' } = caught instanceof Error ? caught : {};
  return stack
    .slice(Math.max(0, stack.indexOf(message)) + message.length)
    .split('\n')
    .filter((line) => /^\s+at /u.test(line))
    .slice(0, 6)
    .map((line) => line.trim());
}

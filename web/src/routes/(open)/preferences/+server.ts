import { error, redirect } from '@sveltejs/kit';
import { parseLocale } from '#lib/i18n/locales.ts';
import { parseTheme } from '#lib/preferences.ts';
import { rememberCookie, timeZoneOf } from '#lib/server/cookies.server.ts';
import type { RequestHandler } from './$types';

/** Look, language, keys and time zone. A form goes back to where it came from; a script gets 204. */
export const POST: RequestHandler = async (event) => {
  const form = await event.request.formData();
  const text = (name: string) => {
    const value = form.get(name);
    return typeof value === 'string' ? value : undefined;
  };
  const locale = parseLocale(text('locale'));
  if (locale) rememberCookie(event, 'vc_locale', locale);
  if (text('theme')) rememberCookie(event, 'vc_theme', parseTheme(text('theme')));
  if (text('keys')) rememberCookie(event, 'vc_keys', text('keys') === 'off' ? 'off' : 'on');
  if (text('panel')) rememberCookie(event, 'vc_panel', text('panel') === 'closed' ? 'closed' : 'open');
  if (text('timeZone')) rememberCookie(event, 'vc_tz', timeZoneOf(text('timeZone')));
  if (event.request.headers.get('accept') === 'application/json') return new Response(null, { status: 204 });
  redirect(303, backTo(event.request.headers.get('referer'), event.url));
};

export const GET: RequestHandler = () => error(405, 'request', { code: 'request' });

/** Only ever to a page of this server. */
function backTo(referer: string | null, here: URL): string {
  const from = referer === null ? null : URL.parse(referer);
  // A path that begins with two slashes names another server.
  return from?.origin === here.origin && !from.pathname.startsWith('//') ? `${from.pathname}${from.search}` : '/';
}

import type { Cookies, RequestEvent } from '@sveltejs/kit';
import type { SignedIn } from '#projections/pages.ts';

export const sessionCookie = 'vc_session';
const yearSeconds = 365 * 24 * 3600;

/** The session token lives in a cookie that no script can read. */
export function openSession(event: Pick<RequestEvent, 'cookies' | 'url'>, signedIn: SignedIn): void {
  event.cookies.set(sessionCookie, signedIn.token, {
    path: '/',
    httpOnly: true,
    sameSite: 'lax',
    secure: event.url.protocol === 'https:',
    expires: new Date(signedIn.expiresAt),
  });
}

export function closeSession(cookies: Cookies): void {
  cookies.delete(sessionCookie, { path: '/' });
}

/** Preferences say nothing about a person beyond how the page looks. */
export function rememberCookie(
  event: Pick<RequestEvent, 'cookies' | 'url'>,
  name: 'vc_locale' | 'vc_theme' | 'vc_keys' | 'vc_tz' | 'vc_panel',
  value: string,
): void {
  event.cookies.set(name, value, {
    path: '/',
    httpOnly: false,
    sameSite: 'lax',
    secure: event.url.protocol === 'https:',
    maxAge: yearSeconds,
  });
}

/** The browser's zone, so that the server writes the same times as the page; UTC until it is known. */
export function timeZoneOf(text: string | undefined): string {
  if (text === undefined || !/^[\w+/-]{1,50}$/u.test(text)) return 'UTC';
  try {
    return new Intl.DateTimeFormat('en', { timeZone: text }).resolvedOptions().timeZone;
  } catch {
    // A zone that this server does not know.
    return 'UTC';
  }
}

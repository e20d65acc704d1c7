import { error, fail, type ActionFailure } from '@sveltejs/kit';
import type { Done, Refused, Viewer } from '#projections/shown.ts';

/** The result of a query, or the error page with its code. */
export function orErrorPage<T>(done: Done<T>): { readonly ok: true } & T {
  if (done.ok) return done;
  error(done.status, done.code, { code: done.code });
}

/** A refusal as the answer of a form action: the page says why and what to do. */
export function refusal(refused: Refused, about?: string): ActionFailure<{ code: string; about: string | null }> {
  return fail(refused.status, { code: refused.code, about: about ?? null });
}

/** The viewer of a page behind the sign-in; the hook has sent everyone else away. */
export function viewerOf(locals: App.Locals): Viewer {
  if (locals.viewer === null) error(401, 'session', { code: 'session' });
  return locals.viewer;
}

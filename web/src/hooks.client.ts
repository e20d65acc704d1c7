import type { HandleClientError } from '@sveltejs/kit/hooks';

/** A fault in the page shows its code; its message may quote what a person wrote and stays where it is. */
export const handleError: HandleClientError = (input) =>
  input.kind === 'app' ? { code: input.error.code } : { message: 'page', code: 'page' };

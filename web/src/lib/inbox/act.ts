import { deserialize, type ActionResult } from '$app/forms';

export type Outcome = Readonly<{ ok: true; data: Readonly<Record<string, unknown>> } | { ok: false; code: string }>;

/** Calls a form action from a key or a menu, with the same answer as the form would get. */
export async function act(action: string, fields: Readonly<Record<string, string>> | FormData = {}): Promise<Outcome> {
  const body = fields instanceof FormData ? fields : formOf(fields);
  try {
    const answer = await fetch(action, { method: 'POST', body, headers: { 'x-sveltekit-action': 'true', accept: 'application/json' } });
    return outcomeOf(deserialize(await answer.text()));
  } catch {
    // No answer at all: the connection is gone, or what came was not an answer of this server.
    return { ok: false, code: 'no-connection' };
  }
}

export function outcomeOf(result: ActionResult): Outcome {
  switch (result.type) {
    case 'success':
      return { ok: true, data: result.data ?? {} };
    case 'failure':
      return { ok: false, code: codeOf(result.data) };
    case 'error':
      return { ok: false, code: codeOf(result.error) };
    case 'redirect':
      return { ok: false, code: 'session' };
  }
}

function codeOf(data: unknown): string {
  return typeof data === 'object' && data !== null && 'code' in data && typeof data.code === 'string' ? data.code : 'unexpected';
}

function formOf(fields: Readonly<Record<string, string>>): FormData {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) form.set(name, value);
  return form;
}

/** 32 hex digits; a repeated post of the same command changes nothing. Works on plain http as well. */
export function newCommandId(): string {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}

export type Call = {
  readonly method: string;
  readonly path: string;
  readonly body?: object;
  readonly key?: string;
  readonly timeoutMs: number;
};
export type Answer = { readonly status: number; readonly body: unknown };

/** One request to the API; null when there was no answer in time, or half of one. */
export const callApi = async (url: string, token: string, { method, path, body, key, timeoutMs }: Call): Promise<Answer | null> => {
  try {
    const response = await fetch(`${url}/api/v1${path}`, {
      method,
      headers: {
        authorization: `Bearer ${token}`,
        ...(body && { 'content-type': 'application/json' }),
        ...(key !== undefined && { 'idempotency-key': key }),
      },
      ...(body && { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(timeoutMs),
    });
    const text = await response.text();
    return { status: response.status, body: text === '' ? null : JSON.parse(text) };
  } catch {
    // Not there, killed in the middle, frozen: the caller decides whether to ask again.
    return null;
  }
};

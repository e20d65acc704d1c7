export type Theme = 'light' | 'dark' | 'system';

export function parseTheme(text: string | null | undefined): Theme {
  return text === 'light' || text === 'dark' ? text : 'system';
}

/** Remembers a preference without leaving the page; the same address takes plain forms. */
export async function savePreference(name: 'theme' | 'keys' | 'timeZone' | 'panel', value: string): Promise<void> {
  await fetch('/preferences', {
    method: 'POST',
    body: new URLSearchParams({ [name]: value }),
    headers: { accept: 'application/json' },
    keepalive: true,
  });
}

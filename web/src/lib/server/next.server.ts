/** Where to go after signing in: only ever a page of this server, and never one that only takes forms. */
export function nextPath(wanted: string | null): string {
  if (wanted === null || !/^\/(?![/\\])/u.test(wanted)) return '/';
  const url = URL.parse(wanted, 'http://here.invalid');
  // Two slashes at the front name another server; `/.//elsewhere` becomes such a path only when its dots are resolved.
  if (
    url === null ||
    url.origin !== 'http://here.invalid' ||
    url.pathname.startsWith('//') ||
    /^\/(?:signin|signout|preferences)(?:\/|$)|^\/setup$/u.test(url.pathname)
  )
    return '/';
  return `${url.pathname}${url.search}`;
}

/** A time as it is signed: UTC, to the second, the same in every language. Isolated, so that an Arabic sentence does not turn its parts round. */
export function utc(at: string): string {
  return `\u2066${at.slice(0, 10)} ${at.slice(11, 19)} UTC\u2069`;
}

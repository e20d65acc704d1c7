/** A time as it is signed: UTC, to the second, the same in every language. */
export function utc(at: string): string {
  return `${at.slice(0, 10)} ${at.slice(11, 19)} UTC`;
}

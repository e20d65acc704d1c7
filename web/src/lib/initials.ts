/** First letter that stands for a name; a masked or empty name has none. Letters, not bytes: works for Arabic and emoji. */
export function initialOf(name: string): string {
  const first = [...name.trim()].find((letter) => /[\p{L}\p{N}@]/u.test(letter));
  return (first ?? '').toLocaleUpperCase();
}

export const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** A certificate has six levels. Deeper text was made to exhaust the reader. */
const DEEPEST_LEVEL = 16;

/**
 * RFC 8785. Throws a TypeError for what it cannot hold: numbers that are not finite, lone surrogates, values that are no JSON, and more than
 * 16 levels.
 */
export const canonicalJson = (value: unknown): string => write(value, 0);

const write = (value: unknown, level: number): string => {
  if (level > DEEPEST_LEVEL) throw new TypeError(`expected at most ${String(DEEPEST_LEVEL)} levels`);
  if (typeof value === 'string' && !value.isWellFormed()) throw new TypeError('expected well-formed text');
  if (typeof value === 'number' && !Number.isFinite(value)) throw new TypeError('expected a finite number');
  if (value === null || typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map((item) => write(item, level + 1)).join(',')}]`;
  if (!isRecord(value)) throw new TypeError('expected a JSON value');
  const names = Object.keys(value).sort();
  return `{${names.map((name) => `${write(name, level)}:${write(value[name], level + 1)}`).join(',')}}`;
};

export const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** RFC 8785. Throws a TypeError for what it cannot hold: numbers that are not finite, lone surrogates, values that are no JSON. */
export const canonicalJson = (value: unknown): string => {
  if (typeof value === 'string' && !value.isWellFormed()) throw new TypeError('expected well-formed text');
  if (typeof value === 'number' && !Number.isFinite(value)) throw new TypeError('expected a finite number');
  if (value === null || typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (!isRecord(value)) throw new TypeError('expected a JSON value');
  const names = Object.keys(value).sort();
  return `{${names.map((name) => `${canonicalJson(name)}:${canonicalJson(value[name])}`).join(',')}}`;
};

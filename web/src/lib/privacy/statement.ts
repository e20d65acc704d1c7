import type { CertificateStatement } from '#vault/verify-certificate.ts';

/** The server's statement, when it has the form that this page can lay out; its signature is checked apart. */
export function statementFrom(given: unknown): CertificateStatement | null {
  return isStatement(given) ? given : null;
}

function isStatement(given: unknown): given is CertificateStatement {
  if (typeof given !== 'object' || given === null) return false;
  const has = (name: string, type: 'object' | 'string') => name in given && typeof Reflect.get(given, name) === type;
  const lists = ['keys', 'acknowledgements', 'backups', 'residual'].every((name) => Array.isArray(Reflect.get(given, name)));
  const records = ['controller', 'basis', 'operator', 'scope', 'removed', 'verification'].every((name) => has(name, 'object'));
  return (
    Reflect.get(given, 'format') === 'vconnect/erasure-certificate/v1' &&
    lists &&
    records &&
    has('certificate', 'string') &&
    has('subjectHash', 'string')
  );
}

/** Every field with its path, for the table that leaves nothing out. */
export function fieldsOf(value: unknown, path = ''): readonly Readonly<{ path: string; value: string }>[] {
  if (typeof value !== 'object' || value === null) return [{ path, value: String(value) }];
  const entries = Object.entries(value);
  return entries.length === 0
    ? [{ path, value: '–' }]
    : entries.flatMap(([name, inner]) => fieldsOf(inner, path === '' ? name : `${path}.${name}`));
}

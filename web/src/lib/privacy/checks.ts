import type { CertificateVerdict } from '#vault/verify-certificate.ts';

export const parts = ['key', 'canonical', 'shape', 'otherKey', 'signature', 'complete', 'subject'] as const;
export type Part = (typeof parts)[number];
export type Check = Readonly<{ part: Part; state: 'ok' | 'bad' | 'skipped' }>;

type Reason = Extract<CertificateVerdict, { kind: 'refused' }>['reason'];
const failing = {
  'key-text': 'key',
  'too-large': 'canonical',
  'not-json': 'canonical',
  'not-canonical': 'canonical',
  stage: 'shape',
  shape: 'shape',
  'other-key': 'otherKey',
  signature: 'signature',
  incomplete: 'complete',
  subject: 'subject',
} as const satisfies Record<Reason, Part>;

/** The verifier stops at the first thing that is wrong: what stands before it held, what stands after was not looked at. */
export function checksOf(verdict: CertificateVerdict): readonly Check[] {
  if (verdict.kind === 'genuine')
    return parts.map((part) => ({ part, state: part === 'subject' && verdict.subject === 'not-checked' ? 'skipped' : 'ok' }));
  const at = parts.indexOf(failing[verdict.reason]);
  return parts.map((part, index) => ({ part, state: index < at ? 'ok' : index === at ? 'bad' : 'skipped' }));
}

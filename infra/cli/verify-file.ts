import { verifyCertificate } from '#vault/verify-certificate.ts';
import type { Verified, VerifyInput } from './verb.ts';

/** The verifier's verdict, with the facts that a person wants to read. */
export const verifyFile = ({ certificate, vkey, salt, subject }: VerifyInput): Verified => {
  const claimed = salt === null || subject === null ? undefined : { salt, subjectId: subject };
  const verdict = verifyCertificate(certificate, vkey, claimed);
  if (verdict.kind === 'refused') return { ok: false, code: verdict.reason, says: verdict.sentence };
  const { statement } = verdict;
  return {
    ok: true,
    says: verdict.sentence,
    facts: {
      certificate: statement.certificate,
      stage: statement.stage,
      organisation: statement.controller.organisation,
      erasure: statement.erasureId,
      reason: statement.basis.reason,
      requestedAt: statement.requestedAt,
      issuedAt: statement.issuedAt,
      keysDestroyed: statement.keys.length,
      referencesTried: statement.verification.tried,
      referencesOpened: statement.verification.opened,
      subject: verdict.subject,
    },
  };
};

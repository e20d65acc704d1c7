// Erasures that run in a few seconds and end with a certificate that really verifies.
import { hash, randomBytes } from 'node:crypto';
import { certificateNumber, type Id, parseDigest, type TenantId } from '#domain/ids.ts';
import type { Application } from '#projections/application.ts';
import type { ContactCard, ErasureDetail } from '#projections/pages.ts';
import { RESIDUAL, signCertificate } from '#vault/certificate.ts';
import { keyIdOf, publicKeyBytes, signBytes, signerName, signingKeyFromSeed, vkeyText } from '#vault/signing.ts';
import type { CertificateStatement } from '#vault/verify-certificate.ts';
import { ACKNOWLEDGING_PARTS, CERTIFICATE_FORMAT, CERTIFICATE_LIMITS, CERTIFICATE_METHOD } from '#vault/verify-statement.ts';
import { day, id, lina, time } from './web-fixture-data.ts';

const counts = { message: 398, profile: 6, media: 38, note: 9, ai: 0, audit: 21, credential: 0 };
const key = signingKeyFromSeed(new Uint8Array(32).fill(7));
const order = ['requested', 'fenced', 'destroyed', 'removed', 'verified', 'completed'] as const;
type Erasures = Pick<Application, 'erasures' | 'erasure' | 'previewErasure' | 'erase' | 'certificate'>;
type Given = Readonly<{
  tenant: TenantId;
  contact: (contactId: Id<'contact'>) => ContactCard | undefined;
  markErased: (contactId: Id<'contact'>, detail: ErasureDetail) => void;
  tell: (id: string) => void;
  stepMs: number;
}>;

const notHere = { ok: false, status: 404, code: 'not-found' } as const;
const digest = (text: string) => parseDigest(hash('sha256', text, 'hex')) ?? fail();
const fail = (): never => {
  throw new Error('expected a digest');
};

export function erasureFixture({ tenant, contact, markErased, tell, stepMs }: Given): Erasures {
  const name = signerName(tenant);
  const vkey = vkeyText(name, publicKeyBytes(key));
  const details = new Map<string, ErasureDetail>();
  let running = 148;

  const done = (
    contactId: Id<'contact'>,
    erasureId: Id<'erasure'>,
    number: ReturnType<typeof certificateNumber>,
    from: number,
  ): ErasureDetail => {
    const reached = Object.fromEntries(order.map((step, index) => [step, time(from + index * 700)]));
    const detail: ErasureDetail = {
      erasureId,
      contactId,
      certificate: number,
      reason: 'consent-withdrawn',
      requestedBy: lina,
      counts,
      step: 'completed',
      reached,
      heldUp: null,
      returnedAt: null,
      vkey,
      statement: null,
      removed: { payloads: 434, mediaFiles: 38, identityRows: 4, streamsClosed: 402 },
      verified: { tried: 472, opened: 0, scannedFiles: 14, scannedBytes: 2_400_000, hits: 0 },
    };
    return { ...detail, statement: statementOf(detail, tenant) };
  };
  const old = done(id(500_006), id(7), certificateNumber(2026, 147), Date.now() - 3 * day);
  details.set(old.erasureId, old);

  const advance = (erasureId: string, whole: ErasureDetail, at: number) => {
    const step = order[at];
    if (step === undefined) return;
    const known = details.get(erasureId) ?? whole;
    const reached = { ...known.reached, [step]: time(Date.now()) };
    const next = { ...known, step, reached, removed: at >= 3 ? whole.removed : null, verified: at >= 4 ? whole.verified : null };
    details.set(erasureId, step === 'completed' ? { ...next, statement: statementOf(next, tenant) } : next);
    tell(erasureId);
    setTimeout(() => {
      advance(erasureId, whole, at + 1);
    }, stepMs).unref();
  };

  return {
    erasures: () => Promise.resolve({ ok: true, erasures: [...details.values()].toReversed() }),
    erasure: (_viewer, erasureId) => {
      const erasure = details.get(erasureId);
      return Promise.resolve(erasure === undefined ? notHere : { ok: true, erasure });
    },
    previewErasure: (_viewer, contactId) => {
      const card = contact(contactId);
      return Promise.resolve(
        card === undefined
          ? notHere
          : { ok: true, preview: { contact: card, counts, conversations: 2, confirmation: certificateNumber(2026, running) } },
      );
    },
    erase: (_viewer, { contactId, reason, confirmation }) => {
      const number = certificateNumber(2026, running);
      if (confirmation !== number) return Promise.resolve({ ok: false, status: 422, code: 'confirmation-mismatch' });
      running += 1;
      const erasureId = id<'erasure'>(8000 + running);
      const whole = { ...done(contactId, erasureId, number, Date.now()), reason };
      details.set(erasureId, { ...whole, step: 'requested', reached: {}, removed: null, verified: null, statement: null });
      markErased(contactId, whole);
      advance(erasureId, whole, 0);
      return Promise.resolve({ ok: true, erasureId, salt: randomBytes(16).toString('hex') });
    },
    certificate: async (_viewer, erasureId) => {
      const detail = details.get(erasureId);
      if (detail === undefined) return notHere;
      if (detail.step !== 'completed') return { ok: false, status: 409, code: 'erasure-not-complete' };
      const bytes = await signCertificate(statementOf(detail, tenant), {
        keyId: keyIdOf(name, publicKeyBytes(key)),
        sign: (given) => Promise.resolve(signBytes(key, given)),
      });
      return { ok: true, bytes, fileName: `certificate-${detail.certificate}.json` };
    },
  };
}

function statementOf(detail: ErasureDetail, tenant: TenantId): CertificateStatement {
  const at = (step: (typeof order)[number]) => detail.reached[step] ?? time(Date.now());
  return {
    format: CERTIFICATE_FORMAT,
    stage: 'executed',
    certificate: detail.certificate,
    erasureId: detail.erasureId,
    controller: { organisation: tenant },
    processor: { product: 'V Connect', version: '0.1.0' },
    subjectHash: digest(detail.contactId),
    basis: { law: 'GDPR Article 17(1)', reason: detail.reason },
    operator: { role: 'dpo' },
    requestedAt: at('requested'),
    fencedAt: at('fenced'),
    removedAt: at('removed'),
    verifiedAt: at('verified'),
    issuedAt: at('completed'),
    scope: detail.counts,
    keys: [
      {
        keyId: id(4711),
        algorithm: 'HMAC-SHA-512 two-dimensional secret, XSalsa20-Poly1305',
        createdAt: time(Date.parse(at('requested')) - 90 * day),
        destroyedAt: at('destroyed'),
        commitment: digest('commitment'),
      },
    ],
    method: CERTIFICATE_METHOD,
    removed: { payloads: 434, mediaFiles: 38, identityRows: 4, streamsClosed: 402, unlinkedIdentifiers: 2 },
    acknowledgements: ACKNOWLEDGING_PARTS.map((part) => ({ part, id: part === 'process' ? id(99) : null, at: at('removed') })),
    backups: [],
    residual: RESIDUAL,
    verification: { tried: 472, opened: 0, scannedFiles: 14, scannedBytes: 2_400_000, hits: 0 },
    limits: CERTIFICATE_LIMITS,
    ledger: null,
  };
}

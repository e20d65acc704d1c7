import { createHash, randomBytes } from 'node:crypto';
import {
  certificateNumber,
  type CertificateNumber,
  type ErasureId,
  parseDigest,
  parseId,
  type SubjectId,
  subjectOf,
  type TenantId,
} from '#domain/ids.ts';
import type { ErasureReason } from '#domain/erasure/commands.ts';
import { erasureReasons } from '#domain/erasure/events.ts';
import { plain } from '#domain/personal.ts';
import type { Application } from '#projections/application.ts';
import type { ErasureDetail } from '#projections/pages.ts';
import type { Viewer } from '#projections/shown.ts';
import type { ContactView } from '#projections/contact/view.ts';
import { ERASURE, type ErasureView } from '#projections/erasure/view.ts';
import { forbidden, may, notFound } from './access.ts';
import { erasureAggregate } from './aggregates.ts';
import { type App, settled } from './app.ts';
import { certificateOf } from './certificate.ts';
import { viewerContext } from './context.ts';
import { fault } from './fault.ts';
import { derivedId } from './new-id.ts';
import { ownCommandId } from './own-command-id.ts';
import { cardsOf, ownContact, withheld } from './pages/contact.ts';
import { colleaguesById } from './pages/people.ts';
import { refusedBy } from './refused.ts';

type Erasures = Pick<Application, 'erasures' | 'previewErasure' | 'erase' | 'erasure' | 'certificate'>;

const MAX_ERASURES = 200;
const SALT_BYTES = 32;
/** Numbers looked at beyond the count of erasures: those reserved by an order that never came to be. */
const MAX_GAPS = 1_000;

export const erasureCommands = (app: App): Erasures => ({
  erasures: async (viewer) => {
    if (!may(viewer, 'privacy.read')) return forbidden;
    const page = await app.views.find<ErasureView>(ERASURE, {
      where: { tenant: viewer.tenant },
      sort: { field: 'requestedAt', direction: 'descending' },
      limit: MAX_ERASURES,
    });
    return { ok: true, erasures: await Promise.all(page.items.map((view) => detailOf(app, viewer, view, false))) };
  },
  previewErasure: async (viewer, contactId) => {
    if (!may(viewer, 'privacy.erase')) return forbidden;
    const contact = await ownContact(app, viewer, contactId);
    if (contact === null) return notFound;
    if (contact.erased !== null) return ALREADY_ERASED;
    if (await isHeld(app, viewer.tenant, contact)) return HELD;
    const cards = await cardsOf(app, viewer, [contact], 'handle-request');
    if (typeof cards === 'string') return withheld(cards);
    const [card] = cards;
    if (card === undefined) return notFound;
    const counts = await app.vault.preview(viewer.tenant, subjectOf(contact.contactId));
    const confirmation = await nextNumber(app, viewer.tenant);
    return { ok: true, preview: { contact: card, counts, conversations: contact.conversations.length, confirmation } };
  },
  erase: async (viewer, { contactId, commandId, reason, confirmation }) => {
    if (!may(viewer, 'privacy.erase')) return forbidden;
    const contact = await ownContact(app, viewer, contactId);
    if (contact === null) return notFound;
    if (contact.erased !== null) return ALREADY_ERASED;
    if (await isHeld(app, viewer.tenant, contact)) return HELD;
    if (!erasureReasons.includes(reason)) return { ok: false, status: 422, code: 'reason-unknown' };
    const certificate = await nextNumber(app, viewer.tenant);
    if (confirmation.trim() !== certificate) return { ok: false, status: 422, code: 'confirmation-mismatch' };
    const proposed = derivedId<'erasure'>(ownCommandId(viewer, commandId, contact.contactId), 'erasure');
    const erasureId = await reserve(app, viewer.tenant, contact, proposed, certificate);
    if (erasureId === null) return UNDER_WAY;
    return order(app, viewer, { contact, erasureId, certificate, reason });
  },
  erasure: async (viewer, erasureId) => {
    if (!may(viewer, 'privacy.read')) return forbidden;
    const view = await ownErasure(app, viewer, erasureId);
    return view === null ? notFound : { ok: true, erasure: await detailOf(app, viewer, view, true) };
  },
  certificate: async (viewer, erasureId) => {
    if (!may(viewer, 'privacy.read')) return forbidden;
    const view = await ownErasure(app, viewer, erasureId);
    if (view === null) return notFound;
    if (view.step !== 'completed') return { ok: false, status: 409, code: 'erasure-not-complete' };
    const { bytes } = await certificateOf(app, viewer.tenant, erasureId);
    return { ok: true, bytes, fileName: `certificate-${view.certificate}.json` };
  },
});

const ALREADY_ERASED = { ok: false, status: 409, code: 'contact-erased' } as const;
const HELD = { ok: false, status: 409, code: 'person-held' } as const;
const UNDER_WAY = { ok: false, status: 409, code: 'erasure-under-way' } as const;

/** Asked before anything is begun. A hold that comes later stops the destruction in the vault (`VAULT_HELD`), and the erasure waits for its release. */
const isHeld = async (app: App, tenant: TenantId, { contactId }: ContactView): Promise<boolean> =>
  (await app.vault.holdsOf(tenant, subjectOf(contactId))).length > 0;

const ownErasure = async (app: App, viewer: Viewer, erasureId: string): Promise<ErasureView | null> => {
  const view = await app.views.get<ErasureView>(ERASURE, erasureId);
  return view?.tenant === viewer.tenant ? view : null;
};

/** Reservations belong to the organisation: they stand when the erased person's claims go. */
const reservationOwner = (tenant: TenantId): SubjectId => subjectOf(tenant);

/** The number that the next certificate will carry: the first one after the count of erasures that is not reserved. */
const nextNumber = async (app: App, tenant: TenantId): Promise<CertificateNumber> => {
  const count = await app.views.count(ERASURE, { tenant }, Number.MAX_SAFE_INTEGER);
  const year = new Date().getUTCFullYear();
  for (let running = count + 1; running <= count + MAX_GAPS; running += 1) {
    const number = certificateNumber(year, running);
    if ((await app.vault.find(tenant, { field: 'reservation', value: plain(`certificate/${number}`) })) === null) return number;
  }
  throw fault('APP_NO_CERTIFICATE_NUMBER', 'expected a free certificate number');
};

/**
 * One erasure per person, one number per erasure, whoever presses first. An order that was interrupted after its reservation is taken up
 * again. Null: another one is under way.
 */
const reserve = async (
  app: App,
  tenant: TenantId,
  contact: ContactView,
  proposed: ErasureId,
  certificate: CertificateNumber,
): Promise<ErasureId | null> => {
  const erasureId = await claimed(app, tenant, `erasure/${contact.contactId}`, proposed);
  if (erasureId === null) return null;
  const interrupted = erasureId === proposed || (await app.handler.load(erasureAggregate, tenant, erasureId)).revision === null;
  if (!interrupted) return null;
  return (await claimed(app, tenant, `certificate/${certificate}`, erasureId)) === erasureId ? erasureId : null;
};

const claimed = async (app: App, tenant: TenantId, name: string, propose: ErasureId): Promise<ErasureId | null> => {
  const identifiers = [{ field: 'reservation' as const, value: plain(name) }];
  const claim = await app.vault.claim({ tenant, identifiers, propose, subject: reservationOwner(tenant) });
  return claim.kind === 'claimed' ? parseId<'erasure'>(claim.id) : null;
};

type Order = {
  readonly contact: ContactView;
  readonly erasureId: ErasureId;
  readonly certificate: CertificateNumber;
  readonly reason: ErasureReason;
};

const order = async (app: App, viewer: Viewer, { contact, erasureId, certificate, reason }: Order): ReturnType<Application['erase']> => {
  const salt = randomBytes(SALT_BYTES).toString('hex');
  const subjectHash = parseDigest(createHash('sha256').update(Buffer.from(salt, 'hex')).update(contact.contactId).digest('hex'));
  if (subjectHash === null) throw fault('APP_DIGEST', 'expected a digest of 64 digits');
  const command = {
    type: 'RequestErasure',
    erasureId,
    contactId: contact.contactId,
    certificate,
    reason,
    role: viewer.role,
    accountId: viewer.accountId,
    subjectHash,
    counts: await app.vault.preview(viewer.tenant, subjectOf(contact.contactId)),
    conversations: contact.conversations,
  } as const;
  const context = viewerContext(viewer, derivedId<'command'>(erasureId, 'request'));
  const outcome = await settled(
    app,
    await app.handler.handle(erasureAggregate, erasureId, command, context, () => ({ processes: [], contactKnown: true })),
  );
  if (outcome.kind === 'refused') return refusedBy(outcome.refusal);
  return outcome.changed ? { ok: true, erasureId, salt } : UNDER_WAY;
};

const detailOf = async (app: App, viewer: Viewer, view: ErasureView, withStatement: boolean): Promise<ErasureDetail> => {
  const people = await colleaguesById(app, viewer, [view.requestedBy]);
  const { vkey } = await app.vault.signingKey(viewer.tenant);
  const statement = withStatement && view.step === 'completed' ? (await certificateOf(app, viewer.tenant, view.erasureId)).statement : null;
  return {
    erasureId: view.erasureId,
    contactId: view.contactId,
    certificate: view.certificate,
    reason: erasureReasons.find((known) => known === view.reason) ?? 'no-longer-necessary',
    requestedBy: people.get(view.requestedBy) ?? null,
    counts: view.counts,
    step: view.step,
    reached: view.reached,
    removed: view.removed,
    verified: view.verified,
    heldUp: view.step === 'completed' ? null : app.heldUp(view.erasureId),
    returnedAt: view.returnedAt,
    vkey,
    statement,
  };
};

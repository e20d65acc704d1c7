import { setTimeout as wait } from 'node:timers/promises';
import { parseId, type TenantId } from '#domain/ids.ts';
import { erasureReasons } from '#domain/erasure/events.ts';
import type { Application } from '#projections/application.ts';
import type { Done, Viewer } from '#projections/shown.ts';
import { organisationAggregate } from './aggregates.ts';
import { type App, settled } from './app.ts';
import { machineContext } from './context.ts';
import { createExaminations } from './examine.ts';
import { fault } from './fault.ts';
import { membersOf } from './pages/people.ts';
import { organisationsOf } from './members.ts';
import { newId } from './new-id.ts';
import type { Operator } from './product.ts';
import { answerOf } from './refused.ts';

/** Longest wait of the command line for an erasure's certificate. */
const ERASURE_TIMEOUT_MS = 10 * 60 * 1000;
const POLL_MS = 100;

type Parts = { readonly app: App; readonly application: Application };

/** The verbs of whoever stands on the machine itself. */
export const createOperator = ({ app, application }: Parts): Operator => ({
  organisations: async () => (await organisationsOf(app)).map(({ tenant, createdAt, sample }) => ({ tenant, createdAt, sample })),
  people: async (tenant) => (await membersOf(app, tenant)).map(({ accountId, role }) => ({ accountId, role })),
  addPerson: async (tenant, { role, ...person }) => {
    const registered = await app.accounts.register(person, 'cli');
    if (!registered.ok) return registered;
    const command = { type: 'AddMember', accountId: registered.accountId, role } as const;
    const outcome = await app.handler.handle(organisationAggregate, tenant, command, machineContext(tenant, 'cli'), () => ({
      byOwner: true,
    }));
    const answer = answerOf(await settled(app, outcome));
    return answer.ok ? { ok: true, accountId: registered.accountId } : answer;
  },
  createToken: async (email, days) => {
    const viewer = await viewerOf(app, email);
    return viewer === null ? UNKNOWN : application.createToken(viewer, days);
  },
  setPassword: async (email, password) => {
    const accountId = await app.accounts.find(email);
    return accountId === null ? UNKNOWN : app.accounts.setPassword(accountId, password, 'cli');
  },
  erase: async (email, contactId, reason, onStep) => {
    const viewer = await viewerOf(app, email);
    const contact = parseId<'contact'>(contactId);
    const ground = erasureReasons.find((known) => known === reason);
    if (viewer === null) return UNKNOWN;
    if (contact === null || ground === undefined)
      return { ok: false, status: 422, code: contact === null ? 'contact-malformed' : 'reason-unknown' };
    const preview = await application.previewErasure(viewer, contact);
    if (!preview.ok) return preview;
    const { confirmation } = preview.preview;
    const ordered = await application.erase(viewer, { contactId: contact, commandId: newId<'command'>(), reason: ground, confirmation });
    if (!ordered.ok) return ordered;
    const certificate = await untilComplete(application, viewer, ordered.erasureId, onStep);
    return { ok: true, erasureId: ordered.erasureId, salt: ordered.salt, certificate };
  },
  ...createExaminations(app),
  vkey: async (tenant: TenantId) => (await app.vault.signingKey(tenant)).vkey,
});

const UNKNOWN: Done<never> = { ok: false, status: 404, code: 'person-unknown' };

/** Acts as the member with this address, in a session of its own that nobody can use. */
const viewerOf = async (app: App, email: string): Promise<Viewer | null> => {
  const accountId = await app.accounts.find(email);
  const [membership] = accountId === null ? [] : await app.accounts.memberships(accountId);
  if (accountId === null || membership === undefined) return null;
  return { sessionId: newId<'session'>(), accountId, tenant: membership.tenant, role: membership.role };
};

const untilComplete = async (
  application: Application,
  viewer: Viewer,
  erasureId: Parameters<Application['erasure']>[1],
  onStep: Parameters<Operator['erase']>[3],
): Promise<Uint8Array> => {
  let [last, told] = ['', ''];
  for (const until = performance.now() + ERASURE_TIMEOUT_MS; performance.now() < until; await wait(POLL_MS)) {
    const found = await application.erasure(viewer, erasureId);
    const { step, heldUp } = found.ok ? found.erasure : { step: last, heldUp: null };
    const now = `${step} ${heldUp?.code ?? ''}`;
    if (now !== told) onStep(step, heldUp);
    [last, told] = [step, now];
    const certificate = last === 'completed' ? await application.certificate(viewer, erasureId) : null;
    if (certificate?.ok === true) return certificate.bytes;
  }
  throw fault('APP_ERASURE_SLOW', 'expected the erasure to be complete in time; it goes on by itself');
};

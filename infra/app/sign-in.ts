import { createHash, randomBytes } from 'node:crypto';
import { type AccountId, PLATFORM_TENANT, type SessionId, type TenantId } from '#domain/ids.ts';
import type { Role } from '#domain/message.ts';
import { plain } from '#domain/personal.ts';
import type { SessionStore } from '#infra/sessions/sqlite.ts';
import type { SignedIn } from '#projections/pages.ts';
import type { Done } from '#projections/shown.ts';
import type { Accounts } from './accounts.ts';
import { accountAggregate, organisationAggregate } from './aggregates.ts';
import { machineContext, now, timeAt } from './context.ts';
import type { CommandHandler, Known, Outcome } from './handle-command.ts';
import { newId } from './new-id.ts';
import { spendPasswordCheck } from './password.ts';
import { createUnknownAddresses } from './unknown-addresses.ts';

/** A browser session ends this long after its start; a working day with a margin. */
const SESSION_MS = 12 * 60 * 60 * 1000;
/** `lastSeenAt` is written at most this often. */
const SEEN_EVERY_MS = 60 * 1000;
const DAY_MS = 24 * 60 * 60 * 1000;
const TOKEN_BYTES = 32;

type Parts = Pick<Accounts, 'find' | 'memberships'> & {
  readonly handler: CommandHandler;
  readonly sessions: SessionStore;
  readonly shown: (position: bigint) => Promise<void>;
  /** Opens the sealed hash for the machine itself and compares. */
  readonly matches: (known: Known, password: string) => Promise<boolean>;
};

/** Sessions and tokens: who is in, as whom, and until when. */
export const createSignIn = (parts: Parts): Pick<Accounts, 'signIn' | 'signOut' | 'viewer' | 'createToken'> => {
  const { handler, sessions, shown, find, memberships, matches } = parts;
  const unknown = createUnknownAddresses();
  return {
    signIn: async ({ email, password, address, device }) => {
      const accountId = await find(email);
      const [membership] = accountId === null ? [] : await memberships(accountId);
      if (accountId === null || membership === undefined) {
        await spendPasswordCheck(password);
        return unknown.tried(email, now()) ? LOCKED : WRONG;
      }
      const sessionId = newId<'session'>();
      const command = {
        type: 'SignIn',
        sessionId,
        organisationId: membership.tenant,
        address: address === null ? null : plain(address),
        device: device === null ? null : plain(device.slice(0, MAX_DEVICE_CHARACTERS)),
      } as const;
      const outcome = await handler.handle(
        accountAggregate,
        accountId,
        command,
        accountContext(accountId, membership.role),
        async (_state, known) => ({
          passwordMatches: await matches(known, password),
        }),
      );
      const answer = signedInAnswer(outcome);
      if (answer !== null) return answer;
      const { token, expiresAt } = issue(sessions, {
        accountId,
        tenant: membership.tenant,
        kind: 'session',
        sessionId,
        lifeMs: SESSION_MS,
      });
      return { ok: true, token, expiresAt, viewer: { sessionId, accountId, tenant: membership.tenant, role: membership.role } };
    },
    signOut: async ({ accountId, tenant, role }, sessionId, reason) => {
      sessions.end(sessionId);
      const command = { type: 'EndSession', sessionId, organisationId: tenant, reason } as const;
      const outcome = await handler.handle(accountAggregate, accountId, command, accountContext(accountId, role), () => ({
        passwordMatches: false,
      }));
      if (outcome.kind === 'done') await shown(outcome.position);
    },
    viewer: async (token) => {
      const record = sessions.find(hashOf(token));
      const at = now();
      if (record === null || record.expiresAt <= at) return null;
      // From the log, not from a view: a role that was taken away must not come back with a view that lags, nor go with one that is filled again.
      const { state } = await handler.load(organisationAggregate, record.tenant, record.tenant);
      const role = state.kind === 'exists' ? state.members.get(record.accountId) : undefined;
      if (role === undefined) return null;
      if (Date.parse(at) - Date.parse(record.lastSeenAt) > SEEN_EVERY_MS) sessions.seen(record.sessionId, at);
      return { sessionId: record.sessionId, accountId: record.accountId, tenant: record.tenant, role };
    },
    createToken: (accountId, tenant, days) =>
      issue(sessions, { accountId, tenant, kind: 'token', sessionId: newId<'session'>(), lifeMs: days * DAY_MS }),
  };
};

const WRONG: Done<SignedIn> = { ok: false, status: 401, code: 'wrong-credentials' };
const LOCKED: Done<SignedIn> = { ok: false, status: 429, code: 'account-locked' };
/** A browser's own name of itself; longer ones are cut. */
const MAX_DEVICE_CHARACTERS = 300;
const accountContext = (accountId: AccountId, role: Role) => ({
  ...machineContext(PLATFORM_TENANT, 'setup'),
  actor: { kind: 'account', id: accountId, role } as const,
});

/** A refused sign-in is an event of its own; null when the person is in. */
const signedInAnswer = (outcome: Outcome): Done<SignedIn> | null => {
  if (outcome.kind === 'refused') return WRONG;
  const refused = outcome.events.find((event) => event.type === 'SignInRefused');
  if (refused === undefined) return null;
  return refused.data['reason'] === 'locked' ? LOCKED : WRONG;
};

const hashOf = (token: string): string => createHash('sha256').update(token).digest('hex');

type Issue = {
  readonly accountId: AccountId;
  readonly tenant: TenantId;
  readonly kind: 'session' | 'token';
  readonly sessionId: SessionId;
  readonly lifeMs: number;
};

const issue = (sessions: SessionStore, { accountId, tenant, kind, sessionId, lifeMs }: Issue) => {
  const token = `vc_${randomBytes(TOKEN_BYTES).toString('base64url')}`;
  const startedAt = now();
  const expiresAt = timeAt(Date.now() + lifeMs);
  sessions.add(hashOf(token), { sessionId, accountId, tenant, kind, startedAt, expiresAt, lastSeenAt: startedAt });
  return { token, expiresAt };
};

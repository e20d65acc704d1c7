import { type AccountId, parseId, PLATFORM_TENANT, type SessionId, type TenantId } from '#domain/ids.ts';
import type { MachinePart } from '#domain/message.ts';
import { plain } from '#domain/personal.ts';
import type { ViewStore } from '#domain/ports.ts';
import type { SessionStore } from '#infra/sessions/sqlite.ts';
import type { SignedIn } from '#projections/pages.ts';
import type { Done, Viewer } from '#projections/shown.ts';
import { MEMBER, type MemberView } from '#projections/organisation/view.ts';
import type { Vault } from '#vault/vault.ts';
import { accountAggregate } from './aggregates.ts';
import { machineContext } from './context.ts';
import type { CommandHandler, Known } from './handle-command.ts';
import { newId } from './new-id.ts';
import { hashPassword, MAX_PASSWORD_CHARACTERS, MIN_PASSWORD_CHARACTERS, passwordMatches } from './password.ts';
import { refusedBy } from './refused.ts';
import { createSignIn } from './sign-in.ts';

/** Longest life of an API token, in days. */
export const MAX_TOKEN_DAYS = 365;
type Parts = {
  readonly views: ViewStore;
  readonly vault: Vault;
  readonly handler: CommandHandler;
  readonly sessions: SessionStore;
  /** Resolves when the views have seen the position. */
  readonly shown: (position: bigint) => Promise<void>;
};

export type Origin = { readonly address: string | null; readonly device: string | null };

export type Accounts = {
  readonly register: (
    input: { readonly name: string; readonly email: string; readonly password: string },
    part: MachinePart,
  ) => Promise<Done<{ readonly accountId: AccountId }>>;
  readonly find: (email: string) => Promise<AccountId | null>;
  readonly signIn: (input: { readonly email: string; readonly password: string } & Origin) => Promise<Done<SignedIn>>;
  readonly setPassword: (accountId: AccountId, password: string, part: MachinePart) => Promise<Done>;
  readonly signOut: (viewer: Viewer, sessionId: SessionId, reason: 'signed-out' | 'revoked') => Promise<void>;
  readonly viewer: (token: string) => Promise<Viewer | null>;
  readonly createToken: (
    accountId: AccountId,
    tenant: TenantId,
    days: number,
  ) => { readonly token: string; readonly expiresAt: SignedIn['expiresAt'] };
  readonly memberships: (accountId: AccountId) => Promise<readonly MemberView[]>;
};

export const createAccounts = (parts: Parts): Accounts => {
  const { views, vault, handler, sessions, shown } = parts;

  const find = async (email: string): Promise<AccountId | null> => {
    const found = await vault.find(PLATFORM_TENANT, { field: 'email', value: plain(email) });
    return found === null ? null : parseId<'account'>(found.id);
  };

  const memberships = async (accountId: AccountId): Promise<readonly MemberView[]> =>
    (
      await views.find<MemberView>(MEMBER, {
        where: { accountId, state: 'member' },
        sort: { field: 'addedAt', direction: 'ascending' },
        limit: 100,
      })
    ).items;

  const matches = async (known: Known, password: string): Promise<boolean> => {
    const handle = known['passwordHash'];
    if (handle === undefined) return false;
    const [opened] = await vault.open([handle]);
    return opened?.kind === 'value' && passwordMatches(password, opened.value);
  };

  return {
    find,
    memberships,
    register: async ({ name, email, password }, part) => {
      const wrong = wrongPerson(name, email) ?? wrongPassword(password);
      if (wrong !== null) return { ok: false, status: 422, code: wrong };
      const claim = await vault.claim({
        tenant: PLATFORM_TENANT,
        identifiers: [{ field: 'email', value: plain(email) }],
        propose: newId<'account'>(),
        subject: null,
      });
      const accountId = claim.kind === 'claimed' ? parseId<'account'>(claim.id) : null;
      if (accountId === null || (claim.kind === 'claimed' && !claim.fresh && (await exists(handler, accountId)))) {
        return { ok: false, status: 409, code: 'email-taken' };
      }
      const command = {
        type: 'RegisterAccount',
        accountId,
        name: plain(name.trim()),
        email: plain(email.trim()),
        passwordHash: plain(await hashPassword(password)),
      } as const;
      const outcome = await handler.handle(accountAggregate, accountId, command, machineContext(PLATFORM_TENANT, part), () => ({
        passwordMatches: false,
      }));
      return outcome.kind === 'refused' ? refusedBy(outcome.refusal) : { ok: true, accountId };
    },
    setPassword: async (accountId, password, part) => {
      const wrong = wrongPassword(password);
      if (wrong !== null) return { ok: false, status: 422, code: wrong };
      const command = { type: 'ChangePassword', passwordHash: plain(await hashPassword(password)) } as const;
      const outcome = await handler.handle(
        accountAggregate,
        accountId,
        command,
        machineContext(PLATFORM_TENANT, part),
        async (_state, known) => ({
          passwordMatches: await matches(known, password),
        }),
      );
      if (outcome.kind === 'refused') return refusedBy(outcome.refusal);
      if (outcome.changed) sessions.endAllOf(accountId);
      return { ok: true };
    },
    ...createSignIn({ handler, sessions, shown, find, memberships, matches }),
  };
};

/** Longest name of a person or an organisation, in characters. */
export const MAX_NAME_CHARACTERS = 120;
const EMAIL = /^[^\s@]{1,64}@[^\s@]{1,190}\.[^\s@]{2,63}$/u;

export const wrongPassword = (password: string): string | null => {
  if (password.length < MIN_PASSWORD_CHARACTERS) return 'password-too-short';
  return password.length > MAX_PASSWORD_CHARACTERS ? 'password-too-long' : null;
};

const wrongPerson = (name: string, email: string): string | null => {
  if (name.trim() === '') return 'name-missing';
  if (name.length > MAX_NAME_CHARACTERS) return 'name-too-long';
  return EMAIL.test(email.trim()) ? null : 'email-malformed';
};

const exists = async (handler: CommandHandler, accountId: AccountId): Promise<boolean> =>
  (await handler.load(accountAggregate, PLATFORM_TENANT, accountId)).revision !== null;

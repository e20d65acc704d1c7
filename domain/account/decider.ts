import { accept, type At, type Decider, type Decision, nothing, refuse } from '../decider.ts';
import type { AccountId, IsoTime, SessionId, TenantId } from '../ids.ts';
import { present } from '../personal.ts';
import { type AccountCommand, type AccountFacts, LOCK_MS, MAX_WRONG_PASSWORDS } from './commands.ts';
import type { AccountEvent } from './events.ts';

export type AccountState =
  | { readonly kind: 'none' }
  | {
      readonly kind: 'registered';
      readonly accountId: AccountId;
      /** When a wrong password was given since the last right one: the latest `MAX_WRONG_PASSWORDS`, oldest first. */
      readonly wrongAt: readonly IsoTime[];
      /** Sessions that did not end, each with its organisation: the newest `MAX_SESSIONS`. */
      readonly sessions: ReadonlyMap<SessionId, TenantId>;
    };

/** Sessions kept in mind; older ones have expired long before. */
export const MAX_SESSIONS = 100;

type Registered = Extract<AccountState, { kind: 'registered' }>;
type Command<T extends AccountCommand['type']> = Extract<AccountCommand, { type: T }> & At;
type Events = Decision<AccountEvent<'plain'>>;

const register = (state: AccountState, { accountId, name, email, passwordHash, at }: Command<'RegisterAccount'>): Events => {
  if (state.kind === 'registered') return nothing();
  return accept({ type: 'AccountRegistered', data: { accountId, registeredAt: at }, personal: { name, email, passwordHash } });
};

/** A new password ends every session: whoever knew the old one is out. */
const changePassword = (state: Registered, { passwordHash, at }: Command<'ChangePassword'>, facts: AccountFacts): Events => {
  if (facts.passwordMatches) return nothing();
  const { accountId, sessions } = state;
  return accept<AccountEvent<'plain'>>(
    { type: 'PasswordChanged', data: { accountId, changedAt: at }, personal: { passwordHash } },
    ...[...sessions].map(([sessionId, organisationId]) =>
      sessionEnded({ accountId, sessionId, organisationId, reason: 'password-changed', endedAt: at }),
    ),
  );
};

/** A refused sign-in is an event as well; the caller tells it from `SignedIn` by its type. */
const signIn = (state: Registered, command: Command<'SignIn'>, facts: AccountFacts): Events => {
  const { sessionId, organisationId, address, device, at } = command;
  const { accountId } = state;
  if (state.sessions.has(sessionId)) return nothing();
  const reason = isLocked(state, at) ? 'locked' : 'wrong-password';
  if (reason === 'locked' || !facts.passwordMatches) {
    return accept({ type: 'SignInRefused', data: { accountId, reason, refusedAt: at }, personal: present({ address }) });
  }
  return accept({
    type: 'SignedIn',
    data: { accountId, sessionId, organisationId, signedInAt: at },
    personal: present({ address, device }),
  });
};

/** Attempts while locked do not prolong the lock, or anybody could keep a person out for ever. */
export const isLocked = ({ wrongAt }: Pick<Registered, 'wrongAt'>, at: IsoTime): boolean => {
  const [first, last] = [wrongAt[0], wrongAt.at(-1)];
  if (first === undefined || last === undefined || wrongAt.length < MAX_WRONG_PASSWORDS) return false;
  return Date.parse(last) - Date.parse(first) <= LOCK_MS && Date.parse(at) < Date.parse(last) + LOCK_MS;
};

const endSession = (state: Registered, { sessionId, organisationId, reason, at }: Command<'EndSession'>): Events => {
  if (!state.sessions.has(sessionId)) return nothing();
  return accept(sessionEnded({ accountId: state.accountId, sessionId, organisationId, reason, endedAt: at }));
};

type SessionEnded = Extract<AccountEvent<'plain'>, { type: 'SessionEnded' }>;
const sessionEnded = (data: SessionEnded['data']): SessionEnded => ({ type: 'SessionEnded', data, personal: {} });

const decide = (state: AccountState, command: AccountCommand & At, facts: AccountFacts): Events => {
  if (command.type === 'RegisterAccount') return register(state, command);
  if (state.kind === 'none') return refuse('conflict', 'account-unknown');
  switch (command.type) {
    case 'ChangePassword':
      return changePassword(state, command, facts);
    case 'SignIn':
      return signIn(state, command, facts);
    case 'EndSession':
      return endSession(state, command);
  }
};

const evolve = (state: AccountState, event: AccountEvent<'sealed'>): AccountState => {
  if (event.type === 'AccountRegistered') return { kind: 'registered', accountId: event.data.accountId, wrongAt: [], sessions: new Map() };
  if (state.kind === 'none') return state;
  const { wrongAt, sessions } = state;
  switch (event.type) {
    case 'PasswordChanged':
      return { ...state, wrongAt: [] };
    case 'SignedIn':
      return {
        ...state,
        wrongAt: [],
        sessions: new Map([...sessions, [event.data.sessionId, event.data.organisationId] as const].slice(-MAX_SESSIONS)),
      };
    case 'SignInRefused':
      if (event.data.reason === 'locked') return state;
      return { ...state, wrongAt: [...wrongAt, event.data.refusedAt].slice(-MAX_WRONG_PASSWORDS) };
    case 'SessionEnded':
      return { ...state, sessions: new Map([...sessions].filter(([sessionId]) => sessionId !== event.data.sessionId)) };
  }
};

export const accountDecider: Decider<AccountState, AccountCommand & At, AccountFacts, AccountEvent<'plain'>, AccountEvent<'sealed'>> = {
  category: 'account',
  initial: { kind: 'none' },
  decide,
  evolve,
};

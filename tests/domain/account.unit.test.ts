import { describe, expect, it } from 'vitest';
import { accountDecider, MAX_SESSIONS } from '#domain/account/decider.ts';
import type { AccountEvent } from '#domain/account/events.ts';
import { plain } from '#domain/personal.ts';
import { deciderSpec, stateAfter } from '#tests/support/decider-spec.ts';
import { minute, sampleId } from '#tests/support/sample.ts';

type Event = AccountEvent<'plain'>;
const accountId = sampleId<'account'>(1);
const organisationId = sampleId<'tenant'>(2);
const session = (n: number) => sampleId<'session'>(100 + n);

const [name, email, passwordHash] = [plain('Mona'), plain('mona@nile.example'), plain('hash')];
const registered: Event = {
  type: 'AccountRegistered',
  data: { accountId, registeredAt: minute(0) },
  personal: { name, email, passwordHash },
};
const refused = (minutes: number, reason: 'wrong-password' | 'locked' = 'wrong-password'): Event => ({
  type: 'SignInRefused',
  data: { accountId, reason, refusedAt: minute(minutes) },
  personal: { address: plain('192.0.2.1') },
});
const signedIn = (minutes: number, n = 1): Event => ({
  type: 'SignedIn',
  data: { accountId, sessionId: session(n), organisationId, signedInAt: minute(minutes) },
  personal: { address: plain('192.0.2.1') },
});
const ended = (minutes: number, n: number, reason: 'signed-out' | 'password-changed'): Event => ({
  type: 'SessionEnded',
  data: { accountId, sessionId: session(n), organisationId, reason, endedAt: minute(minutes) },
  personal: {},
});
const signIn = (minutes: number, n = 1) =>
  ({ type: 'SignIn', sessionId: session(n), organisationId, address: plain('192.0.2.1'), device: null, at: minute(minutes) }) as const;

const spec = deciderSpec(accountDecider);
const right = { passwordMatches: true };
const wrong = { passwordMatches: false };
const fiveWrong = [refused(1), refused(2), refused(3), refused(4), refused(5)];

describe('an account', () => {
  const register = { type: 'RegisterAccount', accountId, name, email, passwordHash, at: minute(0) } as const;
  it('is registered', () => spec.given().when(register, wrong).then(registered));
  it('is registered once', () => spec.given(registered).when(register, wrong).thenNothing());
  it.each([
    signIn(1),
    { type: 'ChangePassword', passwordHash, at: minute(1) },
    { type: 'EndSession', sessionId: session(1), organisationId, reason: 'signed-out', at: minute(1) },
  ] as const)('refuses $type before it exists', (command) => spec.given().when(command, right).thenRefused('conflict', 'account-unknown'));

  describe('signing in', () => {
    it('lets the right password in', () => spec.given(registered).when(signIn(1), right).then(signedIn(1)));
    it('records a wrong one', () => spec.given(registered).when(signIn(1), wrong).then(refused(1)));
    it('opens a session once', () => spec.given(registered, signedIn(1)).when(signIn(2), right).thenNothing());
    it('still lets in after four wrong ones', () =>
      spec
        .given(registered, ...fiveWrong.slice(1))
        .when(signIn(6), right)
        .then(signedIn(6)));
    it('is locked after five wrong ones, even with the right password', () =>
      spec
        .given(registered, ...fiveWrong)
        .when(signIn(6), right)
        .then(refused(6, 'locked')));
    it('stays locked for 15 minutes after the last', () =>
      spec
        .given(registered, ...fiveWrong)
        .when(signIn(19.9), right)
        .then(refused(19.9, 'locked')));
    it('is open again then', () =>
      spec
        .given(registered, ...fiveWrong)
        .when(signIn(20), right)
        .then(signedIn(20)));
    it('is not locked longer by attempts while locked', () =>
      spec
        .given(registered, ...fiveWrong, refused(18, 'locked'), refused(19, 'locked'))
        .when(signIn(20), right)
        .then(signedIn(20)));
    it('is not locked by five wrong ones in more than 15 minutes', () =>
      spec.given(registered, refused(1), refused(5), refused(9), refused(13), refused(17)).when(signIn(18), right).then(signedIn(18)));
    it('is locked by the last five when they came fast', () =>
      spec
        .given(registered, refused(-60), ...fiveWrong)
        .when(signIn(6), right)
        .then(refused(6, 'locked')));
    it('forgets wrong ones after a right one', () =>
      spec
        .given(registered, ...fiveWrong.slice(1), signedIn(6), refused(7))
        .when(signIn(8, 2), right)
        .then(signedIn(8, 2)));
    it('is not locked at once again after a lock', () =>
      spec
        .given(registered, ...fiveWrong, refused(21))
        .when(signIn(22), right)
        .then(signedIn(22)));
  });

  describe('changing the password', () => {
    const change = { type: 'ChangePassword', passwordHash, at: minute(9) } as const;
    const changed: Event = { type: 'PasswordChanged', data: { accountId, changedAt: minute(9) }, personal: { passwordHash } };
    it('ends every session', () =>
      spec
        .given(registered, signedIn(1), signedIn(2, 2))
        .when(change, wrong)
        .then(changed, ended(9, 1, 'password-changed'), ended(9, 2, 'password-changed')));
    it('says nothing of the same password', () => spec.given(registered, signedIn(1)).when(change, right).thenNothing());
    it('unlocks', () =>
      spec
        .given(registered, ...fiveWrong, changed)
        .when(signIn(10), right)
        .then(signedIn(10)));
  });

  describe('ending a session', () => {
    const end = { type: 'EndSession', sessionId: session(1), organisationId, reason: 'signed-out', at: minute(9) } as const;
    it('ends it', () =>
      spec
        .given(registered, signedIn(1))
        .when(end, wrong)
        .then(ended(9, 1, 'signed-out')));
    it('ends it once', () =>
      spec
        .given(registered, signedIn(1), ended(8, 1, 'signed-out'))
        .when(end, wrong)
        .thenNothing());
    it('says nothing of a session that it does not know', () => spec.given(registered).when(end, wrong).thenNothing());
  });

  it('keeps a bounded number of sessions in mind', () => {
    const many = Array.from({ length: MAX_SESSIONS + 5 }, (_, n) => signedIn(n, n));
    const state = stateAfter(accountDecider, [registered, ...many]);
    expect(state.kind === 'registered' && state.sessions.size).toBe(MAX_SESSIONS);
    expect(state.kind === 'registered' && state.sessions.has(session(MAX_SESSIONS + 4))).toBe(true);
  });
});

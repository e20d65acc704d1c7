import { describe, expect, it } from 'vitest';
import { REVEAL_LIMITS, REVEAL_REPEAT_MS, type RevealItem } from '#domain/reveal/commands.ts';
import { revealDecider } from '#domain/reveal/decider.ts';
import type { RevealEvent } from '#domain/reveal/events.ts';
import type { PersonalClass } from '#domain/personal.ts';
import { deciderSpec, stateAfter } from '#tests/support/decider-spec.ts';
import { MINUTE_MS, minute, sampleId } from '#tests/support/sample.ts';

type Event = RevealEvent<'plain'>;
const who = { sessionId: sampleId<'session'>(1), accountId: sampleId<'account'>(2), role: 'agent', purpose: 'answer-customer' } as const;
const HOUR = REVEAL_REPEAT_MS / MINUTE_MS;
const item = (n: number, ...classes: PersonalClass[]) => ({ subjectId: sampleId<'subject'>(100 + n), classes });

const reveal = (minutes: number, ...items: RevealItem[]) =>
  ({ type: 'RecordReveal', ...who, level: 'full', items, at: minute(minutes) }) as const;
const revealed = (minutes: number, ...items: ReturnType<typeof item>[]): Event => ({
  type: 'ValuesRevealed',
  data: { ...who, level: 'full', items, revealedAt: minute(minutes) },
  personal: {},
});
const deny = (minutes: number, ...items: RevealItem[]) =>
  ({ type: 'RecordDenial', ...who, reason: 'role', items, at: minute(minutes) }) as const;
const denied = (minutes: number, ...items: ReturnType<typeof item>[]): Event => ({
  type: 'RevealDenied',
  data: { ...who, reason: 'role', items, deniedAt: minute(minutes) },
  personal: {},
});

const spec = deciderSpec(revealDecider);

describe('a session', () => {
  it('records what it was shown', () =>
    spec
      .given()
      .when(reveal(0, item(1, 'profile', 'message')), null)
      .then(revealed(0, item(1, 'profile', 'message'))));
  it('adds nothing when a page refreshes', () =>
    spec
      .given(revealed(0, item(1, 'profile')))
      .when(reveal(HOUR - 1, item(1, 'profile')), null)
      .thenNothing());
  it('records it again after an hour', () =>
    spec
      .given(revealed(0, item(1, 'profile')))
      .when(reveal(HOUR, item(1, 'profile')), null)
      .then(revealed(HOUR, item(1, 'profile'))));
  it('records only what is new', () =>
    spec
      .given(revealed(0, item(1, 'profile')))
      .when(reveal(1, item(1, 'profile', 'message'), item(2, 'profile')), null)
      .then(revealed(1, item(1, 'message'), item(2, 'profile'))));
  it('records a person and class once, however often it is named', () =>
    spec
      .given()
      .when(reveal(0, item(1, 'profile', 'profile'), item(1, 'profile')), null)
      .then(revealed(0, item(1, 'profile'))));
  it('records another purpose', () =>
    spec
      .given(revealed(0, item(1, 'profile')))
      .when({ ...reveal(1, item(1, 'profile')), purpose: 'investigate' }, null)
      .then({
        type: 'ValuesRevealed',
        data: { ...who, purpose: 'investigate', level: 'full', items: [item(1, 'profile')], revealedAt: minute(1) },
        personal: {},
      }));
  it('records another level', () =>
    spec
      .given(revealed(0, item(1, 'profile')))
      .when({ ...reveal(1, item(1, 'profile')), level: 'masked' }, null)
      .then({
        type: 'ValuesRevealed',
        data: { ...who, level: 'masked', items: [item(1, 'profile')], revealedAt: minute(1) },
        personal: {},
      }));
  it('records nothing when nothing was shown', () => spec.given().when(reveal(0), null).thenNothing());

  it('records a denial', () =>
    spec
      .given()
      .when(deny(0, item(1, 'profile')), null)
      .then(denied(0, item(1, 'profile'))));
  it('records it once an hour', () =>
    spec
      .given(denied(0, item(1, 'profile')))
      .when(deny(1, item(1, 'profile')), null)
      .thenNothing());
  it('does not take a denial for a reveal', () =>
    spec
      .given(denied(0, item(1, 'profile')))
      .when(reveal(1, item(1, 'profile')), null)
      .then(revealed(1, item(1, 'profile'))));

  it('keeps in mind no more than the last hour', () => {
    const state = stateAfter(revealDecider, [
      revealed(0, item(1, 'profile')),
      revealed(30, item(2, 'profile')),
      revealed(HOUR, item(3, 'profile')),
    ]);
    expect(state.seen.size).toBe(2);
  });
});

describe('the limits of an account', () => {
  const otherSession = sampleId<'session'>(9);
  const people = (from: number, count: number, ...classes: PersonalClass[]) =>
    Array.from({ length: count }, (_, n) => item(from + n, ...classes));
  const seen = (minutes: number, from: number, count: number, personalClass: PersonalClass, over: Partial<Event['data']> = {}): Event => {
    const event = revealed(minutes, ...people(from, count, personalClass));
    return { ...event, data: { ...event.data, ...over } } as Event;
  };
  const full = REVEAL_LIMITS.identifiers;
  const search = (minutes: number) => ({ type: 'RecordSearch', ...who, by: 'name', found: 1, at: minute(minutes) }) as const;
  const searched = (minutes: number): Event => ({
    type: 'PeopleSearched',
    data: { ...who, by: 'name', found: 1, searchedAt: minute(minutes) },
    personal: {},
  });
  const reach = (minutes: number, ...items: RevealItem[]) =>
    ({ type: 'RecordLimit', ...who, limit: 'identifiers', items, at: minute(minutes) }) as const;
  const reached = (minutes: number): Event => ({
    type: 'RevealLimitReached',
    data: { ...who, limit: 'identifiers', perHour: full, reachedAt: minute(minutes) },
    personal: {},
  });
  const overLimit = (minutes: number, ...items: ReturnType<typeof item>[]): Event => ({
    type: 'RevealDenied',
    data: { ...who, reason: 'limit', items, deniedAt: minute(minutes) },
    personal: {},
  });

  it('shows as many people unmasked as the limit says, and not one more', () => {
    spec
      .given(seen(0, 1, full - 1, 'profile'))
      .when(reveal(1, item(full, 'profile')), null)
      .then(revealed(1, item(full, 'profile')));
    spec
      .given(seen(0, 1, full, 'profile'))
      .when(reveal(1, item(full + 1, 'profile')), null)
      .thenRefused('conflict', 'limit-identifiers');
  });
  it('counts a person once, whatever the purpose or the session', () =>
    spec
      .given(seen(0, 1, full, 'profile'))
      .when({ ...reveal(1, item(3, 'profile')), purpose: 'investigate', sessionId: otherSession }, null)
      .then({
        ...revealed(1, item(3, 'profile')),
        data: {
          ...who,
          purpose: 'investigate',
          sessionId: otherSession,
          level: 'full',
          items: [item(3, 'profile')],
          revealedAt: minute(1),
        },
      } as Event));
  it('counts all sessions of the account together', () =>
    spec
      .given(seen(0, 1, full, 'profile', { sessionId: otherSession }))
      .when(reveal(1, item(full + 1, 'profile')), null)
      .thenRefused('conflict', 'limit-identifiers'));
  it('forgets after an hour', () =>
    spec
      .given(seen(0, 1, full, 'profile'))
      .when(reveal(HOUR, item(full + 1, 'profile')), null)
      .then(revealed(HOUR, item(full + 1, 'profile'))));
  it('refuses a page that would go beyond, whole', () =>
    spec
      .given(seen(0, 1, full - 1, 'profile'))
      .when(reveal(1, item(full, 'profile'), item(full + 1, 'profile')), null)
      .thenRefused('conflict', 'limit-identifiers'));
  it('counts messages by themselves', () => {
    spec
      .given(seen(0, 1, full, 'profile'))
      .when(reveal(1, item(full + 1, 'message')), null)
      .then(revealed(1, item(full + 1, 'message')));
    spec
      .given(seen(0, 1, REVEAL_LIMITS.conversations, 'message'))
      .when(reveal(1, item(0, 'note')), null)
      .thenRefused('conflict', 'limit-conversations');
  });
  it('counts neither what is masked nor colleagues', () => {
    spec
      .given(seen(0, 1, full, 'profile'))
      .when({ ...reveal(1, item(full + 1, 'profile')), level: 'masked' }, null)
      .then({
        ...revealed(1, item(full + 1, 'profile')),
        data: { ...who, level: 'masked', items: [item(full + 1, 'profile')], revealedAt: minute(1) },
      } as Event);
    spec
      .given(seen(0, 1, full, 'profile', { purpose: 'know-colleagues' }))
      .when(reveal(1, item(full + 1, 'profile')), null)
      .then(revealed(1, item(full + 1, 'profile')));
  });
  it('lets an account search so often in an hour', () => {
    spec.given().when(search(0), null).then(searched(0));
    spec
      .given(...Array.from({ length: REVEAL_LIMITS.searches }, () => searched(0)))
      .when(search(1), null)
      .thenRefused('conflict', 'limit-searches');
    spec
      .given(...Array.from({ length: REVEAL_LIMITS.searches }, () => searched(0)))
      .when(search(HOUR), null)
      .then(searched(HOUR));
  });
  it('signals once an hour that one was reached, and names everybody who was not shown', () => {
    spec
      .given()
      .when(reach(0, item(1, 'profile')), null)
      .then(reached(0), overLimit(0, item(1, 'profile')));
    spec
      .given(reached(0), overLimit(0, item(1, 'profile')))
      .when(reach(1, item(1, 'profile'), item(2, 'profile')), null)
      .then(overLimit(1, item(2, 'profile')));
    spec
      .given(reached(0), overLimit(0, item(1, 'profile')))
      .when(reach(1, item(1, 'profile')), null)
      .thenNothing();
    spec.given(reached(0)).when(reach(HOUR), null).then(reached(HOUR));
  });
});

import { describe, expect, it } from 'vitest';
import { REVEAL_REPEAT_MS, type RevealItem } from '#domain/reveal/commands.ts';
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

import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checksOf } from '#lib/privacy/checks.ts';
import { presentClasses, totalOf } from '#lib/privacy/counts.ts';
import { handOver, saltFile, takeOver } from '#lib/privacy/handover.ts';
import { durationOf, stepStates } from '#lib/privacy/steps.ts';
import { utc } from '#lib/privacy/utc.ts';
import { nextPath } from '#lib/server/next.server.ts';
import { suggestPassword } from '#lib/settings/suggest-password.ts';
import { time } from '#tests/support/web-fixture-data.ts';

const now = Date.UTC(2026, 10, 24, 12);

describe('an erasure on a page', () => {
  const counts = { message: 3, profile: 0, media: 5, note: 1, ai: 0, audit: 0, credential: 0 };

  it('counts what goes, the largest class first', () => {
    expect(totalOf(counts)).toBe(9);
    expect(presentClasses(counts).map(({ code }) => code)).toEqual(['media', 'message', 'note']);
  });

  it('has one step under way until it is complete', () => {
    expect(stepStates({ step: 'destroyed', reached: {} })).toEqual({
      requested: 'done',
      fenced: 'done',
      destroyed: 'done',
      removed: 'now',
      verified: 'todo',
      completed: 'todo',
    });
    expect(Object.values(stepStates({ step: 'completed', reached: {} }))).not.toContain('now');
    expect(durationOf({ reached: { requested: time(now), completed: time(now + 4200) } })).toBe(4200);
  });

  it('hands the salt over once, and only to its own page', () => {
    const salt = { erasureId: 'a', contactId: 'b', certificate: 'EC-2026-0001', salt: 'ff' };
    handOver(salt);
    expect(takeOver('other')).toBeUndefined();
    expect(takeOver('a')).toBeUndefined();
    handOver(salt);
    expect(takeOver('a')).toBe(salt);
    expect(takeOver('a')).toBeUndefined();
    expect(JSON.parse(saltFile(salt).text)).toEqual({ certificate: 'EC-2026-0001', contactId: 'b', salt: 'ff' });
  });

  it('says which check failed and that later ones were not made', () => {
    const states = checksOf({ kind: 'refused', reason: 'signature', sentence: '' }).map(({ state }) => state);
    expect(states).toEqual(['ok', 'ok', 'ok', 'ok', 'bad', 'skipped', 'skipped']);
  });
});

describe('a signed time', () => {
  it('stays in one piece inside an Arabic sentence', () => {
    expect(utc('2026-11-24T08:12:22.019Z')).toBe('\u20662026-11-24 08:12:22 UTC\u2069');
  });
});

describe('where a sign-in leads', () => {
  it.each([
    ['/people?x=1', '/people?x=1'],
    ['//evil.example', '/'],
    ['/\\evil.example', '/'],
    ['https://evil.example', '/'],
    ['/.//evil.example', '/'],
    ['/x/..//evil.example', '/'],
    ['/signout', '/'],
    ['', '/'],
    [null, '/'],
  ])('%s becomes %s', (wanted, path) => {
    expect(nextPath(wanted)).toBe(path);
  });

  const crafted = fc.array(fc.constantFrom('/', '.', '\\', '\t', '%2e', '@', '?', 'evil.example')).map((parts) => parts.join(''));

  it('is always a path of this server', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.string(), crafted).map((text) => `/${text}`),
        (wanted) => {
          expect(new URL(nextPath(wanted), 'http://here.test').origin).toBe('http://here.test');
        },
      ),
    );
  });
});

describe('a suggested password', () => {
  it('is long enough and made of sayable groups', () => {
    expect(suggestPassword()).toMatch(/^(?:[a-z]{5}-){3}[a-z]{5}$/u);
    expect(suggestPassword()).not.toBe(suggestPassword());
  });
});

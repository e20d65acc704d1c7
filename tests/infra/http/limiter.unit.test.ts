import { expect, it } from 'vitest';
import { createSignInLimiter } from '#infra/http/limiter.ts';
import { RATE_ADDRESSES, RATE_WINDOW_MS, SIGN_IN_PER_MINUTE } from '#infra/http/limits.ts';

it('lets an address try so often in a minute, then says how long to wait, then forgets', () => {
  let now = 0;
  const limiter = createSignInLimiter(() => now);
  for (let n = 0; n < SIGN_IN_PER_MINUTE; n += 1) expect(limiter.wait('a')).toBe(0);
  now = 20_500;
  expect(limiter.wait('a')).toBe(40);
  expect(limiter.wait('b')).toBe(0);
  now = RATE_WINDOW_MS;
  expect(limiter.wait('a')).toBe(0);
});

it('remembers no more addresses than it may, the oldest go first', () => {
  const limiter = createSignInLimiter(() => 0);
  for (let n = 0; n <= SIGN_IN_PER_MINUTE; n += 1) limiter.wait('first');
  expect(limiter.wait('first')).toBeGreaterThan(0);
  for (let n = 0; n < RATE_ADDRESSES; n += 1) limiter.wait(String(n));
  expect(limiter.wait('first')).toBe(0);
});

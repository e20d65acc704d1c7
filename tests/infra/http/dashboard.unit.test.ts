import { expect, it } from 'vitest';
import { bearer, openApi } from './open-api.ts';

it('the figures come for 7, 30 or 90 days, 30 when nothing is said, and for no other number', async () => {
  const { inject, signIn, callsOf } = await openApi();
  const headers = bearer(signIn('auditor'));
  const answers = await Promise.all(['', '?days=7', '?days=90'].map((query) => inject({ url: `/api/v1/dashboard${query}`, headers })));
  expect(answers.map(({ statusCode }) => statusCode)).toEqual([200, 200, 200]);
  expect(callsOf('dashboard')).toEqual([[30], [7], [90]]);
  expect(answers[1]?.json()).toMatchObject({ days: 7 });
  expect(answers.map((answer) => answer.json<{ byDay: unknown[] }>().byDay.length)).toEqual([30, 7, 90]);
  const refused = await Promise.all(
    ['?days=8', '?days=', '?tenant=x'].map((query) => inject({ url: `/api/v1/dashboard${query}`, headers })),
  );
  expect(refused.map(({ statusCode }) => statusCode)).toEqual([400, 400, 400]);
});

it('nobody reads the figures without signing in', async () => {
  const { inject } = await openApi();
  expect((await inject({ url: '/api/v1/dashboard' })).statusCode).toBe(401);
});

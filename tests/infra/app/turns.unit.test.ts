import { setTimeout as wait } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { createTurns } from '#infra/app/turns.ts';

test('work for one key runs in the order asked for, never two at once', async () => {
  const turns = createTurns();
  const log: string[] = [];
  const work = (name: string, ms: number) => async () => {
    log.push(`${name} begins`);
    await wait(ms);
    log.push(`${name} ends`);
    return name;
  };
  const all = [turns.take('a', work('slow', 30)), turns.take('a', work('fast', 0))];
  expect(await Promise.all(all)).toEqual(['slow', 'fast']);
  expect(log).toEqual(['slow begins', 'slow ends', 'fast begins', 'fast ends']);
});

test('other keys do not wait, and a failure is its own caller’s alone', async () => {
  const turns = createTurns();
  const never = Promise.withResolvers<undefined>();
  void turns.take('a', () => never.promise);
  expect(await turns.take('b', () => Promise.resolve('b'))).toBe('b');
  const broken = turns.take('c', () => Promise.reject(new Error('broken')));
  const after = turns.take('c', () => Promise.resolve('after'));
  await expect(broken).rejects.toThrow('broken');
  expect(await after).toBe('after');
  never.resolve(undefined);
});

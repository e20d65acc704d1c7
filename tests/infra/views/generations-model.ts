import fc from 'fast-check';
import { expect } from 'vitest';
import type { Generation } from '#domain/ports.ts';
import type { OpenViews } from '#infra/views/generations-sqlite.ts';
import { put } from './samples.ts';

export const anyStep = fc.oneof(
  fc.record({ kind: fc.constant('begin' as const), which: fc.nat(3) }),
  fc.record({ kind: fc.constantFrom('ready' as const, 'switch' as const, 'drop' as const), which: fc.nat(5) }),
  fc.record({ kind: fc.constant('commit' as const), which: fc.nat(5), late: fc.boolean(), value: fc.nat(9) }),
);

type Modelled = { state: Generation['state']; commits: number; value: number | null };
type Step = {
  readonly kind: 'begin' | 'ready' | 'switch' | 'drop' | 'commit';
  readonly which: number;
  readonly late?: boolean;
  readonly value?: number;
};

/** The model says what each step does, or that it is refused; after each the store is asked for everything. */
export const runSteps = async ({ views, generations }: OpenViews, steps: readonly Step[]): Promise<void> => {
  const model = new Map<number, Modelled>();
  let last = 0;
  for (const { kind, which, late = false, value = 0 } of steps) {
    if (kind === 'begin') {
      expect((await generations.begin('list', 1)).number).toBe((last += 1));
      model.set(last, { state: 'building', commits: 0, value: null });
      continue;
    }
    const generation = { projection: 'list', number: which, version: 1, state: 'building' } as const;
    const known = model.get(which);
    const call = { ready: generations.markReady, switch: generations.switchTo, drop: generations.drop }[kind === 'commit' ? 'ready' : kind];
    if (known === undefined) {
      if (kind === 'drop') await call(generation);
      else await expect(kind === 'commit' ? generations.open(generation) : call(generation)).rejects.toMatchObject({ code: 'VIEWS_GONE' });
    } else if (kind === 'commit') {
      const handle = await generations.open(generation);
      const after = late ? known.commits - 1 : known.commits;
      const won = await handle.commit({ after, checkpoint: BigInt(value), writes: [put('others', 'a', { value })] });
      expect(won).toBe(!late && known.state !== 'previous');
      if (won) model.set(which, { ...known, commits: known.commits + 1, value });
      await handle.close();
    } else if ((kind === 'drop' && known.state === 'live') || (kind === 'switch' && known.state !== 'ready' && known.state !== 'live')) {
      await expect(call(generation)).rejects.toMatchObject({ code: kind === 'drop' ? 'VIEWS_LIVE' : 'VIEWS_NOT_READY' });
    } else {
      await call(generation);
      apply(model, kind, which, known);
    }
    await compare({ views, generations }, model);
  }
};

const apply = (model: Map<number, Modelled>, kind: Step['kind'], which: number, known: Modelled): void => {
  if (kind === 'drop') model.delete(which);
  if (kind === 'ready' && known.state !== 'live') known.state = 'ready';
  if (kind !== 'switch' || known.state === 'live') return;
  const live = [...model.values()].find(({ state }) => state === 'live');
  known.state = 'live';
  if (live === undefined) return;
  for (const [number, { state }] of model) if (state === 'previous') model.delete(number);
  live.state = 'previous';
};

const compare = async ({ views, generations }: Pick<OpenViews, 'views' | 'generations'>, model: Map<number, Modelled>): Promise<void> => {
  const found = (await generations.list()).map(({ number, state }) => [number, state]);
  expect(found).toEqual([...model].map(([number, { state }]) => [number, state]));
  const live = [...model.values()].find(({ state }) => state === 'live');
  if (live === undefined) await expect(views.get('others', 'a')).rejects.toMatchObject({ code: 'VIEWS_BUILDING' });
  else expect(await views.get('others', 'a')).toEqual(live.value === null ? null : { value: live.value });
};

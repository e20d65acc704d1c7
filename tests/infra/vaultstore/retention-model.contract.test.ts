import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { SubjectId } from '#domain/ids.ts';
import type { SealedHandle } from '#domain/sealed-handle.ts';
import type { Hold } from '#vault/retention.ts';
import { erase, folder, id, mark, NOUR, OMAR, openVault, sealOne, START, TENANT, time } from './support.ts';

const hold = (matter: string, subjects: readonly SubjectId[]): Hold => ({
  matter: id<'matter'>(matter),
  approver: id<'account'>('approver'),
  expiresAt: time('2027-11-24T00:00:00.000Z'),
  subjects,
});
const value = (text: string) => ({ kind: 'value', value: text });
const EXPIRED = { kind: 'unavailable', reason: 'period-expired' };

describe('holds, periods, releases and erasures in any order', () => {
  const PEOPLE = [NOUR, OMAR] as const;
  const PERIODS = [
    { class: 'message', period: '2026-10' },
    { class: 'message', period: '2026-11' },
  ] as const;
  const MATTERS = ['one', 'two'] as const;
  const person = fc.constantFrom(...PEOPLE);
  const step = fc.oneof(
    fc.record({ kind: fc.constant('hold' as const), matter: fc.constantFrom(...MATTERS), subject: person }),
    fc.record({ kind: fc.constant('expire' as const), bucket: fc.constantFrom(...PERIODS) }),
    fc.record({ kind: fc.constant('release' as const), matter: fc.constantFrom(...MATTERS) }),
    fc.record({ kind: fc.constant('erase' as const), subject: person }),
    fc.record({ kind: fc.constant('restart' as const) }),
  );

  /** What must be true, in sets. */
  const newModel = () => ({
    holds: new Map<string, Set<string>>(),
    released: new Set<string>(),
    expired: new Set<string>(),
    erased: new Set<string>(),
    fenced: new Set<string>(),
    /** `matter/subject/period` of data keys that a hold keeps. */
    kept: new Set<string>(),
  });
  type Model = ReturnType<typeof newModel>;
  const isHeld = ({ holds }: Model, subject: string): boolean => [...holds.values()].some((people) => people.has(subject));
  const opens = (model: Model, subject: string, period: string): unknown => {
    if (model.erased.has(subject)) return { kind: 'erased', ...mark(), erasedAt: START };
    const isKept = [...model.kept].some((one) => one.endsWith(`/${subject}/${period}`));
    return model.expired.has(period) && !isKept ? EXPIRED : value(`${subject} ${period}`);
  };

  test('agree with a simple model', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 4, maxLength: 14 }), async (steps) => {
        const own = folder();
        let mine = await openVault(own.path);
        const model = newModel();
        const sealed: { readonly subject: SubjectId; readonly period: string; readonly handle: SealedHandle }[] = [];
        for (const subject of PEOPLE)
          for (const { period } of PERIODS)
            sealed.push({ subject, period, handle: await sealOne(mine, `${subject} ${period}`, { subject, period }) });
        try {
          for (const one of steps) {
            switch (one.kind) {
              case 'hold': {
                const put = await mine.putHold(TENANT, hold(one.matter, [one.subject]));
                const expected = model.fenced.has(one.subject) ? 'erased' : model.released.has(one.matter) ? 'released' : 'held';
                expect(put.kind).toBe(expected);
                if (expected === 'held') model.holds.set(one.matter, (model.holds.get(one.matter) ?? new Set()).add(one.subject));
                break;
              }
              case 'expire':
                await mine.expirePeriod(TENANT, one.bucket, START);
                if (!model.expired.has(one.bucket.period))
                  for (const [matter, people] of model.holds)
                    for (const subject of people)
                      if (!model.erased.has(subject)) model.kept.add(`${matter}/${subject}/${one.bucket.period}`);
                model.expired.add(one.bucket.period);
                break;
              case 'release':
                await mine.releaseHold(TENANT, hold(one.matter, []).matter, START);
                if (model.holds.delete(one.matter)) model.released.add(one.matter);
                for (const kept of model.kept) if (kept.startsWith(`${one.matter}/`)) model.kept.delete(kept);
                break;
              case 'erase':
                await mine.fence(TENANT, one.subject, mark());
                model.fenced.add(one.subject);
                if (isHeld(model, one.subject)) {
                  await expect(mine.destroy(TENANT, one.subject, START)).rejects.toMatchObject({ code: 'VAULT_HELD' });
                } else {
                  await erase(mine, one.subject);
                  model.erased.add(one.subject);
                }
                break;
              case 'restart':
                await mine.close();
                mine = await openVault(own.path);
            }
            for (const { subject, period, handle } of sealed)
              // Removed by the erasure, and the key goes before: the answer is the same.
              expect(await mine.open([handle])).toEqual([opens(model, subject, period)]);
          }
        } finally {
          await mine.close();
          own.remove();
        }
      }),
      { numRuns: 20 },
    );
  }, 60_000);
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { allCatalogues } from '#domain/catalogue.ts';
import type { RecordedEvent } from '#domain/message.ts';
import { allProjections } from '#projections/all.ts';
import { anyStep, logOf } from '#tests/support/history.ts';
import { contentsOf, project, viewsFor } from '#tests/support/projected.ts';

const histories = fc.array(anyStep, { minLength: 40, maxLength: 160, size: 'max' }).map(logOf);

const RUNS = { numRuns: 30 };

const built = async (projection: (typeof allProjections)[number], log: readonly RecordedEvent[], batch?: number) => {
  const views = viewsFor([projection]);
  await project(projection, views, log, batch);
  return { views, contents: await contentsOf(projection, views, log) };
};

describe('generated histories', () => {
  it('reach every declared event, so that the properties below are about all of them', () => {
    const seen = new Set(fc.sample(histories, { numRuns: 150, seed: 7 }).flatMap((log) => log.map(({ type }) => type)));
    const declared = Object.values(allCatalogues).flatMap((catalogue) => Object.keys(catalogue));
    // The later steps of an erasure need all earlier ones in one short history; `erasure.unit.test.ts` walks them.
    expect(declared.filter((type) => !seen.has(type) && !(type in allCatalogues.erasure))).toEqual([]);
  });
});

describe.each(allProjections.map((projection) => [projection.name, projection] as const))('%s', (_, projection) => {
  it('has the same documents, whatever the batches of the rebuild', async () => {
    await fc.assert(
      fc.asyncProperty(histories, fc.integer({ min: 1, max: 7 }), async (log, batch) => {
        expect((await built(projection, log, batch)).contents).toEqual((await built(projection, log)).contents);
      }),
      RUNS,
    );
  });

  it('changes nothing when a part of the log comes again up to its end', async () => {
    await fc.assert(
      fc.asyncProperty(histories, fc.nat(), async (log, from) => {
        const { views, contents } = await built(projection, log);
        await project(projection, views, log.slice(from % (log.length + 1)));
        expect(await contentsOf(projection, views, log)).toEqual(contents);
      }),
      RUNS,
    );
  });

  it('moves references and never a value: what it writes is ids, codes, numbers and handles', async () => {
    await fc.assert(
      fc.asyncProperty(histories, async (log) => {
        const { contents } = await built(projection, log);
        for (const [id, text] of contents) expect(unknownTexts(JSON.parse(text)), id).toEqual([]);
      }),
      RUNS,
    );
  });
});

/** A member's document goes when the membership ends, so only a full replay says the same again. */
const withoutMembers = allProjections.filter(({ name }) => name !== 'organisation' && name !== 'outbox');
describe.each(withoutMembers.map((projection) => [projection.name, projection] as const))('%s', (_, projection) => {
  it('changes nothing when any early part of the log comes again', async () => {
    await fc.assert(
      fc.asyncProperty(histories, fc.nat(), async (log, to) => {
        const { views, contents } = await built(projection, log);
        await project(projection, views, log.slice(0, to % (log.length + 1)));
        expect(await contentsOf(projection, views, log)).toEqual(contents);
      }),
      RUNS,
    );
  });
});

/** Texts that are neither an id, a time, a digest, a stream, a key, a sort key, a number nor a code. */
const unknownTexts = (value: unknown): string[] => {
  if (typeof value === 'string') return KNOWN.some((pattern) => pattern.test(value)) ? [] : [value];
  if (Array.isArray(value)) return value.flatMap(unknownTexts);
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(unknownTexts) : [];
};

const KNOWN = [
  /^[0-9a-f]{32}$/,
  /^[0-9a-f]{64}$/,
  /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z( [01] [0-9a-f]{32})?$/,
  /^[0-9a-f]{32}\.[a-zA-Z]+-[0-9a-f]{32}$/,
  /^\d{16}\.\d{4}$/,
  /^\d+$/,
  /^\d{4}-\d{2}(-\d{2})?$/,
  /^EC-\d{4}-\d{4}$/,
  /^[A-Z][A-Za-z]+(\/v\d+)?$/,
  /^[a-z][a-zA-Z]*([-+][a-z]+)*$/,
  /^(AAAA|BBBB)$/,
  /^$/,
];

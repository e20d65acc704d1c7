import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { allCatalogues, catalogueOf } from '#domain/catalogue.ts';
import { generate } from '#infra/tooling/generate/events-md.ts';

const types = Object.values(allCatalogues).flatMap((catalogue) => Object.keys(catalogue));

describe('EVENTS.md', () => {
  it('is as the tables say today (npm run generate)', () => {
    expect(readFileSync(new URL('../../domain/EVENTS.md', import.meta.url), 'utf8')).toBe(generate());
  });
  it.each(types)('tells of %s', (type) => expect(generate()).toContain(`### ${type}\n`));
});

describe('the catalogue', () => {
  it('uses each event type once, so that a type alone names an event', () => expect(types).toEqual([...new Set(types)]));
  it('knows no category that nobody declared', () => {
    expect([catalogueOf('contact'), catalogueOf('toString'), catalogueOf('')]).toEqual([allCatalogues.contact, undefined, undefined]);
  });
  it('says what each event means in one sentence', () => {
    const says = Object.values(allCatalogues).flatMap((catalogue) => Object.values(catalogue).map((spec) => spec.says));
    expect(says.filter((sentence) => !/^[A-Z].{10,150}\.$/.test(sentence))).toEqual([]);
  });
});

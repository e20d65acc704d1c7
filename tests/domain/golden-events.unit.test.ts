import { describe, expect, it } from 'vitest';
import { catalogueOf, allCatalogues } from '#domain/catalogue.ts';
import { streamParts } from '#domain/ids.ts';
import { handleOf } from '#domain/sealed-handle.ts';
import { typedEvent } from '#domain/upcast.ts';
import { goldenEvent, goldenNames } from '#tests/golden/load.ts';

const files = goldenNames();
const declared = Object.values(allCatalogues).flatMap((catalogue) => Object.entries(catalogue).map(([type, spec]) => ({ type, spec })));

describe('golden events', () => {
  it('has a file for every version of every declared event, and no other', () => {
    const wanted = declared.flatMap(({ type, spec }) => Array.from({ length: spec.version }, (_, n) => `${type}.v${String(n + 1)}.json`));
    expect(files.filter((name) => name.split('.').length === 3)).toEqual(wanted.sort());
  });

  it.each(files)('reads %s', (name) => {
    const event = goldenEvent(name);
    expect(name.startsWith(`${event.type}.v${String(event.version)}.`)).toBe(true);
    const catalogue = catalogueOf(streamParts(event.stream).category) ?? {};
    expect(typedEvent(catalogue, event).type).toBe(event.type);
  });

  it.each(declared)('shows every field of $type', ({ type, spec }) => {
    const shown = files.filter((name) => name.startsWith(`${type}.v${String(spec.version)}.`)).map(goldenEvent);
    const fieldsOf = (part: 'data' | 'personal') => [...new Set(shown.flatMap((event) => Object.keys(event[part])))].sort();
    expect({ data: fieldsOf('data'), personal: fieldsOf('personal') }).toEqual({
      data: Object.keys(spec.data).sort(),
      personal: Object.keys(spec.personal).sort(),
    });
  });

  it.each(declared)('names the subject of every personal field of $type', ({ type, spec }) => {
    const event = goldenEvent(`${type}.v1.json`);
    for (const field of Object.keys(spec.personal)) {
      expect(handleOf(event, spec, field)).toMatchObject({ subject: event.data[spec.subject ?? ''], field, schema: `${type}/v1` });
    }
    expect(Object.keys(spec.personal).length === 0).toBe(spec.subject === null);
  });

  it('refuses a file whose shape changed in any field', () => {
    for (const name of files) {
      const event = goldenEvent(name);
      const catalogue = catalogueOf(streamParts(event.stream).category) ?? {};
      for (const part of ['data', 'personal'] as const) {
        const changed = { ...event, [part]: { ...event[part], somethingNew: 1 } };
        expect(() => typedEvent(catalogue, changed), `${name} ${part}`).toThrow(expect.objectContaining({ code: 'EVENT_MALFORMED' }));
      }
      for (const field of Object.keys(event.data)) {
        const { [field]: _, ...rest } = event.data;
        expect(() => typedEvent(catalogue, { ...event, data: rest }), `${name} ${field}`).toThrow(
          expect.objectContaining({ code: 'EVENT_MALFORMED' }),
        );
      }
    }
  });
});

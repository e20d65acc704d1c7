import { describe, expect, it } from 'vitest';
import { allCatalogues } from '#domain/catalogue.ts';
import { dataMapFields, fieldPlaces } from '#domain/data-map.ts';
import { defineEvents } from '#domain/define-events.ts';
import { idOf } from '#domain/ids.ts';
import { processingPurposes, recipients, searchFields, taggedIdentifiers } from '#domain/processing.ts';
import type { IdentityField, SearchField } from '#vault/vault.ts';
import { recordedShapes } from '#infra/tooling/generate/event-shapes.ts';

const fields = dataMapFields(allCatalogues);
const named = ({ event, field }: { readonly event: string; readonly field: string }): string => `${event}.${field}`;

describe('the personal fields of the data map', () => {
  it('are those of every stored shape of every version, and no other', () => {
    const stored = Object.entries(recordedShapes().shapes).flatMap(([name, { personal }]) =>
      Object.keys(personal).map((field) => named({ event: name.split('/')[0] ?? '', field })),
    );
    expect(fields.map(named).sort()).toEqual([...new Set(stored)].sort());
    expect(fields.length).toBeGreaterThan(40);
  });

  it('grow by a field that an event declares, with all that it says of it', () => {
    const note = { class: 'note', purposes: ['work-together'], optional: true } as const;
    const thing = defineEvents({
      ThingDone: {
        version: 3,
        says: 'A thing was done.',
        data: { contactId: idOf<'contact'>() },
        personal: { note },
        subject: 'contactId',
      },
    });
    expect(dataMapFields({ thing })).toEqual([
      {
        category: 'thing',
        event: 'ThingDone',
        version: 3,
        field: 'note',
        class: 'note',
        subject: 'customer',
        purposes: ['work-together'],
        places: ['payloads'],
        ends: ['person-erased', 'month-key-destroyed'],
        sharedWith: null,
        optional: true,
      },
    ]);
  });

  it('stand sealed in exactly one of the two stores', () => {
    for (const { places } of fields) expect(places.filter((place) => place === 'payloads' || place === 'media')).toHaveLength(1);
  });

  it('use every purpose, place, tag and recipient that has a name', () => {
    const declared = Object.values(allCatalogues).flatMap((catalogue) =>
      Object.values(catalogue).flatMap(({ personal }) => Object.values(personal)),
    );
    const sorted = <T>(values: readonly T[]): readonly T[] => [...new Set(values)].sort();
    expect(sorted(fields.flatMap(({ purposes }) => purposes))).toEqual(sorted(Object.keys(processingPurposes)));
    expect(sorted(fields.flatMap(({ places }) => places))).toEqual(sorted(fieldPlaces));
    expect(sorted(declared.flatMap(({ tag }) => tag ?? []))).toEqual(sorted(taggedIdentifiers));
    expect(sorted(fields.flatMap(({ sharedWith }) => sharedWith ?? []))).toEqual(sorted(recipients));
  });

  it('name every identifier that the vault keeps as a tag', () => {
    // Tags of ids alone are no identifier of a person. A field that the vault tags and no event declares does not compile here.
    type Untold = Exclude<IdentityField, (typeof taggedIdentifiers)[number] | 'conversation' | 'reservation'>;
    const untold: readonly Untold[] = [];
    const none: readonly never[] = untold;
    // And nothing is searched for under a name that the vault does not know.
    const searched: readonly SearchField[] = searchFields;
    expect(searched.length).toBeGreaterThan(0);
    expect(none).toEqual([]);
  });
});

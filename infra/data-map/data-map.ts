import { allCatalogues } from '#domain/catalogue.ts';
import { type DataMapField, dataMapFields } from '#domain/data-map.ts';
import type { EventCatalogue } from '#domain/define-events.ts';
import { recipients } from '#domain/processing.ts';
import type { DataMap, DataMapPlace, DataMapRecipient, PlaceName } from '#projections/data-map/page.ts';
import { RELEASE } from '../release.ts';
import { places } from './places.ts';

/** The data map of this release: what the events declare, and the places of this program. */
export const dataMap = (catalogues: Readonly<Record<string, EventCatalogue>> = allCatalogues): DataMap => {
  const fields = dataMapFields(catalogues);
  return {
    release: RELEASE,
    fields,
    places: placeNames.map((name) => placeOf(name, fields)),
    recipients: recipients.map((name) => recipientOf(name, fields)),
  };
};

// The keys of a record that must name every place.
const placeNames = Object.keys(places).filter((name): name is PlaceName => name in places);

const placeOf = (name: PlaceName, fields: readonly DataMapField[]): DataMapPlace => ({
  name,
  form: places[name].form,
  files: places[name].files,
  fields: fields.filter((field) => field.places.some((place) => place === name)).length,
});

const recipientOf = (name: DataMapRecipient['name'], fields: readonly DataMapField[]): DataMapRecipient => {
  const shared = fields.filter(({ sharedWith }) => sharedWith === name);
  return { name, fields: shared.map(({ event, field }) => `${event}.${field}`), classes: [...new Set(shared.map((field) => field.class))] };
};

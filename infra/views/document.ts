import type { CollectionSpec, ViewWrite } from '#domain/ports.ts';
import { StoreFault } from '#infra/sqlite/store-fault.ts';

/** The document of a stored text. What a projection wrote is what its readers get: the shape is the caller's to know, as the port says. */
export const parseDocument = <D extends object>(text: unknown): D => {
  const value: unknown = typeof text === 'string' ? JSON.parse(text) : null;
  if (!isDocument<D>(value)) throw damagedDocument();
  return value;
};

const isDocument = <D extends object>(value: unknown): value is D => typeof value === 'object' && value !== null;

export const damagedDocument = () =>
  new StoreFault('STORE_DAMAGED', 'The file of the views is damaged: a row holds other kinds of values than expected.');

export type Prepared = { readonly collection: string; readonly id: string; readonly text: string | null };

/** A document that JSON cannot hold is the projection's error and named as such. */
export const prepareWrite = (spec: CollectionSpec, { id, document }: ViewWrite): Prepared => {
  try {
    return { collection: spec.name, id, text: document === null ? null : JSON.stringify(document) };
  } catch {
    throw new StoreFault('VIEW_MALFORMED', `expected a document of ${spec.name} that JSON can hold, got another value`);
  }
};

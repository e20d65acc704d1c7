import { error } from '@sveltejs/kit';
import { parseId, type Id } from '#domain/ids.ts';
import type { Upload } from '#projections/pages.ts';

/** The id in an address or a field; anything else was never given out by us. */
export function idFrom<Kind extends string>(text: unknown): Id<Kind> {
  const id = parseId<Kind>(text);
  if (id === null) error(404, 'not-found', { code: 'not-found' });
  return id;
}

export function textFrom(form: FormData, name: string): string {
  const value = form.get(name);
  return typeof value === 'string' ? value : '';
}

/** The attached file; null when none was chosen (browsers send an empty one). */
export async function uploadFrom(form: FormData, name: string): Promise<Upload | null> {
  const file = form.get(name);
  if (!(file instanceof File) || file.size === 0) return null;
  return { bytes: new Uint8Array(await file.arrayBuffer()), type: file.type || 'application/octet-stream', fileName: file.name };
}

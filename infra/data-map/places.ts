import type { PlaceForm, PlaceName } from '#projections/data-map/page.ts';

/** `files`: patterns below the data folder. `tables`: of the database, `*` for every one; a test finds each table and file in exactly one place. */
export type Place = { readonly form: PlaceForm; readonly files: readonly string[]; readonly tables: readonly string[] };

/** Every place that this program writes to. One that is missing here fails a test as soon as a file or a table of it appears. */
export const places: Readonly<Record<PlaceName, Place>> = {
  log: { form: 'references', files: ['events.db'], tables: ['*'] },
  payloads: { form: 'sealed', files: ['payloads.db'], tables: ['*'] },
  media: { form: 'sealed', files: ['media/**'], tables: [] },
  claims: { form: 'tags', files: ['identity.db'], tables: ['claims', 'fences'] },
  seen: { form: 'tags', files: ['identity.db'], tables: ['seen'] },
  search: { form: 'tags', files: ['identity.db'], tables: ['words', 'indexer'] },
  keyring: { form: 'keys', files: ['keyring/keyring.db'], tables: ['*'] },
  'root-key': { form: 'keys', files: ['keyring/root.key'], tables: [] },
  views: { form: 'references', files: ['views/*.db'], tables: ['*'] },
  sessions: { form: 'hashes', files: ['sessions.db'], tables: ['session'] },
  processes: { form: 'ids', files: ['processes.db', 'processes/*.lock'], tables: ['*'] },
  memory: { form: 'plain', files: [], tables: [] },
  'logs-and-metrics': { form: 'nothing', files: [], tables: [] },
  browser: { form: 'plain', files: [], tables: [] },
};

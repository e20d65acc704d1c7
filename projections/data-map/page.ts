import type { DataMapField, FieldPlace } from '#domain/data-map.ts';
import type { PersonalClass } from '#domain/personal.ts';
import type { Recipient } from '#domain/processing.ts';

/** Everywhere that this program keeps something about people, sealed or not; and where it keeps nothing of them. */
export type PlaceName =
  FieldPlace | 'log' | 'keyring' | 'root-key' | 'views' | 'sessions' | 'processes' | 'memory' | 'logs-and-metrics' | 'browser';

/** In what form it stands there: whether whoever holds the file alone learns anything of a person. */
export type PlaceForm = 'sealed' | 'tags' | 'keys' | 'hashes' | 'references' | 'ids' | 'plain' | 'nothing';

export type DataMapPlace = {
  readonly name: PlaceName;
  readonly form: PlaceForm;
  /** Files of the data folder; empty for what is in no file. */
  readonly files: readonly string[];
  /** Fields of events that stand there. */
  readonly fields: number;
};

/** Who gets values from this program, and of which fields. */
export type DataMapRecipient = { readonly name: Recipient; readonly fields: readonly string[]; readonly classes: readonly PersonalClass[] };

/** Which personal data this release processes, for what, where it stands, and how it ends. The same for every organisation; names nobody. */
export type DataMap = {
  readonly release: string;
  readonly fields: readonly DataMapField[];
  readonly places: readonly DataMapPlace[];
  readonly recipients: readonly DataMapRecipient[];
};

import { parseId, type SubjectId, type TenantId } from '#domain/ids.ts';
import { plainText } from '#domain/personal.ts';
import { VaultFault } from '#vault/fault.ts';
import { NORMAL_FORMS, searchWords } from '#vault/normalise.ts';
import type { SearchEntry, SearchField, SearchTerm, Vault } from '#vault/vault.ts';
import type { IdentityRows } from './identity-rows.ts';
import type { Keyring } from './keyring.ts';
import type { Tags } from './tags.ts';
import { hexOf } from './values.ts';

type Parts = { readonly identity: IdentityRows; readonly keyring: Keyring; readonly tags: Tags };

/** People looked at per word; of a word that more have, further words tell them apart. */
const MAX_CANDIDATES = 2_048;
/** Rows read of one drawer: more than an even share of `MAX_CANDIDATES`, for drawers are not even. */
const MAX_OF_DRAWER = 32;
/** Of so few people no rarer word is looked for. */
const FEW = 64;
/** People found at most: nobody reads through more. */
export const MAX_FOUND = 50;

/** The search index: the words of names and whole identifiers as keyed tags (SPEC.md §6). */
export const createSearch = (parts: Parts): Pick<Vault, 'index' | 'indexedUpTo' | 'search'> => {
  const { identity, keyring, tags } = parts;
  return {
    indexedUpTo: async () => identity.words.position(NORMAL_FORMS),
    index: async (entries, from, upTo) => {
      keyring.refresh();
      tags.ensureSearch(entries);
      const wanted = newest(entries).map((entry) => ({ ...entry, wanted: tagsOf(tags, entry) }));
      return identity.database.transact(() => {
        if (identity.words.position(NORMAL_FORMS) !== from) return false;
        for (const entry of wanted) replace(identity, entry);
        identity.words.setPosition(NORMAL_FORMS, upTo);
        return true;
      });
    },
    search: async (tenant, terms) => {
      keyring.refresh();
      const found = terms.map((term) => whoMeets(parts, tenant, term));
      // Ids are ordered by time.
      const subjects = [...new Set(found.flatMap((one) => one.subjects))].sort().reverse();
      const living = firstOf(subjects, MAX_FOUND + 1, (subject) => identity.fence(tenant, subject) === null);
      return { subjects: living.slice(0, MAX_FOUND).map(subjectId), more: living.length > MAX_FOUND || found.some((one) => one.more) };
    },
  };
};

const firstOf = <T>(all: readonly T[], count: number, wanted: (one: T) => boolean): readonly T[] => {
  const first: T[] = [];
  for (const one of all) {
    if (first.length === count) break;
    if (wanted(one)) first.push(one);
  }
  return first;
};

/** Of several values of one field, the last one counts. */
const newest = (entries: readonly SearchEntry[]): readonly SearchEntry[] => [
  ...new Map(entries.map((entry) => [`${entry.tenant}/${entry.subject}/${entry.field}`, entry])).values(),
];

const tagsOf = (tags: Tags, { tenant, subject, field, value }: SearchEntry): ReadonlyMap<string, Uint8Array> =>
  new Map(
    searchWords(field, plainText(value)).map((word) => {
      const tag = tags.wordOf(tenant, field, subject, word);
      if (tag === null) throw new VaultFault('VAULT_KEY_DAMAGED', 'expected a key of the search index, got none after minting it');
      return [hexOf(tag), tag];
    }),
  );

type Tagged = Omit<SearchEntry, 'value'> & { readonly wanted: ReadonlyMap<string, Uint8Array> };

const replace = (identity: IdentityRows, { tenant, subject, field, wanted }: Tagged): void => {
  if (identity.fence(tenant, subject) !== null) return;
  const kept = new Set<string>();
  for (const { id, tag } of identity.words.ofField(tenant, subject, field)) {
    const name = hexOf(tag);
    if (wanted.has(name)) kept.add(name);
    else identity.words.drop(id);
  }
  for (const [name, tag] of wanted) if (!kept.has(name)) identity.words.insert(tenant, subject, field, tag);
};

type Met = { readonly subjects: readonly string[]; readonly more: boolean };
const NOBODY: Met = { subjects: [], more: false };

/** A word and the fields where it may stand. */
type Word = { readonly text: string; readonly fields: readonly SearchField[] };

/** Those with the rarest word are looked at one by one for the others. */
const whoMeets = (parts: Parts, tenant: TenantId, { fields, value }: SearchTerm): Met => {
  const words = wordsOf(fields, plainText(value));
  const looked: (Met & { readonly word: Word })[] = [];
  for (const word of words) {
    const met = whoHas(parts, tenant, word);
    looked.push({ word, ...met });
    if (met.subjects.length <= FEW) break;
  }
  const [rarest] = looked.sort((a, b) => a.subjects.length - b.subjects.length);
  if (rarest === undefined) return NOBODY;
  const subjects = rarest.subjects.filter((subject) =>
    words.every((word) => word === rarest.word || hasWord(parts, tenant, subject, word)),
  );
  return { subjects, more: rarest.more };
};

const wordsOf = (fields: readonly SearchField[], text: string): readonly Word[] => {
  const byText = Map.groupBy(
    fields.flatMap((field) => searchWords(field, text).map((word) => ({ word, field }))),
    ({ word }) => word,
  );
  return [...byText].map(([word, places]) => ({ text: word, fields: places.map(({ field }) => field) }));
};

const whoHas = ({ identity, tags }: Parts, tenant: TenantId, { text, fields }: Word): Met => {
  const subjects = new Set<string>();
  let more = false;
  for (const tag of fields.flatMap((field) => tags.wordOfAll(tenant, field, text))) {
    const found = identity.words.byTag(tenant, tag, MAX_OF_DRAWER);
    more ||= found.length === MAX_OF_DRAWER;
    for (const subject of found) subjects.add(subject);
    if (subjects.size > MAX_CANDIDATES) return { subjects: [...subjects], more: true };
  }
  return { subjects: [...subjects], more };
};

const hasWord = ({ identity, tags }: Parts, tenant: TenantId, subject: string, { text, fields }: Word): boolean =>
  fields.some((field) => {
    const tag = tags.wordOf(tenant, field, subject, text);
    return tag !== null && identity.words.has(tenant, subject, tag);
  });

const subjectId = (text: string): SubjectId => {
  const id = parseId<'subject'>(text);
  if (id === null) throw new VaultFault('VAULT_STORE_DAMAGED', 'expected the search index to hold ids: restore identity.db from a backup');
  return id;
};

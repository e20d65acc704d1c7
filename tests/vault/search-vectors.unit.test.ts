import { createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { drawerOf, searchTag } from '#vault/blind-tag.ts';
import { keyObject } from '#vault/keys.ts';
import { nameWords, searchWords } from '#vault/normalise.ts';
import type { SearchField } from '#vault/vault.ts';

type Vectors = {
  readonly sameNames: readonly { readonly words: readonly string[]; readonly forms: readonly string[] }[];
  readonly searchTags: readonly {
    readonly key: string;
    readonly tenant: string;
    readonly field: SearchField;
    readonly subject: string;
    readonly text: string;
    readonly word: string;
    readonly drawer: number;
    readonly tag: string;
  }[];
};
const vectors = JSON.parse(readFileSync(join(import.meta.dirname, '../../vault/vectors.json'), 'utf8')) as Vectors;

/** By SPEC.md alone: nothing of `vault/` in it. */
const hmac = (key: Buffer, ...parts: readonly (string | Buffer)[]): Buffer => {
  const hash = createHmac('sha256', key);
  for (const part of parts.map((each) => Buffer.from(each))) {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(part.length);
    hash.update(length).update(part);
  }
  return hash.digest();
};

describe('vectors of the search index', () => {
  test.each(vectors.sameNames)('$words', ({ words, forms }) => {
    for (const form of forms) expect(nameWords(form)).toEqual(words);
  });

  test.each(vectors.searchTags)('$field $word', ({ key, tenant, field, subject, text, word, drawer, tag }) => {
    const bytes = Buffer.from(key, 'hex');
    expect(searchWords(field, text)).toContain(word);
    expect(drawerOf(keyObject(bytes), tenant, field, subject)).toBe(drawer);
    expect(Buffer.from(searchTag(keyObject(bytes), tenant, field, word, drawer)).toString('hex')).toBe(tag);
    expect(hmac(bytes, 'drawer/v1', tenant, field, subject)[0]).toBe(drawer);
    expect(hmac(bytes, 'word/v1', tenant, field, word, Buffer.of(drawer)).subarray(0, 16).toString('hex')).toBe(tag);
  });
});

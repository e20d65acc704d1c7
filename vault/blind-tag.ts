import { createHmac, type KeyObject } from 'node:crypto';
import { lp } from './lp.ts';
import type { IdentityField, SearchField } from './vault.ts';

/** `claim`: the live index, dies with the subject. `seen`: weekly, outlives the subject by at most 15 days. */
export type TagPurpose = 'claim' | 'seen';

export const TAG_BYTES = 32;

/** `HMAC-SHA-256(key, lp("tag/v1", tenant, field, purpose, normal form))`, 32 bytes. One key per tenant × field × purpose: no tag links two. */
export const blindTag = (key: KeyObject, tenant: string, field: IdentityField, purpose: TagPurpose, normal: string): Uint8Array =>
  createHmac('sha256', key)
    .update(lp('tag/v1', tenant, field, purpose, normal))
    .digest();

/** Half of the HMAC: what is found is checked by nobody but its key, and the index holds several per person. */
export const SEARCH_TAG_BYTES = 16;
/**
 * Drawers that a word's people are spread over, so that the index does not say how many share it: of a word that n people carry it shows
 * 256 tags of n/256 each. Looking all of them up takes a few milliseconds.
 */
export const DRAWERS = 256;

/** The drawer of a subject: the first byte of `HMAC-SHA-256(key, lp("drawer/v1", tenant, field, subject))`. */
export const drawerOf = (key: KeyObject, tenant: string, field: SearchField, subject: string): number =>
  createHmac('sha256', key)
    .update(lp('drawer/v1', tenant, field, subject))
    .digest()
    .readUInt8(0);

/** `HMAC-SHA-256(key, lp("word/v1", tenant, field, word, drawer (1 byte)))[0:16]`. The key is that of tenant × field × `search`. */
export const searchTag = (key: KeyObject, tenant: string, field: SearchField, word: string, drawer: number): Uint8Array =>
  createHmac('sha256', key)
    .update(lp('word/v1', tenant, field, word, Uint8Array.of(drawer)))
    .digest()
    .subarray(0, SEARCH_TAG_BYTES);

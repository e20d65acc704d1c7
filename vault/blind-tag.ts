import { createHmac, type KeyObject } from 'node:crypto';
import { VaultFault } from './fault.ts';
import { lp } from './lp.ts';
import type { IdentityField } from './vault.ts';

/** `claim`: the live index, dies with the subject. `seen`: weekly, outlives the subject by at most 15 days. */
export type TagPurpose = 'claim' | 'seen';

export const TAG_BYTES = 32;

// Zero of: ASCII, Arabic-Indic, extended Arabic-Indic (Persian, Urdu), fullwidth digits.
const DIGIT_ZEROS = [0x30, 0x660, 0x6f0, 0xff10] as const;

const digitOf = (character: string): string => {
  const code = character.codePointAt(0) ?? 0;
  const zero = DIGIT_ZEROS.find((start) => code >= start && code <= start + 9);
  return zero === undefined ? '' : String(code - zero);
};

/** Digits only, without the international prefix `00`: `+20 (10) 123`, `002010123` and `20 10 123` are one number. */
const normalPhone = (text: string): string => [...text].map(digitOf).join('').replace(/^00/, '');

/**
 * The form under which an identifier is recognised (SPEC.md §6). Phone numbers: digits. E-mail: NFC, trimmed, lower case. Ids: as given.
 * Nothing left throws `VAULT_BAD_IDENTIFIER`.
 */
export const normalIdentifier = (field: IdentityField, text: string): string => {
  const normal =
    field === 'phone' ? normalPhone(text) : field === 'email' ? text.normalize('NFC').trim().toLowerCase().normalize('NFC') : text;
  if (normal === '')
    throw new VaultFault('VAULT_BAD_IDENTIFIER', `expected an identifier of field ${field}, got nothing to recognise it by`);
  return normal;
};

/** `HMAC-SHA-256(key, lp("tag/v1", tenant, field, purpose, normal form))`, 32 bytes. One key per tenant × field × purpose: no tag links two. */
export const blindTag = (key: KeyObject, tenant: string, field: IdentityField, purpose: TagPurpose, normal: string): Uint8Array =>
  createHmac('sha256', key)
    .update(lp('tag/v1', tenant, field, purpose, normal))
    .digest();

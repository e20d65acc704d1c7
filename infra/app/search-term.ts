import { type CountryCode, parsePhoneNumberFromString } from 'libphonenumber-js';
import { plain } from '#domain/personal.ts';
import type { SearchKind } from '#domain/reveal/events.ts';
import { normalPhone } from '#vault/normalise.ts';
import type { SearchTerm } from '#vault/vault.ts';

/** Nothing that names a person is longer; characters. */
export const MAX_TERM_LENGTH = 128;
/** The shortest numbers of the world, with their country, have as many digits; less is part of a name ("Shop 24"). */
const MIN_PHONE_DIGITS = 7;

const EMAIL = /^[^\s@]+@[^\s@]+\.[^\s@]+$/u;
const BSUID = /^[A-Z]{2}\.[0-9A-Za-z]{6,}$/u;
/** Digits of the scripts that people type them in, and what stands between them. */
const PHONE = /^[+(]?[\p{Nd}\s()+./\-\u200e\u200f\u202a-\u202e\u2066-\u2069]+$/u;

export type ParsedTerm = { readonly by: SearchKind; readonly terms: readonly SearchTerm[] };

/**
 * What somebody typed, as what it looks like. A number without its country is completed with each country that the organisation's own
 * numbers are of: so `0100 123 4567` finds a customer of a Cairo number, and is never guessed to be of anywhere else.
 */
export const parseTerm = (text: string, countries: readonly CountryCode[]): ParsedTerm => {
  const term = text.trim();
  if (EMAIL.test(term)) return { by: 'email', terms: [{ fields: ['email'], value: plain(term) }] };
  if (BSUID.test(term)) return { by: 'id', terms: [{ fields: ['bsuid'], value: plain(term) }] };
  if (isPhone(term))
    return { by: 'phone', terms: numbersOf(term, countries).map((number) => ({ fields: ['phone'], value: plain(number) })) };
  return { by: 'name', terms: [{ fields: ['name', 'username'], value: plain(term) }] };
};

const isPhone = (term: string): boolean => PHONE.test(term) && normalPhone(term).length >= MIN_PHONE_DIGITS;

const numbersOf = (term: string, countries: readonly CountryCode[]): readonly string[] => {
  const digits = [...term].map(normalDigit).join('');
  const national = countries.flatMap((country) => parsePhoneNumberFromString(digits, country)?.number ?? []);
  return [...new Set([digits, ...national].map(normalPhone))];
};

/** `normalPhone` of a single character is its digit; the plus of an international number stays. */
const normalDigit = (character: string): string => (character === '+' ? '+' : normalPhone(character));

/** The countries of the organisation's own numbers. */
export const countriesOf = (numbers: readonly string[]): readonly CountryCode[] => [
  ...new Set(numbers.flatMap((number) => parsePhoneNumberFromString(number.startsWith('+') ? number : `+${number}`)?.country ?? [])),
];

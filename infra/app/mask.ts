import { parsePhoneNumberFromString } from 'libphonenumber-js';
import type { SealedHandle } from '#domain/sealed-handle.ts';

/** Masks are made on the server: what a page does not get, it cannot show. A fixed number of dots, so that lengths do not speak. */
const DOTS = '•••••';

export type Mask = 'none' | 'name' | 'phone' | 'email' | 'identifier';

/** One value that a page wants: its handle (null when the event never carried it) and how much of it. */
export type Wanted = { readonly handle: SealedHandle | null; readonly mask: Mask };

export const masked = (mask: Mask, text: string): string => {
  switch (mask) {
    case 'none':
      return text;
    case 'name':
      return maskName(text);
    case 'phone':
      return maskPhone(text);
    case 'email':
      return maskEmail(text);
    case 'identifier':
      return maskIdentifier(text);
  }
};

const graphemes = new Intl.Segmenter(undefined, { granularity: 'grapheme' });
const firstLetter = (word: string): string => graphemes.segment(word)[Symbol.iterator]().next().value?.segment ?? '';

/** `Nadia Kamel` → `Nadia K•••••`, `Nadia` → `N•••••`: enough to tell two customers apart, not enough to find one. */
const maskName = (text: string): string => {
  const [first, second] = text.trim().split(/\s+/u);
  if (first === undefined || first === '') return DOTS;
  return second === undefined ? `${firstLetter(first)}${DOTS}` : `${first} ${firstLetter(second)}${DOTS}`;
};

/** `+201001234542` → `+20 •• •••• ••42`: the country and the last two digits. */
const maskPhone = (text: string): string => {
  const digits = text.replace(/\D/gu, '');
  const country = parsePhoneNumberFromString(`+${digits}`)?.countryCallingCode ?? digits.slice(0, 1);
  return `+${country} •• •••• ••${digits.slice(-2)}`;
};

/** `EG.1a2b3c4d5e6f7a8b` → `EG.•••••7a8b`: long random ids may show their ends; a user name shows its first letter, for it is a name. */
const maskIdentifier = (text: string): string => {
  if (!/^[A-Z]{2}\.[0-9A-Za-z]{12,}$/u.test(text)) return `${firstLetter(text)}${DOTS}`;
  return `${text.slice(0, 3)}${DOTS}${text.slice(-4)}`;
};

const maskEmail = (text: string): string => {
  const [local = '', domain = ''] = text.split('@');
  const end = domain.lastIndexOf('.');
  return `${firstLetter(local)}••••@••••${end < 0 ? '' : domain.slice(end)}`;
};

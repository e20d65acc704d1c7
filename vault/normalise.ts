import { VaultFault } from './fault.ts';
import type { IdentityField, SearchField } from './vault.ts';

/** Raise it when words are formed by other rules: every index is then built anew from the log. */
export const NORMAL_FORMS = 1;
/** Words of one name that the search index takes; nobody is called by more, and a name full of words must not fill the index. */
export const MAX_NAME_WORDS = 8;
/** Code points of one word; the rest is cut off. */
export const MAX_WORD_LENGTH = 32;

/**
 * The form under which an identifier is recognised (SPEC.md §6). Phone numbers: digits. E-mail: NFC, trimmed, lower case. Ids: as given.
 * Nothing left throws `VAULT_BAD_IDENTIFIER`.
 */
export const normalIdentifier = (field: IdentityField, text: string): string => {
  const normal = field === 'phone' ? normalPhone(text) : field === 'email' ? normalEmail(text) : text;
  if (normal === '')
    throw new VaultFault('VAULT_BAD_IDENTIFIER', `expected an identifier of field ${field}, got nothing to recognise it by`);
  return normal;
};

/** E.164 without its `+`: digits only, without the international prefix `00`. `+20 (10) 123`, `002010123` and `٢٠ ١٠ ١٢٣` are one number. */
export const normalPhone = (text: string): string => [...text].map(digitOf).join('').replace(/^00/, '');

/**
 * NFC, trimmed, lower case. RFC 5321 §2.4 lets a server tell `Nour@` from `nour@`; none that people use does, and two accounts that differ
 * by case alone would be a trap. Nothing else is folded: `n.our@` and `nour@` may be two people.
 */
export const normalEmail = (text: string): string => text.normalize('NFC').trim().toLowerCase().normalize('NFC');

/**
 * The words of a name as the index knows them (SPEC.md §6), each once, in their order. Two ways of writing the same name give the same
 * words: case, accents and ligatures of Latin, Greek and Cyrillic; alef forms, hamza seats, taa marbuta, alef maqsura, diacritics, tatweel,
 * the article and `عبد` of Arabic; Persian letters for Arabic ones; digits of four kinds; width, spaces, punctuation, invisible marks.
 */
export const nameWords = (text: string): readonly string[] => {
  const words = fold(text)
    .split(/[^\p{L}\p{M}\p{N}]+/u)
    .map((word) => [...word].slice(0, MAX_WORD_LENGTH).join(''))
    .flatMap(arabicParts)
    .filter((word) => word !== '');
  return [...new Set(words)].slice(0, MAX_NAME_WORDS);
};

/** What the search index holds of a value, and looks up for a term; nothing when there is nothing to recognise it by. */
export const searchWords = (field: SearchField, text: string): readonly string[] => {
  switch (field) {
    case 'name':
    case 'username':
      return nameWords(text);
    case 'phone':
      return [normalPhone(text)].filter((word) => word !== '');
    case 'email':
      return [normalEmail(text)].filter((word) => word !== '');
    case 'bsuid':
      return [text.trim()].filter((word) => word !== '');
  }
};

// Letters that no Unicode decomposition brings to the plain one beside them.
const LETTERS: Readonly<Record<string, string>> = {
  // Arabic: alef wasla, alef maqsura, taa marbuta; a hamza that stands alone is left out as often as written.
  ٱ: 'ا',
  ى: 'ي',
  ة: 'ه',
  ء: '',
  // Persian and Urdu keyboards for the same Arabic letters.
  ی: 'ي',
  ک: 'ك',
  ہ: 'ه',
  ھ: 'ه',
  ە: 'ه',
  // Latin letters with a stroke, and ligatures that are letters of their own.
  æ: 'ae',
  œ: 'oe',
  ø: 'o',
  đ: 'd',
  ð: 'd',
  ħ: 'h',
  ł: 'l',
  þ: 'th',
  ŧ: 't',
  ŋ: 'n',
  // Greek sigma at the end of a word.
  ς: 'σ',
};

// Tatweel, marks that cannot be seen (joiners, direction, soft hyphen), and apostrophes: `O’Brien` is one word.
const LEFT_OUT = /[\u0640\p{Cf}\u0027\u2018\u2019\u02bc\u0060]/gu;
// Accents and vowel marks of the scripts where names are written with and without them; marks of other scripts are letters.
const MARKS = /(?=\p{Mn})[\p{Script=Inherited}\p{Script=Arabic}\p{Script=Hebrew}]/gu;

/** Upper case first, so that `ß` and ligatures come apart; compatibility forms (width, Arabic presentation forms) come apart by NFKD. */
const fold = (text: string): string => {
  const bare = text.normalize('NFKD').replace(LEFT_OUT, '').toUpperCase().toLowerCase().normalize('NFKD').replace(MARKS, '');
  return [...bare]
    .map((letter) => LETTERS[letter] ?? (digitOf(letter) || letter))
    .join('')
    .normalize('NFC');
};

/** A word keeps at least this many letters without its article: `الله` and `الي` stay as they are. */
const MIN_AFTER_ARTICLE = 3;
const ABD = 'عبد';
const ARTICLE = 'ال';

/** `عبدالرحمن` and `عبد الرحمن` are the same two words; an article is written or left out (`الشربيني`, `شربيني`). */
const arabicParts = (word: string): readonly string[] => {
  const bare = withoutArticle(word);
  const rest = bare.slice(ABD.length);
  const isCompound = bare.startsWith(`${ABD}${ARTICLE}`) && rest.length > MIN_AFTER_ARTICLE;
  return isCompound ? [ABD, ...arabicParts(rest)] : [bare];
};

const withoutArticle = (word: string): string =>
  word.startsWith(ARTICLE) && word.length >= ARTICLE.length + MIN_AFTER_ARTICLE ? withoutArticle(word.slice(ARTICLE.length)) : word;

// Zero of: ASCII, Arabic-Indic, extended Arabic-Indic (Persian, Urdu), fullwidth digits.
const DIGIT_ZEROS = [0x30, 0x660, 0x6f0, 0xff10] as const;

const digitOf = (character: string): string => {
  const code = character.codePointAt(0) ?? 0;
  const zero = DIGIT_ZEROS.find((start) => code >= start && code <= start + 9);
  return zero === undefined ? '' : String(code - zero);
};

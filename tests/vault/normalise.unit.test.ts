import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { MAX_NAME_WORDS, MAX_WORD_LENGTH, nameWords, normalEmail, normalPhone, searchWords } from '#vault/normalise.ts';
import { SAME_NAME } from './search-vectors.ts';

describe('words of a name', () => {
  test.each(SAME_NAME)('%s', (words, ...forms) => {
    for (const form of forms) expect(nameWords(form).join(' '), form).toBe(words);
  });

  test.each([
    ['Nadia', 'Nadja'],
    ['Müller', 'Mueller'],
    ['علي', 'عالي'],
    ['سلمى', 'سليم'],
    ['حسن', 'حسين'],
    ['ذكي', 'زكي'],
  ])('%s and %s stay two names', (one, other) => {
    expect(nameWords(one)).not.toEqual(nameWords(other));
  });

  test('a name of emoji alone has no words', () => {
    expect(nameWords('🌸✨ ~')).toEqual([]);
  });

  test('vowel signs of scripts that cannot do without them stay', () => {
    expect(nameWords('राम')).not.toEqual(nameWords('रम'));
  });

  test('words are taken once, and no more than the bound, each cut to its bound', () => {
    expect(nameWords('Nour nour NOUR')).toEqual(['nour']);
    expect(nameWords(Array.from({ length: 40 }, (_, n) => `w${String(n)}`).join(' '))).toHaveLength(MAX_NAME_WORDS);
    expect(nameWords('x'.repeat(500))).toEqual(['x'.repeat(MAX_WORD_LENGTH)]);
  });

  /** Letters, marks and a space, each one code unit. */
  const ARABIC = 'ابتثجحخدذرزسشصضطظعغفقكلمنهويأإآةىءؤئٱـ َُّ';
  const arabic = fc.string({ unit: fc.constantFrom(...ARABIC.split('')), maxLength: 40 });
  const anything = fc.oneof(fc.string({ unit: 'grapheme', maxLength: 60 }), fc.string({ unit: 'binary', maxLength: 60 }), arabic);

  test('taking the words of the words changes nothing', () => {
    fc.assert(
      fc.property(anything, (text) => {
        expect(nameWords(nameWords(text).join(' '))).toEqual(nameWords(text));
      }),
    );
  });

  test('case, width, composition, tatweel, direction marks and spaces make no difference', () => {
    fc.assert(
      fc.property(arabic, fc.string({ unit: fc.constantFrom(...'abcxyzéüñß '.split('')), maxLength: 30 }), (ar, latin) => {
        const name = `${latin} ${ar}`;
        for (const same of [
          name.normalize('NFD'),
          name.normalize('NFC'),
          `\u200f ${name} \u200e`,
          name.replaceAll(' ', ' \u00a0'),
          name.toUpperCase(),
        ])
          expect(nameWords(same)).toEqual(nameWords(name));
        expect(nameWords(ar.replaceAll('م', 'مـ'))).toEqual(nameWords(ar));
      }),
    );
  });

  test('an Arabic name is found by its bare letters', () => {
    fc.assert(
      fc.property(arabic, (text) => {
        const bare = text
          .replace(/[أإآٱ]/gu, 'ا')
          .replace(/[َُّـ]/gu, '')
          .replaceAll('ة', 'ه')
          .replaceAll('ى', 'ي')
          .replaceAll('ؤ', 'و')
          .replaceAll('ئ', 'ي')
          .replaceAll('ء', '');
        expect(nameWords(bare)).toEqual(nameWords(text));
      }),
    );
  });
});

describe('whole identifiers', () => {
  test.each([
    ['+20 (100) 123-45', '2010012345'],
    ['0020 100 123 45', '2010012345'],
    ['٢٠١٠٠١٢٣٤٥', '2010012345'],
    ['۲۰۱۰۰۱۲۳۴۵', '2010012345'],
    ['２０１００１２３４５', '2010012345'],
    ['tel', ''],
  ])('the phone number %s is %s', (text, normal) => {
    expect(normalPhone(text)).toBe(normal);
  });

  test.each([
    ['  Nour.Adel@Example.COM ', 'nour.adel@example.com'],
    ['Jose\u0301@example.com', 'josé@example.com'],
    ['n.our+shop@example.com', 'n.our+shop@example.com'],
  ])('the e-mail address %s is %s', (text, normal) => {
    expect(normalEmail(text)).toBe(normal);
  });

  test('business-scoped ids are taken exactly; what holds nothing is not looked for', () => {
    expect(searchWords('bsuid', ' EG.1a2B ')).toEqual(['EG.1a2B']);
    for (const field of ['phone', 'email', 'bsuid', 'name', 'username'] as const) expect(searchWords(field, ' ')).toEqual([]);
  });

  test('the normal form of a normal form is itself', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 40 }), (text) => {
        expect(normalEmail(normalEmail(text))).toBe(normalEmail(text));
        // A number that is nothing but zeros in front is the one text where `00` may be taken off again.
        if (!normalPhone(text).startsWith('00')) expect(normalPhone(normalPhone(text))).toBe(normalPhone(text));
      }),
    );
  });
});

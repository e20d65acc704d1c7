// Each letter of the table, the ends of each row of digits, and the shortest words whose article is taken off.
import { expect, test } from 'vitest';
import { nameWords, normalIdentifier } from '#vault/normalise.ts';

test.each([
  ['xہx', 'xهx'],
  ['xھx', 'xهx'],
  ['xەx', 'xهx'],
  ['Æsop', 'aesop'],
  ['Œuvre', 'oeuvre'],
  ['Đoko', 'doko'],
  ['Guðrun', 'gudrun'],
  ['Ħal', 'hal'],
  ['Þor', 'thor'],
  ['Ŧor', 'tor'],
  ['Ŋor', 'nor'],
  ['٩۹９9', '9999'],
])('%s is the word %s', (name, word) => {
  expect(nameWords(name)).toEqual([word]);
});

test('an identifier of nothing is refused with its field', () => {
  expect(() => normalIdentifier('phone', '+')).toThrow('expected an identifier of field phone, got nothing to recognise it by');
});

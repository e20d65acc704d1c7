import { describe, expect, it } from 'vitest';
import { plainText } from '#domain/personal.ts';
import { countriesOf, parseTerm } from '#infra/app/search-term.ts';

const parsed = (text: string, countries = countriesOf(['+20 2 27654321'])) => {
  const { by, terms } = parseTerm(text, countries);
  return [by, ...terms.map(({ value }) => plainText(value))];
};

describe('what a search term is taken for', () => {
  it.each([
    ['  Nadia Kamel ', 'name', 'Nadia Kamel'],
    ['@nadia.kamel', 'name', '@nadia.kamel'],
    ['Shop 24', 'name', 'Shop 24'],
    ['402331', 'name', '402331'],
    ['nadia@example.com', 'email', 'nadia@example.com'],
    ['EG.1a2b3c4d5e', 'id', 'EG.1a2b3c4d5e'],
    ['eg.1a2b3c4d5e', 'name', 'eg.1a2b3c4d5e'],
    ['+20 100 123 4567', 'phone', '201001234567'],
    ['00 20 100 123 4567', 'phone', '00201001234567'.slice(2)],
  ])('%s: %s', (text, by, value) => {
    expect(parsed(text)).toEqual([by, value]);
  });

  it('completes a number as it is dialled by the country of each number of the organisation', () => {
    expect(parsed('0100 123 4567')).toEqual(['phone', '01001234567', '201001234567']);
    expect(parsed('٠١٠٠ ١٢٣ ٤٥٦٧')).toEqual(['phone', '01001234567', '201001234567']);
    expect(parsed('050 123 4567', countriesOf(['+971 4 123 4567', '+966 11 234 5678', '+971 4 765 4321']))).toEqual([
      'phone',
      '0501234567',
      '971501234567',
      '966501234567',
    ]);
  });

  it('guesses no country when the organisation has no number, or one that is none', () => {
    expect(parsed('0100 123 4567', countriesOf([]))).toEqual(['phone', '01001234567']);
    expect(countriesOf(['12', 'Cairo', '20227654321'])).toEqual(['EG']);
  });
});

import { describe, expect, it } from 'vitest';
import { processingPurposes } from '#domain/processing.ts';
import { dataMap } from '#infra/data-map/data-map.ts';
import { endWords, formWords, placeWords, recipientWords, subjectWords } from '#infra/data-map/words.ts';
import english from '../../web/src/messages/en/datamap.json' with { type: 'json' };

const words: Readonly<Record<string, string>> = english;
const capital = (text: string): string => `${text.slice(0, 1).toUpperCase()}${text.slice(1)}`;
const under = (prefix: string, texts: Readonly<Record<string, string>>): readonly (readonly [string, string])[] =>
  Object.entries(texts).map(([code, text]) => [`${prefix}.${code}`, capital(text)]);

describe('the words of the data map', () => {
  it.each([
    ...under('purpose', processingPurposes),
    ...under('end', endWords),
    ...under('form', formWords),
    ...under('subject', subjectWords),
    ...Object.entries(placeWords).flatMap(([name, texts]) => under(`place.${name}`, texts)),
    ...Object.entries(recipientWords).flatMap(([name, texts]) => under(`recipient.${name}`, texts)),
  ])('say the same on the page and in the document: %s', (key, text) => {
    expect(words[key]).toBe(text);
  });

  it('call every field by a name that is not the one in the program', () => {
    expect(dataMap().fields.filter(({ field }) => words[`field.${field}`] === undefined)).toEqual([]);
  });
});

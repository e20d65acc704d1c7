import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { firstJsonError, placeOf } from '#infra/json-error.ts';

function parses(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

describe('where JSON breaks', () => {
  it.each([
    ['', 0],
    ['{', 1],
    ['{"a"}', 4],
    ['{"a":1,}', 7],
    ['[1,]', 3],
    ['[1 2]', 3],
    ['{"a":"b\nc"}', 7],
    [String.raw`"\x"`, 1],
    ['"abc', 4],
    ['nul', 0],
    ['01', 1],
    ['{} {}', 3],
    ['[}', 1],
    ['{]', 1],
    ['{,}', 1],
    ['[,1]', 1],
    ['1.', 1],
  ])('%j breaks at %i', (text, offset) => {
    expect(firstJsonError(text)).toBe(offset);
  });

  it('agrees with the runtime about what is JSON, for damaged documents', () => {
    const damaged = fc
      .tuple(fc.json({ maxDepth: 4 }), fc.nat(), fc.constantFrom('', '"', '{', '}', '[', ']', ',', ':', '\\', '\n', '0', '-', 'e', 'x'))
      .map(([json, at, extra]) => json.slice(0, at % (json.length + 1)) + extra + json.slice((at % (json.length + 1)) + (at % 2)));
    fc.assert(
      fc.property(fc.oneof(fc.json(), damaged), (text) => (firstJsonError(text) === null) === parses(text)),
      { numRuns: 2_000 },
    );
  });

  it('stands megabytes of string and depth', () => {
    expect(firstJsonError(`"${'ا'.repeat(2_000_000)}`)).toBe(2_000_001);
    expect(firstJsonError('['.repeat(1_000_000))).toBe(1_000_000);
  });

  it('counts bytes for the offset and characters for the column', () => {
    expect(placeOf('{"ن":\n x', 7)).toEqual({ offset: 8, line: 2, column: 2 });
  });
});

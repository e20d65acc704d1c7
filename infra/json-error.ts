/**
 * Where a text stops being JSON. The runtime's own message quotes the input, which may be somebody's words,
 * and often names no place; this says the place and nothing else. Called only after JSON.parse has refused.
 */

export type JsonPlace = { readonly offset: number; readonly line: number; readonly column: number };

const SCALAR = /(?:-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null)/y;
const ESCAPE = /\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y;

/** Offset in UTF-16 units, or null when the text is JSON. Iterative: depth costs memory, not stack. */
export function firstJsonError(text: string): number | null {
  const open: ('{' | '[')[] = [];
  let at = skipSpace(text, 0);
  let expect: 'value' | 'key' | 'after' = 'value';
  // After `[` or `{` alone the closing bracket may follow at once.
  let fresh = false;
  for (;;) {
    const char = text[at];
    const inside = open.at(-1);
    if (expect === 'after' && inside === undefined) return char === undefined ? null : at;
    if (char === undefined) return text.length;
    if ((expect === 'after' || fresh) && char === (inside === '{' ? '}' : ']')) {
      open.pop();
      at += 1;
      [expect, fresh] = ['after', false];
    } else if (expect === 'after') {
      if (char !== ',') return at;
      at += 1;
      expect = inside === '{' ? 'key' : 'value';
    } else if (expect === 'key') {
      const key = char === '"' ? scanString(text, at) : { end: at, whole: false };
      if (!key.whole) return key.end;
      at = skipSpace(text, key.end);
      if (text[at] !== ':') return at;
      at += 1;
      [expect, fresh] = ['value', false];
    } else if (char === '{' || char === '[') {
      open.push(char);
      at += 1;
      [expect, fresh] = [char === '{' ? 'key' : 'value', true];
    } else {
      const value = char === '"' ? scanString(text, at) : scanScalar(text, at);
      if (!value.whole) return value.end;
      at = value.end;
      [expect, fresh] = ['after', false];
    }
    at = skipSpace(text, at);
  }
}

/** Line and column from 1, offset in bytes from 0. */
export function placeOf(text: string, offset: number): JsonPlace {
  const before = text.slice(0, offset);
  const lines = before.split('\n');
  return { offset: Buffer.byteLength(before), line: lines.length, column: (lines.at(-1)?.length ?? 0) + 1 };
}

type Scan = { readonly end: number; readonly whole: boolean };

/** A loop, since one pattern over a string of megabytes overflows the pattern engine's stack. */
function scanString(text: string, start: number): Scan {
  let at = start + 1;
  for (;;) {
    const char = text[at];
    if (char === '"') return { end: at + 1, whole: true };
    if (char === undefined || char < ' ') return { end: at, whole: false };
    if (char === '\\') {
      ESCAPE.lastIndex = at;
      if (!ESCAPE.test(text)) return { end: at, whole: false };
      at = ESCAPE.lastIndex;
    } else {
      at += 1;
    }
  }
}

function scanScalar(text: string, start: number): Scan {
  SCALAR.lastIndex = start;
  return SCALAR.test(text) ? { end: SCALAR.lastIndex, whole: true } : { end: start, whole: false };
}

function skipSpace(text: string, start: number): number {
  let at = start;
  while (text[at] === ' ' || text[at] === '\n' || text[at] === '\r' || text[at] === '\t') at += 1;
  return at;
}

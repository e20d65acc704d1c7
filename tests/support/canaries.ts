import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';

/**
 * Strings that occur nowhere else, planted where personal values go in; and a search for them in every form in which bytes are commonly
 * written down. A find names the canary and the place, never bytes around it.
 */
export type Canary = { readonly name: string; readonly value: string };
export type Find = { readonly canary: string; readonly form: string; readonly place: string };

/** All ways in which a value may stand in a file. */
const formsOf = (value: string): readonly (readonly [string, Buffer])[] => {
  const utf8 = Buffer.from(value, 'utf8');
  const forms: (readonly [string, Buffer])[] = [
    ['plain', utf8],
    ['hex', Buffer.from(utf8.toString('hex'))],
    ['HEX', Buffer.from(utf8.toString('hex').toUpperCase())],
    ['utf-16le', Buffer.from(value, 'utf16le')],
    ['utf-16be', Buffer.from(value, 'utf16le').swap16()],
    ['url', Buffer.from(encodeURIComponent(value))],
    [
      'json escapes',
      Buffer.from([...value].map((char) => (char > '\u007f' ? `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}` : char)).join('')),
    ],
  ];
  // Base64 of a text inside a longer one depends on where it begins: three shifts, without the edges that the neighbours change.
  for (const shift of [0, 1, 2]) {
    const encoded = Buffer.concat([Buffer.alloc(shift), utf8])
      .toString('base64')
      .replace(/=+$/u, '');
    const whole = encoded.slice(shift === 0 ? 0 : 4, encoded.length - (encoded.length % 4 === 0 ? 0 : 2));
    forms.push(
      [`base64 shift ${String(shift)}`, Buffer.from(whole)],
      [`base64url shift ${String(shift)}`, Buffer.from(whole.replaceAll('+', '-').replaceAll('/', '_'))],
    );
  }
  return forms.filter(([, bytes]) => bytes.length >= 8);
};

/** A phone number as people and machines write it. */
export const phoneForms = (name: string, digits: string): readonly Canary[] => [
  { name, value: digits },
  { name: `${name}, spaced`, value: `${digits.slice(0, 2)} ${digits.slice(2, 5)} ${digits.slice(5)}` },
  { name: `${name}, dashed`, value: `${digits.slice(0, 2)}-${digits.slice(2, 5)}-${digits.slice(5)}` },
  { name: `${name}, national`, value: `0${digits.slice(2)}` },
];

export const searchBytes = (canaries: readonly Canary[], place: string, bytes: Uint8Array): readonly Find[] => {
  const haystack = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return canaries.flatMap(({ name, value }) =>
    formsOf(value).flatMap(([form, needle]) => (haystack.includes(needle) ? [{ canary: name, form, place }] : [])),
  );
};

export const searchText = (canaries: readonly Canary[], place: string, text: string): readonly Find[] =>
  searchBytes(canaries, place, Buffer.from(text, 'utf8'));

/** Every byte of every file below a folder; names of files and folders as well. `files`: how many were read. */
export const searchFolder = (
  canaries: readonly Canary[],
  folder: string,
): { readonly finds: readonly Find[]; readonly files: number; readonly bytes: number } => {
  const finds: Find[] = [];
  let files = 0;
  let bytes = 0;
  for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    const file = join(folder, name);
    finds.push(...searchText(canaries, `name of ${String(files)}`, name));
    const stat = statSync(file);
    // Sockets hold no bytes.
    if (!stat.isFile()) continue;
    const content = readFileSync(file);
    files += 1;
    bytes += content.length;
    finds.push(...searchBytes(canaries, relative(folder, file), content));
  }
  return { finds, files, bytes };
};

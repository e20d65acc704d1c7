/** Characters of a plain quoted name (RFC 6266); everything else goes into the encoded form only. */
const PLAIN = /[^A-Za-z0-9 ._()-]/g;
/** RFC 5987 `attr-char`s that `encodeURIComponent` leaves alone but that are not allowed. */
const NOT_ALLOWED = /['()*]/g;
const LONGEST = 200;

/** The header's value for a file to be saved. The name comes from people: paths, quotes, line breaks and controls cannot get through. */
export const attachment = (fileName: string | null): string => disposition('attachment', fileName);
export const inline = (fileName: string | null): string => disposition('inline', fileName);

const disposition = (kind: 'attachment' | 'inline', fileName: string | null): string => {
  if (fileName === null) return kind;
  const name = baseName(fileName);
  const plain = name.replace(PLAIN, '_');
  const encoded = encodeURIComponent(name).replace(NOT_ALLOWED, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);
  return `${kind}; filename="${plain}"; filename*=UTF-8''${encoded}`;
};

/** Without folders, controls, lone surrogates and the marks that turn `exe.pdf` around on the screen. */
const baseName = (fileName: string): string => {
  const last = fileName.split(/[/\\]/).at(-1) ?? '';
  const clean = last
    .toWellFormed()
    .replace(/[\p{Cc}\p{Cf}]/gu, '')
    .replace(/^\.+/, '')
    .trim();
  return Array.from(clean).slice(-LONGEST).join('') || 'file';
};

import { hash } from 'node:crypto';
import { drawerOf, searchTag } from '#vault/blind-tag.ts';
import { keyObject } from '#vault/keys.ts';
import { searchWords } from '#vault/normalise.ts';
import type { SearchField } from '#vault/vault.ts';

/** The examples of SPEC.md §6: what stands in one line is one name. */
export const SAME_NAME: readonly (readonly [words: string, ...forms: readonly string[]])[] = [
  [
    'nadia kamel',
    'Nadia Kamel',
    '  NADIA\u00a0 kamel',
    'ＮＡＤＩＡ Kamel',
    'Nadia-Kamel',
    '👩‍🍳 Nadia (Kamel) ✨',
    'Na\u00addia\u200b Kamel',
  ],
  ['jose alvarez', 'José Álvarez', 'Jose\u0301 A\u0301lvarez', 'JOSE ALVAREZ'],
  ['strasse', 'Straße', 'STRASSE', 'straſſe'],
  ['fiona oeuvre', 'ﬁona Œuvre', 'Fiona Oeuvre'],
  ['lukasz orsted', 'Łukasz Ørsted', 'lukasz orsted'],
  ['istanbul ismail', 'İstanbul ısmail', 'Istanbul Ismail'],
  ['obrien', 'O’Brien', "O'Brien", 'OBRIEN'],
  ['νικοσ', 'Νίκος', 'ΝΙΚΟΣ'],
  ['احمد ابراهيم', 'أحمد إبراهيم', 'احمد ابراهيم', 'ٱحمد إبراهيم'],
  ['امال', 'آمال', 'امال'],
  ['محمد', 'مُحَمَّد', 'محـــمد', 'محمد', '\u200fمحمد\u200e'],
  ['ناديه كامل', 'نادية كامل', 'ناديه الكامل', 'ﻧﺎﺩﻳﺔ كامل'],
  ['مصطفي', 'مصطفى', 'مصطفي'],
  ['علا هاني رووف', 'علاء هانئ رؤوف', 'علا هاني رووف'],
  ['عبد رحمن', 'عبد الرحمن', 'عبدالرحمن', 'العبد رحمن'],
  ['عبد الله', 'عبدالله', 'عبد الله'],
  ['شربيني', 'الشربيني', 'شربيني'],
  ['يوسف كريم', 'یوسف کریم', 'يوسف كريم'],
  ['shop 24', 'Shop ٢٤', 'shop ۲۴', 'SHOP 24', 'shop ２４'],
];

export const sameNames = SAME_NAME.map(([words, ...forms]) => ({ words: words.split(' '), forms }));

const hex = (value: Uint8Array): string => Buffer.from(value).toString('hex');
const id = (text: string): string => hash('sha256', text, 'hex').slice(0, 32);
const key = hash('sha256', 'search key', 'buffer');

const values: readonly (readonly [SearchField, string, string])[] = [
  ['name', 'Nadia Kamel', 'nadia'],
  ['name', 'نادية الكامل', 'another nadia'],
  ['username', 'nadia.kamel', 'nadia'],
  ['phone', '+20 100 123 4567', 'nadia'],
  ['email', 'Nadia@Example.com', 'nadia'],
  ['bsuid', 'EG.1234567890', 'nadia'],
];

/** Each word of a value with the drawer of its subject and the tag that stands in the index. */
export const searchTags = values.flatMap(([field, text, person]) => {
  const [tenant, subject] = [id('tenant'), id(person)];
  const drawer = drawerOf(keyObject(key), tenant, field, subject);
  return searchWords(field, text).map((word) => ({
    key: hex(key),
    tenant,
    field,
    subject,
    text,
    word,
    drawer,
    tag: hex(searchTag(keyObject(key), tenant, field, word, drawer)),
  }));
});

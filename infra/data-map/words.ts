import type { FieldEnd } from '#domain/data-map.ts';
import type { PersonalClass } from '#domain/personal.ts';
import type { DataSubject, Recipient } from '#domain/processing.ts';
import type { PlaceForm, PlaceName } from '#projections/data-map/page.ts';

/** The codes of the data map in plain English. The pages say the same, in Arabic too; a test holds the two against each other. */
export const classWords: Readonly<Record<PersonalClass, string>> = {
  message: 'messages',
  profile: 'names and identifiers',
  media: 'files',
  note: 'notes',
  ai: 'AI calls',
  audit: 'audit details',
  credential: 'secrets',
};

export const subjectWords: Readonly<Record<DataSubject, string>> = {
  customer: 'customer',
  member: 'member',
  channel: 'WhatsApp number',
  organisation: 'organisation',
};

export const endWords: Readonly<Record<FieldEnd, string>> = {
  'person-erased': 'Erasing the person destroys their key and removes the sealed value.',
  'month-key-destroyed': 'Destroying the key of its month makes it unreadable.',
  'day-key-destroyed': 'Destroying the key of its day makes it unreadable.',
  'no-erasure-yet': 'This release erases customers only: it stays until an erasure of accounts and organisations comes.',
};

export const recipientWords: Readonly<Record<Recipient, { readonly name: string; readonly says: string }>> = {
  meta: {
    name: 'Meta (WhatsApp Business Platform)',
    says: 'Delivers messages both ways for numbers that are connected to it. What it keeps, and for how long, is governed by its own terms.',
  },
};

export const formWords: Readonly<Record<PlaceForm, string>> = {
  sealed: 'sealed',
  tags: 'keyed tags',
  keys: 'keys',
  hashes: 'hashes and ids',
  references: 'references and ids',
  ids: 'ids and times',
  plain: 'in the clear',
  nothing: 'nothing of people',
};

type PlaceWords = { readonly name: string; readonly holds: string; readonly ends: string };

export const placeWords: Readonly<Record<PlaceName, PlaceWords>> = {
  log: {
    name: 'Event log',
    holds: 'What happened and when: ids, codes and times; for each personal value a random reference and the digest of its sealed bytes.',
    ends: 'Stays. After an erasure its references open nothing.',
  },
  payloads: {
    name: 'Sealed values',
    holds: 'Each personal text, sealed under the key of the person and the key of its class and period.',
    ends: 'Overwritten when the person is erased; unreadable when either key is destroyed.',
  },
  media: {
    name: 'Sealed files',
    holds: 'Files that customers and colleagues send, and texts of more than 64 KiB, sealed in pieces under the same two keys.',
    ends: 'Deleted when the person is erased; unreadable when either key is destroyed.',
  },
  claims: {
    name: 'Identifier index',
    holds: 'Keyed tags of phone numbers, WhatsApp ids, message ids and e-mail addresses: to be found by, not to be read.',
    ends: 'Overwritten when the person is erased.',
  },
  seen: {
    name: 'Deliveries already seen',
    holds: 'Keyed tags of message ids under a key of their week, so that a repeated delivery cannot bring an erased person back.',
    ends: 'The key of the week is destroyed 15 days after the week began.',
  },
  search: {
    name: 'Search index',
    holds: 'Keyed tags of the words of names, and of whole numbers and ids of customers.',
    ends: 'Overwritten when the person is erased.',
  },
  keyring: {
    name: 'Keyring',
    holds: 'The keys of persons and periods, wrapped; and a record of each destroyed one, so that it cannot return.',
    ends: 'A destroyed key is overwritten; its record, with ids and a commitment, stays.',
  },
  'root-key': {
    name: 'Root key',
    holds: 'The key that opens the keyring. It belongs in a backup of its own.',
    ends: 'Stays.',
  },
  views: {
    name: 'Lists for the pages',
    holds: 'What the pages show, with references instead of values.',
    ends: 'Follow the log; can be deleted and built again at any time.',
  },
  sessions: {
    name: 'Sessions and tokens',
    holds: 'The SHA-256 of each session’s token, ids of account and organisation, and times.',
    ends: 'On signing out; at the latest after 12 hours, an API token after 365 days.',
  },
  processes: {
    name: 'Running processes',
    holds: 'Which processes work on this data folder; during an erasure, the id of whom they must forget.',
    ends: 'When the process ends, and when the erasure is done.',
  },
  memory: {
    name: 'Memory of the server',
    holds: 'Values while a page is made or a message is sent, keys for five minutes, addresses that sign in for one minute.',
    ends: 'By itself; an erasure empties it in every process.',
  },
  'logs-and-metrics': {
    name: 'Log lines and metrics',
    holds: 'Codes, ids and numbers from closed lists.',
    ends: 'Nothing of people stands in them.',
  },
  browser: {
    name: 'Browser of a member',
    holds: 'A session cookie that no script can read, cookies for language and looks, and the open page. Nothing is kept in its storage.',
    ends: 'The cookie with the session; the page when it is left.',
  },
};

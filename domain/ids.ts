import { z } from 'zod';

/**
 * Ids are random, time-ordered UUIDv7 values written as 32 lower-case hexadecimal digits without hyphens (EventStoreDB splits a
 * stream name at its first hyphen). An id never derives from a phone number, an address or anything else about a person.
 */
declare const brand: unique symbol;
export type Id<Kind extends string> = string & { readonly [brand]: Kind };

export type TenantId = Id<'tenant'>;
export type AccountId = Id<'account'>;
export type ChannelId = Id<'channel'>;
export type ContactId = Id<'contact'>;
export type ConversationId = Id<'conversation'>;
export type MessageId = Id<'message'>;
export type NoteId = Id<'note'>;
export type SessionId = Id<'session'>;
export type ErasureId = Id<'erasure'>;
export type EventId = Id<'event'>;
export type CommandId = Id<'command'>;
export type CorrelationId = Id<'correlation'>;
/** Random reference of one sealed envelope in the vault. */
export type PayloadRef = Id<'payload'>;
/** Whose key seals a value: the id of a contact, an account, a channel or an organisation. */
export type SubjectId = Id<'subject'>;

/** SHA-256, 64 lower-case hexadecimal digits. */
export type Digest = Id<'digest'>;
/** `<tenant>.<category>-<id>` */
export type StreamName = Id<'stream'>;
/** UTC, ISO 8601 with milliseconds: `2026-11-24T09:30:00.000Z`. */
export type IsoTime = Id<'time'>;
/** Public key, commitment or signature bytes in base64: never secret, never personal. */
export type PublicBytes = Id<'publicBytes'>;
/** A release of the product, `1.4.0`. */
export type Release = Id<'release'>;
/** Number printed on a certificate, `EC-2026-0131`: year and running number inside the organisation. */
export type CertificateNumber = Id<'certificateNumber'>;

const ID = /^[0-9a-f]{32}$/;
const DIGEST = /^[0-9a-f]{64}$/;
const TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/;
const STREAM = /^[0-9a-f]{32}\.[a-z][a-zA-Z]*-[0-9a-f]{32}$/;
const BASE64 = /^[A-Za-z0-9+/]{1,256}={0,2}$/;
const RELEASE = /^\d{1,4}\.\d{1,4}\.\d{1,4}(-[0-9a-z.]{1,32})?$/;
const CERTIFICATE = /^EC-\d{4}-\d{4,9}$/;

const matching = <Kind extends string>(pattern: RegExp) =>
  z.custom<Id<Kind>>((value) => typeof value === 'string' && pattern.test(value), { error: `expected ${pattern.source}` });

/** Schema of one kind of id, for event catalogues and edges. */
export const idOf = <Kind extends string>() => matching<Kind>(ID);
export const digestSchema = matching<'digest'>(DIGEST);
export const timeSchema = matching<'time'>(TIME);
export const publicBytesSchema = matching<'publicBytes'>(BASE64);
export const releaseSchema = matching<'release'>(RELEASE);
export const certificateNumberSchema = matching<'certificateNumber'>(CERTIFICATE);

/** @returns the id, or null when `text` is not 32 lower-case hexadecimal digits. */
export const parseId = <Kind extends string>(text: unknown): Id<Kind> | null =>
  typeof text === 'string' && ID.test(text) ? (text as Id<Kind>) : null;

/** @returns the digest, or null when `text` is not 64 lower-case hexadecimal digits. */
export const parseDigest = (text: unknown): Digest | null => (typeof text === 'string' && DIGEST.test(text) ? (text as Digest) : null);

/** @returns the stream name, or null when it is not `<tenant>.<category>-<id>`. */
export const parseStream = (text: unknown): StreamName | null =>
  typeof text === 'string' && STREAM.test(text) ? (text as StreamName) : null;

/** @returns the time, or null when `text` is not a UTC time with milliseconds. */
export const parseTime = (text: unknown): IsoTime | null => (typeof text === 'string' && TIME.test(text) ? (text as IsoTime) : null);

/** @returns the bytes' text, or null when it is not base64 of at most 256 characters. */
export const parsePublicBytes = (text: unknown): PublicBytes | null =>
  typeof text === 'string' && BASE64.test(text) ? (text as PublicBytes) : null;

/** @returns the release, or null when `text` is not `major.minor.patch`. */
export const parseRelease = (text: unknown): Release | null => (typeof text === 'string' && RELEASE.test(text) ? (text as Release) : null);

/** @returns `EC-<year>-<number>`, the number padded to four digits. */
export const certificateNumber = (year: number, running: number): CertificateNumber =>
  `EC-${String(year).padStart(4, '0')}-${String(running).padStart(4, '0')}` as CertificateNumber;

/** A contact, account, channel or organisation seen as the owner of its key. */
export const subjectOf = (id: ContactId | AccountId | ChannelId | TenantId): SubjectId => id as string as SubjectId;

/** The tenant that owns accounts: one sign-in, many organisations. Not an organisation itself. */
export const PLATFORM_TENANT = '00000000000070008000000000000000' as TenantId;

export type Category = 'organisation' | 'account' | 'channel' | 'contact' | 'conversation' | 'message' | 'reveal' | 'erasure';

export const streamName = (tenant: TenantId, category: Category, id: string): StreamName => `${tenant}.${category}-${id}` as StreamName;

/** Splits a stream name into its parts; total over `StreamName`. */
export const streamParts = (stream: StreamName): { readonly tenant: TenantId; readonly category: Category; readonly id: string } => {
  const dot = stream.indexOf('.');
  const hyphen = stream.indexOf('-');
  return { tenant: stream.slice(0, dot) as TenantId, category: stream.slice(dot + 1, hyphen) as Category, id: stream.slice(hyphen + 1) };
};

/** Where the category begins: behind 32 digits of the tenant and a dot. */
const CATEGORY_AT = 33;

/** Whether a stream is of a category, without taking its name apart: asked for every event by every read model. */
export const isOfCategory = (stream: StreamName, category: Category): boolean =>
  stream.startsWith(category, CATEGORY_AT) && stream[CATEGORY_AT + category.length] === '-';

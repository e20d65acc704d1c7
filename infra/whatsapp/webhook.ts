/** Meta's webhook: is it Meta's, and what does it say. Pure; storing and answering are the caller's. */
import { createHmac, timingSafeEqual, type KeyObject } from 'node:crypto';
import type { Delivery, DeliveryItem } from './delivery.ts';
import * as shapes from './incoming.ts';
import { messageItem, statusItem } from './items.ts';
import { firstJsonError, placeOf } from '#infra/json-error.ts';

/** Meta's stated limit for one delivery. Larger bodies are not Meta's and are refused before they are read whole. */
export const MAX_WEBHOOK_BYTES = 3 * 1024 * 1024;

/** `X-Hub-Signature-256` over the bytes as they came: parsed and written again they are other bytes. A KeyObject is five times faster than a string. */
export function verifySignature(rawBytes: Uint8Array, header: string | undefined, appSecret: string | KeyObject): boolean {
  const given = /^sha256=([0-9a-f]{64})$/i.exec(header ?? '')?.[1];
  // Without a secret everybody could sign.
  const isEmpty = typeof appSecret === 'string' ? appSecret === '' : appSecret.symmetricKeySize === 0;
  if (given === undefined || isEmpty) return false;
  const expected = createHmac('sha256', appSecret).update(rawBytes).digest();
  return timingSafeEqual(expected, Buffer.from(given, 'hex'));
}

export function parseDelivery(rawBytes: Uint8Array): Delivery {
  const json = parseJson(rawBytes);
  if (!json.ok) return json;
  const whole = shapes.envelope.safeParse(json.value);
  if (!whole.success) return { ok: false, reason: { kind: 'shape', path: pathOf(whole.error) } };
  return { ok: true, items: whole.data.entry.flatMap((entry, index) => entryItems(entry, `entry[${index}]`)) };
}

function entryItems(raw: unknown, path: string): readonly DeliveryItem[] {
  const entry = shapes.entry.safeParse(raw);
  if (!entry.success) return [malformed(path, entry.error)];
  return entry.data.changes.flatMap((change, index) => changeItems(change, `${path}.changes[${index}]`));
}

function changeItems(raw: unknown, path: string): readonly DeliveryItem[] {
  const change = shapes.change.safeParse(raw);
  if (!change.success) return [malformed(path, change.error)];
  if (change.data.field !== 'messages') return [{ kind: 'other', field: fieldName(change.data.field) }];
  const value = shapes.value.safeParse(change.data.value);
  if (!value.success) return [malformed(`${path}.value`, value.error)];
  const phoneNumberId = value.data.metadata.phone_number_id;
  const contacts = (value.data.contacts ?? []).map((each) => shapes.contact.safeParse(each).data).filter((each) => each !== undefined);
  return [
    ...(value.data.messages ?? []).map((each, index) => {
      const item = messageItem(each, contacts);
      return item.ok
        ? { kind: 'message' as const, phoneNumberId, message: item.value }
        : { ...malformed(`${path}.value.messages[${index}]`, item.error), phoneNumberId };
    }),
    ...(value.data.statuses ?? []).map((each, index) => {
      const item = statusItem(each);
      if (item.ok && item.value === null) return { kind: 'other' as const, field: 'statuses', phoneNumberId };
      return item.ok && item.value !== null
        ? { kind: 'status' as const, phoneNumberId, status: item.value }
        : { ...malformed(`${path}.value.statuses[${index}]`, item.ok ? null : item.error), phoneNumberId };
    }),
    ...(value.data.errors ?? []).map(() => ({ kind: 'other' as const, field: 'errors', phoneNumberId })),
  ];
}

type Json = { readonly ok: true; readonly value: unknown } | Extract<Delivery, { ok: false }>;

function parseJson(rawBytes: Uint8Array): Json {
  const text = new TextDecoder('utf-8').decode(rawBytes);
  try {
    const value: unknown = JSON.parse(text);
    return { ok: true, value };
  } catch {
    const offset = firstJsonError(text) ?? text.length;
    return { ok: false, reason: { kind: 'json', ...placeOf(text, offset) } };
  }
}

type Issues = { readonly issues: readonly { readonly path: readonly PropertyKey[] }[] };

function malformed(path: string, error: Issues | null): Extract<DeliveryItem, { kind: 'malformed' }> {
  const inner = error === null ? '' : pathOf(error);
  return { kind: 'malformed', path: inner === '' ? path : `${path}.${inner}` };
}

/** Names of our own shapes and positions only: never a key that came from outside. */
function pathOf(error: Issues): string {
  return (error.issues[0]?.path ?? []).map(String).join('.');
}

/** Field names of Meta's list look like this; anything else is not repeated. */
function fieldName(field: string): string {
  return /^[a-z][a-z_]{0,63}$/.test(field) ? field : 'unknown';
}

import { timingSafeEqual } from 'node:crypto';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { parseId } from '#domain/ids.ts';
import type { SealedHandle } from '#domain/sealed-handle.ts';
import { openChunks, openEnvelope, sealContextBytes } from '#vault/envelope.ts';
import type { Opened } from '#vault/vault.ts';
import type { DataKeys } from './data-keys.ts';
import type { Keyring } from './keyring.ts';
import type { MediaFiles } from './media-files.ts';
import type { Payloads } from './payload-rows.ts';
import { digestOf } from './seal.ts';

type Parts = { readonly payloads: Payloads; readonly media: MediaFiles; readonly dataKeys: DataKeys; readonly keyring: Keyring };

/** A long verification yields to the event loop after this many values. */
const YIELD_EVERY = 200;

export const createOpener = (parts: Parts) => {
  const openBytes = async (handle: SealedHandle): Promise<Opened<Uint8Array>> => {
    parts.keyring.refresh();
    return openOne(parts, handle);
  };

  const open = async (handles: readonly SealedHandle[]): Promise<readonly Opened<string>[]> => {
    const answers: Opened<string>[] = [];
    parts.keyring.refresh();
    for (const [index, handle] of handles.entries()) {
      if (index > 0 && index % YIELD_EVERY === 0) {
        await nextTurn();
        parts.keyring.refresh();
      }
      const opened = openOne(parts, handle);
      answers.push(textOf(opened instanceof Promise ? await opened : opened));
    }
    return answers;
  };

  return { open, openBytes };
};

type Answer = Opened<Uint8Array>;

// The key first: an erased subject answers "erased" whether its envelope is still there or not.
const openOne = (parts: Parts, handle: SealedHandle): Answer | Promise<Answer> => {
  if (parseId(handle.tenant) === null || parseId(handle.ref) === null || parseId(handle.subject) === null) return missing;
  const key = parts.dataKeys.get(handle);
  if (key.kind !== 'key') return key;
  const row = parts.payloads.get(handle.tenant, handle.ref);
  if (row === null) return missing;
  const context = sealContextBytes(handle, key.keyIds);
  if (row.envelope !== null) return checked(row.envelope, handle, (bytes) => openEnvelope(key.dek, context, bytes));
  return parts.media.read({ ...row, tenant: handle.tenant, ref: handle.ref }).then((bytes) => {
    // Looked up again: the key may have been destroyed while the file was read.
    const still = parts.dataKeys.get(handle);
    if (still.kind !== 'key') return still;
    return bytes === null ? missing : checked(bytes, handle, (stored) => openChunks(still.dek, context, stored));
  });
};

const missing: Answer = { kind: 'unavailable', reason: 'payload-missing' };

type Unsealed = ReturnType<typeof openEnvelope>;

const checked = (stored: Uint8Array, handle: SealedHandle, unseal: (bytes: Uint8Array) => Unsealed): Answer => {
  const expected = Buffer.from(handle.digest, 'hex');
  const actual = Buffer.from(digestOf(stored), 'hex');
  if (expected.length !== actual.length || !timingSafeEqual(expected, actual)) return { kind: 'tampered', reason: 'digest' };
  const opened = unseal(stored);
  return opened.kind === 'opened' ? { kind: 'value', value: opened.bytes } : opened;
};

// A byte order mark is part of what someone wrote; bytes that are no UTF-8 were not sealed as text.
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

const textOf = (opened: Answer): Opened<string> => {
  if (opened.kind !== 'value') return opened;
  try {
    return { kind: 'value', value: decoder.decode(opened.value) };
  } catch {
    return { kind: 'tampered', reason: 'framing' };
  }
};

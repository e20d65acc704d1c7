import { setImmediate as nextTurn } from 'node:timers/promises';
import { parseId } from '#domain/ids.ts';
import type { SealedHandle } from '#domain/sealed-handle.ts';
import type { BoxOpened } from '#vault/box.ts';
import { openChunks } from '#vault/chunks.ts';
import { openEnvelope, sealContextBytes } from '#vault/envelope.ts';
import type { Opened } from '#vault/vault.ts';
import type { DataKeys } from './data-keys.ts';
import { isDigestOf } from './digest.ts';
import { inTurns } from './in-turns.ts';
import type { Keyring } from './keyring.ts';
import type { MediaFiles, MediaPlace } from './media-files.ts';
import type { Payloads } from './payload-rows.ts';

type Parts = {
  readonly payloads: Pick<Payloads, 'get'>;
  readonly media: Pick<MediaFiles, 'read'>;
  readonly dataKeys: DataKeys;
  readonly keyring: Keyring;
};

/** A long verification yields to the event loop after this many values. */
const YIELD_EVERY = 200;

export const createOpener = (parts: Parts) => {
  const openBytes = async (handle: SealedHandle): Promise<Opened<Uint8Array>> => {
    parts.keyring.refresh();
    return openOne(parts, handle);
  };

  const open = async (handles: readonly SealedHandle[]): Promise<readonly Opened<string>[]> => {
    const answers: Opened<string>[] = [];
    // What was destroyed stays so: one look at a person's key is enough for a verification of thousands of their values.
    const erased = new Map<string, Answer>();
    parts.keyring.refresh();
    for (const [index, handle] of handles.entries()) {
      if (index > 0 && index % YIELD_EVERY === 0) {
        await nextTurn();
        parts.keyring.refresh();
      }
      const owner = `${handle.tenant}/${handle.subject}`;
      const opened = erased.get(owner) ?? openOne(parts, handle);
      const answer = opened instanceof Promise ? await opened : opened;
      if (answer.kind === 'erased') erased.set(owner, answer);
      answers.push(textOf(answer));
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
  if (row.envelope === null) return openMedia(parts, handle, row);
  return isDigestOf(handle.digest, row.envelope)
    ? answerOf(openEnvelope(key.dek, sealContextBytes(handle, key.keyIds), row.envelope))
    : changed;
};

// Reading and opening take turns with everything else, so the key is asked for before and after: it may have been destroyed meanwhile.
const openMedia = async (parts: Parts, handle: SealedHandle, place: Pick<MediaPlace, 'class' | 'period' | 'subject'>): Promise<Answer> => {
  const bytes = await parts.media.read({ ...place, tenant: handle.tenant, ref: handle.ref });
  const key = parts.dataKeys.get(handle);
  if (key.kind !== 'key') return key;
  if (bytes === null) return missing;
  if (!isDigestOf(handle.digest, bytes)) return changed;
  const { answer } = await inTurns(openChunks(key.dek, sealContextBytes(handle, key.keyIds), bytes));
  parts.keyring.refresh();
  const still = parts.dataKeys.get(handle);
  if (still.kind === 'key') return answerOf(answer);
  if (answer.kind === 'opened') answer.bytes.fill(0);
  return still;
};

const missing: Answer = { kind: 'unavailable', reason: 'payload-missing' };
const changed: Answer = { kind: 'tampered', reason: 'digest' };

const answerOf = (opened: BoxOpened): Answer => (opened.kind === 'opened' ? { kind: 'value', value: opened.bytes } : opened);

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

import { type Digest, parseId, parseStream, type PayloadRef, type SubjectId } from '#domain/ids.ts';
import { personalClasses, plainContent, type Sealed } from '#domain/personal.ts';
import { NONCE_BYTES } from '#vault/box.ts';
import { MAX_VALUE_BYTES, sealChunks } from '#vault/chunks.ts';
import { sealContextBytes, sealEnvelope } from '#vault/envelope.ts';
import { VaultFault } from '#vault/fault.ts';
import { MAX_CHUNK_BYTES } from '#vault/padding.ts';
import type { RandomBytes } from '#vault/random.ts';
import type { SealContext, SealRequest, SealResult } from '#vault/vault.ts';
import { createBatcher, type Outcome } from './batcher.ts';
import type { DataKeys } from './data-keys.ts';
import { digestOf } from './digest.ts';
import { inTurns } from './in-turns.ts';
import type { Keyring } from './keyring.ts';
import type { MediaFiles } from './media-files.ts';
import type { PayloadRow, Payloads } from './payload-rows.ts';
import { newRef } from './refs.ts';

type Parts = {
  readonly payloads: Payloads;
  readonly media: MediaFiles;
  readonly dataKeys: DataKeys;
  readonly keyring: Keyring;
  readonly random: RandomBytes;
};

/** One value on its way in; `digest` is set once its bytes stand in a media file. */
type Value = {
  readonly context: SealContext;
  readonly ref: PayloadRef;
  readonly bytes: Uint8Array;
  readonly inFile: boolean;
  digest: Digest | null;
};

const CALLS_PER_FLUSH = 256;

/** Seals values: keys durable, media files durable, then all envelopes of all calls of this turn in one transaction. */
export const createSealer = (parts: Parts) => {
  const batcher = createBatcher((calls: readonly (readonly Value[])[]) => flush(parts, calls), CALLS_PER_FLUSH);

  const seal = async (requests: readonly SealRequest[]): Promise<SealResult> => {
    const values = requests.map((request) => valueOf(request, parts.random));
    if (values.length === 0) return { kind: 'sealed', sealed: [] };
    const files = values.filter((value) => value.inFile);
    if (files.length === 0) return batcher.add(values);
    const fenced = fencedIn(parts, values);
    if (fenced !== null) return { kind: 'fenced', subject: fenced };
    try {
      for (const value of files) await writeMedia(parts, value);
      const result = await batcher.add(values);
      if (result.kind === 'fenced') await dropMedia(parts, files);
      return result;
    } catch (error) {
      await dropMedia(parts, files);
      throw error;
    }
  };

  return { seal, close: batcher.close };
};

const PERIOD = /^[0-9a-z-]{1,16}$/;

const valueOf = ({ context, value }: SealRequest, random: RandomBytes): Value => {
  const sound =
    [context.tenant, context.subject, context.event].every((id) => parseId(id) !== null) &&
    parseStream(context.stream) !== null &&
    context.stream.startsWith(`${context.tenant}.`) &&
    personalClasses.includes(context.class) &&
    PERIOD.test(context.period);
  if (!sound)
    throw new VaultFault('VAULT_BAD_INPUT', 'expected a seal context of ids, a stream of the same tenant, a known class and a period');
  const content = plainContent(value);
  const bytes = typeof content === 'string' ? Buffer.from(content) : content;
  if (bytes.length > MAX_VALUE_BYTES)
    throw new VaultFault('VAULT_BAD_INPUT', `expected a value of at most ${String(MAX_VALUE_BYTES)} bytes, got ${String(bytes.length)}`);
  const inFile = typeof content !== 'string' || bytes.length > MAX_CHUNK_BYTES;
  return { context, ref: newRef(random), bytes, inFile, digest: null };
};

const fencedIn = ({ payloads }: Parts, values: readonly Value[]): SubjectId | null => {
  const seen = new Set<string>();
  for (const { context } of values) {
    const key = `${context.tenant}/${context.subject}`;
    if (!seen.has(key) && payloads.fence(context.tenant, context.subject) !== null) return context.subject;
    seen.add(key);
  }
  return null;
};

type Keyed =
  | { readonly kind: 'rows'; readonly rows: readonly PayloadRow[]; readonly sealed: readonly Sealed[] }
  | { readonly kind: 'fenced'; readonly subject: SubjectId };

const flush = (parts: Parts, calls: readonly (readonly Value[])[]): readonly Outcome<SealResult>[] => {
  const { payloads, dataKeys, keyring } = parts;
  keyring.refresh();
  const open = calls.filter((values) => fencedIn(parts, values) === null);
  dataKeys.ensure(open.flatMap((values) => values.map((value) => value.context)));
  const prepared = calls.map((values) => attempt(() => envelopesOf(parts, values)));
  return payloads.database.transact(() =>
    prepared.map((outcome, index): Outcome<SealResult> => {
      if (outcome.kind === 'failed') return outcome;
      if (outcome.value.kind === 'fenced') return { kind: 'done', value: outcome.value };
      // The fence is read again inside the transaction that inserts: one of the two comes first, for every process.
      const fenced = fencedIn(parts, calls[index] ?? []);
      if (fenced !== null) return { kind: 'done', value: { kind: 'fenced', subject: fenced } };
      for (const row of outcome.value.rows) payloads.insert(row);
      return { kind: 'done', value: { kind: 'sealed', sealed: outcome.value.sealed } };
    }),
  );
};

const attempt = <T>(work: () => T): Outcome<T> => {
  try {
    return { kind: 'done', value: work() };
  } catch (error) {
    return { kind: 'failed', error };
  }
};

const envelopesOf = (parts: Parts, values: readonly Value[]): Keyed => {
  const fenced = fencedIn(parts, values);
  if (fenced !== null) return { kind: 'fenced', subject: fenced };
  const rows: PayloadRow[] = [];
  const sealed: Sealed[] = [];
  for (const value of values) {
    const key = keyFor(parts, value.context);
    if (key.kind === 'fenced') return key;
    const envelope = value.inFile ? null : sealEnvelope(key.dek, key.context, value.bytes, parts.random(NONCE_BYTES));
    rows.push({ context: value.context, ref: value.ref, envelope });
    sealed.push({ ref: value.ref, digest: envelope === null ? needDigest(value.digest) : digestOf(envelope) });
  }
  return { kind: 'rows', rows, sealed };
};

const keyFor = ({ dataKeys }: Parts, context: SealContext) => {
  const key = dataKeys.get(context);
  switch (key.kind) {
    case 'key':
      if (key.held)
        throw new VaultFault('VAULT_KEY_DESTROYED', 'expected a key to seal under, got one that a legal hold keeps for opening');
      return { kind: 'key' as const, dek: key.dek, context: sealContextBytes(context, key.keyIds) };
    case 'erased':
      return { kind: 'fenced' as const, subject: context.subject };
    case 'unavailable':
      throw new VaultFault(
        key.reason === 'period-expired' ? 'VAULT_KEY_DESTROYED' : 'VAULT_KEY_DAMAGED',
        `expected a key to seal under, got none: ${key.reason}`,
      );
  }
};

const writeMedia = async (parts: Parts, value: Value): Promise<void> => {
  parts.keyring.refresh();
  parts.dataKeys.ensure([value.context]);
  const key = keyFor(parts, value.context);
  if (key.kind === 'fenced') return; // The batch answers so for the whole call.
  const { steps } = await inTurns(sealChunks(key.dek, key.context, value.bytes, () => parts.random(NONCE_BYTES)));
  const bytes = Buffer.concat(steps);
  await parts.media.write({ ...value.context, ref: value.ref }, bytes);
  value.digest = digestOf(bytes);
};

const dropMedia = async ({ media }: Parts, files: readonly Value[]): Promise<void> => {
  for (const value of files) await media.remove({ ...value.context, ref: value.ref });
};

const needDigest = (digest: Digest | null): Digest => {
  if (digest === null) throw new VaultFault('VAULT_STORE_FAILED', 'expected a digest of the stored bytes');
  return digest;
};

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { type PayloadRef, parseId, parseStream, type SubjectId, type TenantId } from '#domain/ids.ts';
import { personalClasses } from '#domain/personal.ts';
import type { SealedHandle } from '#domain/sealed-handle.ts';
import { openAsItIs } from '#infra/sqlite/as-it-is.ts';
import { VaultFault } from '#vault/fault.ts';
import type { CopyTrial, Opened, Vault } from '#vault/vault.ts';
import type { DataKeys } from './data-keys.ts';
import type { Keyring } from './keyring.ts';
import { createMediaFiles } from './media-files.ts';
import { createOpener } from './open.ts';
import { REMOVED, type StoredEnvelope } from './payload-rows.ts';
import { digestOf } from './digest.ts';
import { bytesOf, hexOf, idBytes, textOf } from './values.ts';

type Parts = { readonly dataKeys: DataKeys; readonly keyring: Keyring };

/** An event's schema is in the log; a row that no event names is tried under this name. */
const UNNAMED = 'unnamed/v1';

/**
 * Tries with the keys of now what a copy of the vault's files holds of a person: every row, not only those that the log still names. Nothing
 * in the copy is changed. Throws `VAULT_STORE_DAMAGED` when there is no `payloads.db` in it.
 */
export const createCopyTrial = ({ dataKeys, keyring }: Parts): Pick<Vault, 'tryCopy'> => ({
  tryCopy: async (folder, tenant, subject, handles) => {
    const named = new Map<string, SealedHandle>(handles.map((handle) => [handle.ref, handle]));
    const rows = rowsOf(folder, tenant, subject);
    const envelopes = new Map<string, StoredEnvelope>(rows.map(({ handle, stored }) => [handle.ref, stored]));
    const payloads = { get: (_tenant: string, ref: string) => envelopes.get(ref) ?? null };
    const { openBytes } = createOpener({ payloads, media: createMediaFiles(join(folder, 'media')), dataKeys, keyring });
    const counts: Record<Opened<unknown>['kind'], number> = { value: 0, erased: 0, unavailable: 0, tampered: 0 };
    for (const { handle } of rows) counts[(await openBytes(named.get(handle.ref) ?? handle)).kind] += 1;
    return { tried: rows.length, answers: counts, key: keyIn(folder, tenant, subject) };
  },
});

type CopiedRow = { readonly handle: SealedHandle; readonly stored: StoredEnvelope };

const rowsOf = (folder: string, tenant: TenantId, subject: SubjectId): readonly CopiedRow[] => {
  const file = join(folder, 'payloads.db');
  if (!existsSync(file)) throw new VaultFault('VAULT_STORE_DAMAGED', 'expected a copy of the data folder with payloads.db in it, got none');
  return reading(file, (database) =>
    database
      .prepare(`SELECT * FROM payloads WHERE tenant = ? AND subject = ? AND tenant <> ${REMOVED}`)
      .all(idBytes(tenant), idBytes(subject))
      .flatMap((row) => copiedRow(row, tenant, subject)),
  );
};

const copiedRow = (row: Readonly<Record<string, unknown>>, tenant: TenantId, subject: SubjectId): readonly CopiedRow[] => {
  const ref: PayloadRef | null = parseId<'payload'>(hexOf(bytesOf(row, 'ref')));
  const event = parseId<'event'>(hexOf(bytesOf(row, 'event')));
  const stream = parseStream(`${tenant}.${textOf(row, 'stream')}`);
  const personalClass = personalClasses.find((name) => name === row['class']);
  if (ref === null || event === null || stream === null || personalClass === undefined)
    throw new VaultFault('VAULT_STORE_DAMAGED', 'expected rows of sealed values in the copy, got one that is damaged');
  const envelope = row['envelope'] instanceof Uint8Array ? row['envelope'] : null;
  const place = { subject, class: personalClass, period: textOf(row, 'period') };
  const digest = digestOf(envelope ?? new Uint8Array());
  const handle = { ...place, ref, digest, tenant, stream, event, field: textOf(row, 'field'), schema: UNNAMED };
  return [{ handle, stored: { ...place, envelope } }];
};

/** Whether the copy brought a keyring along that still holds the person's key: then it opens with the root key, whatever was destroyed here. */
const keyIn = (folder: string, tenant: TenantId, subject: SubjectId): CopyTrial['key'] => {
  const file = join(folder, 'keyring', 'keyring.db');
  if (!existsSync(file)) return 'none';
  const row = reading(file, (database) =>
    database
      .prepare("SELECT destroyed_at FROM keys WHERE kind = 'subject' AND tenant = ? AND name = ?")
      .get(idBytes(tenant), idBytes(subject)),
  );
  if (row === undefined) return 'none';
  return row['destroyed_at'] === null ? 'usable' : 'destroyed';
};

const reading = <T>(file: string, read: (database: DatabaseSync) => T): T => {
  const database = openAsItIs(file);
  try {
    return read(database);
  } finally {
    database.close();
  }
};

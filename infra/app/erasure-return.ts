import type { ErasureCommand } from '#domain/erasure/commands.ts';
import { type CertificateNumber, type ErasureId, type IsoTime, parseId, streamParts, subjectOf, type TenantId } from '#domain/ids.ts';
import type { EventStore } from '#domain/ports.ts';
import type { Log } from '#infra/log.ts';
import type { Remains, Vault } from '#vault/vault.ts';
import { erasureAggregate } from './aggregates.ts';
import { machineContext } from './context.ts';
import { type ErasureRecord, loadErasure } from './erasure-record.ts';
import { fault } from './fault.ts';
import type { CommandHandler } from './handle-command.ts';
import { newId } from './new-id.ts';

type Parts = { readonly store: EventStore; readonly vault: Vault; readonly handler: CommandHandler; readonly log: Log };

/**
 * Before anything is served: holds every erasure of the log against the vault's files. An older keyring, payload or index file that was put
 * back may hold what was erased since; the log knows, and what came back is destroyed again. The log is told first that it was there, and
 * afterwards that it is gone: a stop in between is taken up at the next start.
 */
export const destroyWhatReturned = async (parts: Parts): Promise<void> => {
  for (const record of await erasuresIn(parts.store)) {
    const { tenant, erasureId, contactId, certificate, destroyed } = record;
    if (destroyed === null) continue;
    const subject = subjectOf(contactId);
    const remains = await parts.vault.remains(tenant, subject);
    if (!record.returned && !isBack(record, remains)) continue;
    const { key, fenced, payloads, identityRows } = remains;
    await tell(parts, record, { type: 'RecordReturn', key, fenceLost: !fenced, payloads, identityRows });
    await parts.vault.destroyAgain(tenant, subject, { erasureId, certificate }, { ...destroyed, algorithm: ALGORITHM });
    await parts.vault.remove(tenant, subject);
    const { files, bytes, hits } = await parts.vault.scan(tenant, subject);
    await tell(parts, record, { type: 'RecordRemovedAgain', scannedFiles: files, scannedBytes: bytes, hits });
    parts.log.error('erasure.returned', { tenant, erasure: erasureId });
  }
};

const ALGORITHM = 'HMAC-SHA-512 two-dimensional secret, XSalsa20-Poly1305';

/** Rows are back only where they had been removed; before that the erasure itself is still about to. */
const isBack = ({ removed }: ErasureRecord, { key, fenced, payloads, identityRows }: Remains): boolean =>
  key !== 'destroyed' || !fenced || (removed !== null && payloads + identityRows > 0);

const tell = async ({ handler }: Parts, { tenant, erasureId, cause }: ErasureRecord, command: ErasureCommand): Promise<void> => {
  const context = machineContext(tenant, 'erasure', newId<'command'>(), cause);
  const outcome = await handler.handle(erasureAggregate, erasureId, command, context, () => ({ processes: [], contactKnown: true }));
  if (outcome.kind === 'refused')
    throw fault('APP_ERASURE_REFUSED', `expected ${command.type} to be recorded, got ${outcome.refusal.code}`);
};

export type Return = {
  readonly tenant: TenantId;
  readonly erasureId: ErasureId;
  readonly certificate: CertificateNumber;
  readonly foundAt: IsoTime;
};

/** Every time that erased data came back, as the log tells it. */
export const returnsIn = async (store: EventStore): Promise<readonly Return[]> =>
  (await erasuresIn(store)).flatMap(({ tenant, erasureId, certificate, returns }) =>
    returns.map((foundAt) => ({ tenant, erasureId, certificate, foundAt })),
  );

const erasuresIn = async (store: EventStore): Promise<readonly ErasureRecord[]> => {
  const records: ErasureRecord[] = [];
  for (const stream of await store.streams('erasure')) {
    const { tenant, id } = streamParts(stream);
    const erasureId = parseId<'erasure'>(id);
    if (erasureId !== null) records.push(await loadErasure(store, tenant, erasureId));
  }
  return records;
};

import { createHash, randomBytes } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  certificateNumber,
  type CertificateNumber,
  type ErasureId,
  type EventId,
  type Id,
  type IsoTime,
  parseId,
  parseTime,
  streamName,
  type SubjectId,
  type TenantId,
} from '#domain/ids.ts';
import { plain, type Sealed } from '#domain/personal.ts';
import { periodOf, type SealedHandle } from '#domain/sealed-handle.ts';
import type { ErasureMark, SealContext, SealRequest, Vault } from '#vault/vault.ts';
import { createVault, type VaultOptions } from '#infra/vaultstore/open-vault.ts';

/** Ids that tests name: the same text gives the same id. */
export const id = <Kind extends string>(name: string): Id<Kind> => {
  const parsed = parseId<Kind>(createHash('sha256').update(name).digest('hex').slice(0, 32));
  if (parsed === null) throw new Error('expected an id');
  return parsed;
};

export const time = (text: string): IsoTime => {
  const parsed = parseTime(text);
  if (parsed === null) throw new Error('expected a time');
  return parsed;
};

export const TENANT: TenantId = id('tenant');
export const OTHER_TENANT: TenantId = id('other tenant');
export const NOUR: SubjectId = id('nour');
export const OMAR: SubjectId = id('omar');
export const START = time('2026-11-24T09:30:00.000Z');

export const mark = (name = 'erasure'): ErasureMark => ({ erasureId: id<'erasure'>(name) satisfies ErasureId, certificate: certificate() });
const certificate = (): CertificateNumber => certificateNumber(2026, 131);

/** A clock that stands still until moved. */
export const fixedClock = (start: IsoTime = START) => {
  let at = start;
  return {
    now: () => at,
    moveDays: (days: number): void => {
      at = time(new Date(Date.parse(at) + days * 86_400_000).toISOString());
    },
  };
};

export type Folder = { readonly path: string; readonly remove: () => void };

export const folder = (): Folder => {
  const path = mkdtempSync(join(tmpdir(), 'vault-'));
  return {
    path,
    remove: () => {
      rmSync(path, { recursive: true, force: true });
    },
  };
};

export const KEY = new Uint8Array(32).fill(7);

export const openVault = (path: string, options: Partial<VaultOptions> = {}): Promise<Vault> =>
  createVault({ dataDir: path, rootKey: { kind: 'bytes', key: KEY }, clock: fixedClock(), ...options });

export const context = (over: Partial<SealContext> = {}): SealContext => {
  const tenant = over.tenant ?? TENANT;
  const event: EventId = over.event ?? id('event');
  const base = { tenant, subject: NOUR, class: 'message', stream: streamName(tenant, 'message', event), event, field: 'body' } as const;
  const whole = { ...base, schema: 'MessageReceived/v1', ...over };
  return { ...whole, period: over.period ?? periodOf(whole.class, START) };
};

export const request = (value: string | Uint8Array, over: Partial<SealContext> = {}): SealRequest => ({
  context: context(over),
  value: plain(value),
});

export const handle = (sealed: Sealed | undefined, over: Partial<SealContext> = {}): SealedHandle => {
  if (sealed === undefined) throw new Error('expected a sealed value');
  return { ...context(over), ...sealed };
};

/** Seals one value and gives its handle; fails the test when the subject is fenced. */
export const sealOne = async (vault: Vault, value: string | Uint8Array, over: Partial<SealContext> = {}): Promise<SealedHandle> => {
  const result = await vault.seal([request(value, over)]);
  if (result.kind !== 'sealed') throw new Error('expected to seal, got fenced');
  return handle(result.sealed[0], over);
};

/** Fence, destroy, remove: the whole erasure inside the vault. */
export const erase = async (vault: Vault, subject: SubjectId = NOUR): Promise<void> => {
  await vault.fence(TENANT, subject, mark());
  await vault.destroy(TENANT, subject, START);
  await vault.remove(TENANT, subject);
};

/** Every file under a folder with its bytes' hash: equal maps mean that no byte changed. */
export const snapshot = (root: string): ReadonlyMap<string, string> =>
  new Map(
    readdirSync(root, { recursive: true, encoding: 'utf8' })
      .filter((name) => statSync(join(root, name)).isFile())
      .sort()
      .map((name) => [
        name,
        createHash('sha256')
          .update(readFileSync(join(root, name)))
          .digest('hex'),
      ]),
  );

export const unique = (): string => randomBytes(16).toString('hex');

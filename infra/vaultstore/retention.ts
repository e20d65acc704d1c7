import { type AccountId, type IsoTime, parseId, parseTime, type SubjectId, type TenantId } from '#domain/ids.ts';
import { personalClasses } from '#domain/personal.ts';
import { periodWidths } from '#domain/sealed-handle.ts';
import { VaultFault } from '#vault/fault.ts';
import { deriveDek, keyObject } from '#vault/keys.ts';
import type { Bucket, Hold, HoldPut, HoldState, MatterId, PeriodExpired, Retention } from '#vault/retention.ts';
import type { Row } from './database.ts';
import { heldKey, holdKey, mattersOf } from './held-keys.ts';
import { destroySecrets } from './keyring-destroy.ts';
import type { Keyring, Wanted } from './keyring.ts';
import type { Wrapper } from './wrappers.ts';
import type { Payloads } from './payload-rows.ts';
import { bytesOf, hexOf, idBytes, numberOf, textOf } from './values.ts';

type Parts = { readonly keyring: Keyring; readonly payloads: Pick<Payloads, 'fence'> };

export const createRetention = (parts: Parts): Retention => ({
  expirePeriod: (tenant, bucket, at) => expirePeriod(parts, tenant, bucket, at),
  putHold: async (tenant, hold) => putHold(parts, tenant, hold),
  releaseHold: (tenant, matter, at) => releaseHold(parts, tenant, matter, at),
  holdsOf: async (tenant, subject) =>
    mattersOf(parts.keyring, tenant, subject).flatMap((matter) => {
      const row = holdRow(parts.keyring, tenant, matter);
      return row === undefined ? [] : [holdOf(parts.keyring, tenant, row)];
    }),
});

const PERIODS = { month: /^\d{4}-\d{2}$/, day: /^\d{4}-\d{2}-\d{2}$/, static: null } as const;

const expirePeriod = async ({ keyring }: Parts, tenant: TenantId, bucket: Bucket, at: IsoTime): Promise<PeriodExpired> => {
  const known = personalClasses.includes(bucket.class) ? PERIODS[periodWidths[bucket.class]] : null;
  if (known?.test(bucket.period) !== true)
    throw new VaultFault('VAULT_BAD_INPUT', 'expected a class that has periods, and one of its periods');
  const wanted: Wanted = { kind: 'bucket', tenant, name: `${bucket.class}/${bucket.period}` };
  keyring.refresh();
  await destroySecrets(keyring, [wanted], at, null, () => keepHeld(keyring, tenant, bucket, wanted));
  const expiredAt = parseTime(keyring.rowOf(wanted)?.['destroyed_at']);
  if (expiredAt === null)
    throw new VaultFault('VAULT_STORE_DAMAGED', 'expected the record of a destroyed period to say when: restore the keyring');
  return { expiredAt, kept: countKept(keyring, tenant, bucket) };
};

/** Inside the transaction that destroys the period: what people under hold need to open it stays, under the keys of their holds. */
const keepHeld = (keyring: Keyring, tenant: TenantId, bucket: Bucket, wanted: Wanted): readonly Wanted[] => {
  const period = keyring.find(wanted);
  if (period.kind === 'locked') throw damaged();
  if (period.kind !== 'active') return [];
  for (const row of keyring.database.prepare('SELECT subject, matter FROM hold_subjects WHERE tenant = ?').all(idBytes(tenant))) {
    const subject = parseId<'subject'>(hexOf(bytesOf(row, 'subject')));
    const matter = hexOf(bytesOf(row, 'matter'));
    if (subject === null) throw damaged();
    const person = keyring.find({ kind: 'subject', tenant, name: subject });
    if (person.kind === 'locked') throw damaged();
    if (person.kind !== 'active') continue;
    const secret = keyObject(person.secret);
    person.secret.fill(0);
    const dek = deriveDek(secret, period.secret).export();
    keyring.provision(heldKey(matter, { tenant, subject, ...bucket }), dek, wrapperOfHold(keyring, tenant, matter));
  }
  period.secret.fill(0);
  return [];
};

const wrapperOfHold = (keyring: Keyring, tenant: string, matter: string): Wrapper => {
  const row = keyring.rowOf(holdKey(tenant, matter));
  const id = row === undefined ? '' : hexOf(bytesOf(row, 'key_id'));
  const key = row === undefined ? null : keyring.wrapperOf('held', tenant, id);
  if (key === null) throw damaged();
  return { id, key };
};

const countKept = ({ database }: Keyring, tenant: string, bucket: Bucket): number =>
  numberOf(
    database
      .prepare(
        `SELECT count(*) AS kept FROM keys WHERE kind = 'held' AND tenant = ? AND destroyed_at IS NULL AND CAST(name AS TEXT) LIKE ?`,
      )
      .get(idBytes(tenant), `%/${bucket.class}/${bucket.period}`) ?? {},
    'kept',
  );

const putHold = ({ keyring, payloads }: Parts, tenant: TenantId, hold: Hold): HoldPut => {
  const { database } = keyring;
  const erasing = hold.subjects.find((subject) => payloads.fence(tenant, subject) !== null);
  if (erasing !== undefined) return { kind: 'erased', subject: erasing };
  const insertHold = database.prepare('INSERT OR IGNORE INTO holds VALUES (?, ?, ?, ?, ?, NULL)');
  const insertSubject = database.prepare('INSERT OR IGNORE INTO hold_subjects VALUES (?, ?, ?)');
  return database.transact((): HoldPut => {
    const releasedAt = parseTime(holdRow(keyring, tenant, hold.matter)?.['released_at']);
    if (releasedAt !== null) return { kind: 'released', releasedAt };
    const subject = hold.subjects.find((one) => keyring.find({ kind: 'subject', tenant, name: one }).kind === 'destroyed');
    if (subject !== undefined) return { kind: 'erased', subject };
    insertHold.run(idBytes(tenant), idBytes(hold.matter), idBytes(hold.approver), hold.expiresAt, keyring.now());
    const key = holdKey(tenant, hold.matter);
    if (keyring.rowOf(key) === undefined) keyring.provision(key, keyring.random(HOLD_KEY_BYTES));
    for (const one of hold.subjects) insertSubject.run(idBytes(tenant), idBytes(one), idBytes(hold.matter));
    return { kind: 'held' };
  });
};

const HOLD_KEY_BYTES = 32;

const releaseHold = async ({ keyring }: Parts, tenant: TenantId, matter: MatterId, at: IsoTime): Promise<number | null> => {
  const { database } = keyring;
  if (holdRow(keyring, tenant, matter) === undefined) return null;
  const release = database.prepare('UPDATE holds SET released_at = ? WHERE tenant = ? AND matter = ? AND released_at IS NULL');
  const leave = database.prepare('DELETE FROM hold_subjects WHERE tenant = ? AND matter = ?');
  const kept: Wanted[] = [];
  // Their wrapped forms go too: without the hold's key they would be noise, but a copy of that key may exist somewhere.
  await destroySecrets(keyring, [holdKey(tenant, matter)], at, null, () => {
    kept.push(...keptUnder(keyring, tenant, matter));
    release.run(at, idBytes(tenant), idBytes(matter));
    leave.run(idBytes(tenant), idBytes(matter));
    return kept;
  });
  return kept.length;
};

const keptUnder = ({ database }: Keyring, tenant: string, matter: string): readonly Wanted[] =>
  database
    .prepare(
      `SELECT CAST(name AS TEXT) AS name FROM keys WHERE kind = 'held' AND tenant = ? AND name >= CAST(? AS BLOB) AND name < CAST(? AS BLOB)`,
    )
    .all(idBytes(tenant), `${matter}/`, `${matter}0`)
    .map((row): Wanted => ({ kind: 'held', tenant, name: textOf(row, 'name') }));

const holdRow = ({ database }: Keyring, tenant: string, matter: string): Row | undefined =>
  database.prepare('SELECT * FROM holds WHERE tenant = ? AND matter = ?').get(idBytes(tenant), idBytes(matter));

const holdOf = ({ database }: Keyring, tenant: string, row: Row): HoldState => {
  const matter = parseId<'matter'>(hexOf(bytesOf(row, 'matter')));
  const approver: AccountId | null = parseId<'account'>(hexOf(bytesOf(row, 'approver')));
  const [expiresAt, putAt] = [parseTime(row['expires_at']), parseTime(row['put_at'])];
  if (matter === null || approver === null || expiresAt === null || putAt === null) throw damaged();
  const subjects = database
    .prepare('SELECT subject FROM hold_subjects WHERE tenant = ? AND matter = ? ORDER BY subject')
    .all(idBytes(tenant), idBytes(matter))
    .map((one) => parseId<'subject'>(hexOf(bytesOf(one, 'subject'))))
    .filter((one): one is SubjectId => one !== null);
  return { matter, approver, expiresAt, putAt, subjects };
};

const damaged = (): VaultFault =>
  new VaultFault(
    'VAULT_KEY_DAMAGED',
    'expected keys of a hold and of its people that unwrap, got damaged bytes: nothing was destroyed; restore the keyring',
  );

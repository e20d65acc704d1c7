// What someone who can write to the data folder may try, against the vault as it runs.
import { createHash } from 'node:crypto';
import { copyFileSync, globSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { parseDigest } from '#domain/ids.ts';
import type { SealedHandle } from '#domain/sealed-handle.ts';
import type { Vault } from '#vault/vault.ts';
import { folder, id, NOUR, OMAR, openVault, OTHER_TENANT, sealOne } from '../infra/vaultstore/support.ts';

let place = folder();
let vault: Vault;
beforeEach(async () => {
  place = folder();
  vault = await openVault(place.path);
});
afterEach(async () => {
  await vault.close();
  place.remove();
});

/** Changes a file of the stopped vault, and starts it again. */
const tampered = async (file: string, change: (database: DatabaseSync) => void): Promise<void> => {
  await vault.close();
  const database = new DatabaseSync(join(place.path, file));
  change(database);
  database.close();
  vault = await openVault(place.path);
};
const bytesOfId = (text: string): Buffer => Buffer.from(text, 'hex');

const envelopeOf = (database: DatabaseSync, { ref }: SealedHandle): Uint8Array => {
  const envelope = database.prepare('SELECT envelope FROM payloads WHERE ref = ?').get(bytesOfId(ref))?.['envelope'];
  if (!(envelope instanceof Uint8Array)) throw new Error('expected an envelope');
  return envelope;
};
const setEnvelope = (database: DatabaseSync, { ref }: SealedHandle, envelope: Uint8Array): void => {
  expect(database.prepare('UPDATE payloads SET envelope = ? WHERE ref = ?').run(envelope, bytesOfId(ref)).changes).toBe(1);
};
/** The digest of the event, too: as if the log had been rewritten with it. */
const following = (handle: SealedHandle, envelope: Uint8Array): SealedHandle => {
  const digest = parseDigest(createHash('sha256').update(envelope).digest('hex'));
  if (digest === null) throw new Error('expected a digest');
  return { ...handle, digest };
};

describe('an envelope in the place of another', () => {
  test.each([
    ['person', { subject: OMAR }],
    ['organisation', { tenant: OTHER_TENANT }],
    ['event', { event: id<'event'>('another') }],
    ['field', { field: 'name' }],
    ['class', { class: 'note' as const }],
    ['month', { period: '2026-12' }],
    ['schema', { schema: 'MessageReceived/v2' }],
  ])('of another %s: tampered by its digest, and by its commitment when the log was rewritten to fit', async (_name, over) => {
    const [mine, other] = [await sealOne(vault, 'mine'), await sealOne(vault, 'another', over)];
    let swapped = new Uint8Array(0);
    await tampered('payloads.db', (database) => {
      swapped = Uint8Array.from(envelopeOf(database, other));
      setEnvelope(database, mine, swapped);
    });
    expect(await vault.open([mine])).toEqual([{ kind: 'tampered', reason: 'digest' }]);
    expect(await vault.open([following(mine, swapped)])).toEqual([{ kind: 'tampered', reason: 'commitment' }]);
    expect(await vault.open([other])).toEqual([{ kind: 'value', value: 'another' }]);
  });

  test.each<readonly [string, (envelope: Uint8Array) => Uint8Array, string]>([
    ['with a version of the future', (envelope) => Buffer.concat([Buffer.of(2), envelope.subarray(1)]), 'version'],
    ['with a version of nothing', (envelope) => Buffer.concat([Buffer.of(0), envelope.subarray(1)]), 'version'],
    ['cut to its head', (envelope) => envelope.subarray(0, 72), 'framing'],
    ['a byte shorter', (envelope) => envelope.subarray(0, -1), 'authentication'],
    ['a byte longer', (envelope) => Buffer.concat([envelope, Buffer.of(0)]), 'authentication'],
  ])('%s: tampered, also when the log was rewritten to fit', async (_name, change, reason) => {
    const mine = await sealOne(vault, 'mine');
    let changed = new Uint8Array(0);
    await tampered('payloads.db', (database) => {
      changed = Uint8Array.from(change(envelopeOf(database, mine)));
      setEnvelope(database, mine, changed);
    });
    expect(await vault.open([mine])).toEqual([{ kind: 'tampered', reason: 'digest' }]);
    expect(await vault.open([following(mine, changed)])).toEqual([{ kind: 'tampered', reason }]);
  });

  test('a media file in the place of another', async () => {
    const [mine, other] = [
      await sealOne(vault, new Uint8Array(100_000).fill(1), { class: 'media' }),
      await sealOne(vault, new Uint8Array(100_000).fill(2), { class: 'media', event: id('another') }),
    ];
    const fileOf = ({ ref }: SealedHandle): string => join(place.path, globSync(`media/**/*.${ref}`, { cwd: place.path })[0] ?? 'missing');
    copyFileSync(fileOf(other), fileOf(mine));
    expect(await vault.openBytes(mine)).toEqual({ kind: 'tampered', reason: 'digest' });
    expect(await vault.openBytes({ ...mine, digest: other.digest })).toEqual({ kind: 'tampered', reason: 'commitment' });
    expect(await vault.openBytes(other)).toMatchObject({ kind: 'value' });
  });
});

describe('a row of the keyring', () => {
  const KEYRING = join('keyring', 'keyring.db');
  const rowOf = (database: DatabaseSync, subject: string): number =>
    Number(database.prepare("SELECT id FROM keys WHERE kind = 'subject' AND name = ?").get(bytesOfId(subject))?.['id']);

  const SECRET = 'UPDATE secrets SET wrapped = (SELECT wrapped FROM secrets WHERE id = ?) WHERE id = ?';
  const RECORD = 'UPDATE keys SET (commitment, key_id) = (SELECT commitment, key_id FROM keys WHERE id = ?) WHERE id = ?';

  test.each([
    ['the wrapped secret of another person', [SECRET]],
    ['the commitment and id of another person', [RECORD]],
    ['all of another person', [SECRET, RECORD]],
  ])('with %s is locked and stands for nobody', async (_what, statements) => {
    const [nour, omar] = [await sealOne(vault, 'of Nour'), await sealOne(vault, 'of Omar', { subject: OMAR })];
    await tampered(KEYRING, (database) => {
      const [mine, other] = [rowOf(database, NOUR), rowOf(database, OMAR)];
      for (const sql of statements) expect(database.prepare(sql).run(other, mine).changes).toBe(1);
    });
    expect(await vault.open([nour, omar])).toEqual([
      { kind: 'unavailable', reason: 'key-locked' },
      { kind: 'value', value: 'of Omar' },
    ]);
    await expect(sealOne(vault, 'more')).rejects.toMatchObject({ code: 'VAULT_KEY_DAMAGED' });
  });

  test.each([
    ['another commitment', 'UPDATE keys SET commitment = zeroblob(32) WHERE id = ?'],
    ['another id', 'UPDATE keys SET key_id = zeroblob(16) WHERE id = ?'],
    ['other bytes', 'UPDATE secrets SET wrapped = zeroblob(105) WHERE id = ?'],
  ])('with %s is locked', async (_what, sql) => {
    const nour = await sealOne(vault, 'of Nour');
    await tampered(KEYRING, (database) => {
      expect(database.prepare(sql).run(rowOf(database, NOUR)).changes).toBe(1);
    });
    expect(await vault.open([nour])).toEqual([{ kind: 'unavailable', reason: 'key-locked' }]);
  });
});

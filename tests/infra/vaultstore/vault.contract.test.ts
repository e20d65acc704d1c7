import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { plain } from '#domain/personal.ts';
import type { Vault } from '#vault/vault.ts';
import { createVault } from '#infra/vaultstore/open-vault.ts';
import {
  context,
  fixedClock,
  folder,
  handle,
  id,
  mark,
  NOUR,
  OMAR,
  openVault,
  OTHER_TENANT,
  request,
  sealOne,
  START,
  TENANT,
} from './support.ts';

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

describe('sealing and opening', () => {
  test('what was sealed opens with the same text, in the order asked for', async () => {
    const result = await vault.seal([request('مرحبا'), request('two', { field: 'name', class: 'profile' }), request('')]);
    if (result.kind !== 'sealed') throw new Error('expected sealed');
    const [first, second, third] = result.sealed;
    const opened = await vault.open([handle(third), handle(first), handle(second, { field: 'name', class: 'profile' })]);
    expect(opened).toEqual([
      { kind: 'value', value: '' },
      { kind: 'value', value: 'مرحبا' },
      { kind: 'value', value: 'two' },
    ]);
  });

  test('sealed values survive a restart', async () => {
    const sealed = await sealOne(vault, 'kept');
    await vault.close();
    vault = await openVault(place.path);
    expect(await vault.open([sealed])).toEqual([{ kind: 'value', value: 'kept' }]);
  });

  test('bytes and texts over 64 KiB come back whole from media files', async () => {
    const bytes = new Uint8Array(200_001).map((_, index) => index % 251);
    const text = 'é'.repeat(70_000);
    const image = await sealOne(vault, bytes, { class: 'media' });
    const long = await sealOne(vault, text);
    expect(await vault.openBytes(image)).toEqual({ kind: 'value', value: Buffer.from(bytes) });
    expect(await vault.open([long])).toEqual([{ kind: 'value', value: text }]);
  });

  test('a handle of another subject, tenant, event, field, schema or stream does not open the value', async () => {
    const sealed = await sealOne(vault, 'secret');
    await sealOne(vault, 'other', { subject: OMAR });
    await sealOne(vault, 'other', { tenant: OTHER_TENANT });
    const stranger = { event: id<'event'>('another') };
    const answers = await vault.open([
      { ...sealed, subject: OMAR },
      { ...sealed, ...stranger },
      { ...sealed, field: 'name' },
      { ...sealed, schema: 'MessageReceived/v2' },
      { ...sealed, stream: context(stranger).stream },
      { ...sealed, tenant: OTHER_TENANT },
    ]);
    const commitment = { kind: 'tampered', reason: 'commitment' };
    expect(answers).toEqual([
      commitment,
      commitment,
      commitment,
      commitment,
      commitment,
      { kind: 'unavailable', reason: 'payload-missing' },
    ]);
  });

  test('never provisioned, payload missing and another digest are different answers', async () => {
    const sealed = await sealOne(vault, 'secret');
    const digest = sealed.digest.startsWith('0') ? sealed.digest.replace(/^0/, '1') : sealed.digest.replace(/^./, '0');
    expect(
      await vault.open([
        { ...sealed, subject: OMAR },
        { ...sealed, period: '2020-01' },
        { ...sealed, ref: id<'payload'>('nothing') },
        { ...sealed, digest: digest as typeof sealed.digest },
      ]),
    ).toEqual([
      { kind: 'unavailable', reason: 'never-provisioned' },
      { kind: 'unavailable', reason: 'never-provisioned' },
      { kind: 'unavailable', reason: 'payload-missing' },
      { kind: 'tampered', reason: 'digest' },
    ]);
  });

  test('many calls of one turn each get their own answer', async () => {
    const texts = Array.from({ length: 300 }, (_, index) => `text ${String(index)}`);
    const handles = await Promise.all(texts.map((text) => sealOne(vault, text)));
    expect((await vault.open(handles)).map((one) => (one.kind === 'value' ? one.value : one.kind))).toEqual(texts);
  });

  test('one bad member of a turn fails alone', async () => {
    const bad = vault.seal([{ context: context({ period: '../../etc' }), value: plain('x') }]);
    const good = sealOne(vault, 'fine');
    await expect(bad).rejects.toMatchObject({ code: 'VAULT_BAD_INPUT' });
    expect(await vault.open([await good])).toEqual([{ kind: 'value', value: 'fine' }]);
  });
});

describe('erasing', () => {
  test('after the fence nothing is sealed; after destruction every value answers with its certificate', async () => {
    const body = await sealOne(vault, 'body');
    const image = await sealOne(vault, new Uint8Array([1, 2, 3]), { class: 'media' });
    const other = await sealOne(vault, 'of omar', { subject: OMAR });
    await vault.fence(TENANT, NOUR, mark());
    expect(await vault.seal([request('late')])).toEqual({ kind: 'fenced', subject: NOUR });
    expect(await vault.seal([request('of omar', { subject: OMAR }), request('late')])).toEqual({ kind: 'fenced', subject: NOUR });
    expect(await vault.seal([request(new Uint8Array(9), { class: 'media' })])).toEqual({ kind: 'fenced', subject: NOUR });
    await vault.destroy(TENANT, NOUR, START);
    const erased = { kind: 'erased', ...mark(), erasedAt: START };
    expect(await vault.open([body, { ...other, field: 'body' }])).toEqual([erased, { kind: 'value', value: 'of omar' }]);
    expect(await vault.openBytes(image)).toEqual(erased);
    expect(await vault.seal([request('late')])).toEqual({ kind: 'fenced', subject: NOUR });
  });

  test('each step repeats with the same answer, also after a restart', async () => {
    await sealOne(vault, 'body');
    await sealOne(vault, new Uint8Array(100_000), { class: 'media' });
    await vault.claim({ tenant: TENANT, identifiers: [{ field: 'phone', value: plain('+20 100') }], propose: NOUR, subject: null });
    expect(await vault.preview(TENANT, NOUR)).toMatchObject({ message: 1, media: 1, note: 0 });
    const fence = await vault.fence(TENANT, NOUR, mark());
    expect(fence).toEqual({ unlinkedIdentifiers: 1 });
    const key = await vault.destroy(TENANT, NOUR, START);
    const removed = await vault.remove(TENANT, NOUR);
    expect(removed).toEqual({ payloads: 2, mediaFiles: 1, identityRows: 1 });
    expect(await vault.scan(TENANT, NOUR)).toMatchObject({ files: 6, hits: 0 });
    await vault.close();
    vault = await createVault({ dataDir: place.path, rootKey: { kind: 'bytes', key: new Uint8Array(32).fill(7) }, clock: fixedClock() });
    expect(await vault.fence(TENANT, NOUR, mark())).toEqual(fence);
    expect(await vault.destroy(TENANT, NOUR, START)).toEqual(key);
    expect(await vault.remove(TENANT, NOUR)).toEqual(removed);
  });
});

// Seal and open against the bare primitives over the same bytes, a warm page of 50, and the durable way in (BUDGETS.md).
import { createHmac, hash, randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import nacl from 'tweetnacl';
import type { IsoTime } from '#domain/ids.ts';
import { plain } from '#domain/personal.ts';
import { NONCE_BYTES } from '#vault/box.ts';
import { openEnvelope, sealContextBytes, sealEnvelope } from '#vault/envelope.ts';
import { keyObject } from '#vault/keys.ts';
import { bucketBytes } from '#vault/padding.ts';
import { checkedRandom } from '#vault/random.ts';
import type { Vault } from '#vault/vault.ts';
import { createVault } from '#infra/vaultstore/open-vault.ts';
import { context, handle, id, request, unique } from '../infra/vaultstore/support.ts';
import { measure, median, printTable, timed } from './runner.ts';

const VALUE_BYTES = 500;
const VALUES = 3_000;
const PAGE = 50;
const PAGES = 60;
const CALLERS = 64;
const CALLS_PER_CALLER = 25;

const BARE = 'bare loop: HMAC, secretbox, SHA-256, both ways';
const secret = keyObject(randomBytes(32));
const random = checkedRandom(randomBytes);
const keyIds = { subject: id<'key'>('kidS'), bucket: id<'key'>('kidB') };
const value = new Uint8Array(randomBytes(VALUE_BYTES));
const contexts = Array.from({ length: 100 }, (_, index) => context({ event: id(`event ${String(index)}`) }));
const contextOf = (index: number) => contexts[index % contexts.length] ?? context();

/** The same hashes and boxes over the same lengths, and nothing else: what no implementation on these primitives can beat. */
const bareLoop = () => {
  const encoded = contexts.map((one) => sealContextBytes(one, keyIds));
  const frame = new Uint8Array(bucketBytes(VALUE_BYTES));
  const nonce = new Uint8Array(randomBytes(NONCE_BYTES));
  return timed(VALUES, () => {
    for (let index = 0; index < VALUES; index += 1) {
      const bytes = encoded[index % encoded.length] ?? frame;
      const boxed = nacl.secretbox(frame, nonce, createHmac('sha512', secret).update(bytes).digest().subarray(0, 32));
      hash('sha256', boxed, 'buffer');
      hash('sha256', boxed, 'buffer');
      nacl.secretbox.open(boxed, nonce, createHmac('sha512', secret).update(bytes).digest().subarray(0, 32));
    }
  });
};

const sealAndOpen = () =>
  timed(VALUES, () => {
    for (let index = 0; index < VALUES; index += 1) {
      const envelope = sealEnvelope(secret, sealContextBytes(contextOf(index), keyIds), value, random(NONCE_BYTES));
      const digest = hash('sha256', envelope, 'hex');
      if (hash('sha256', envelope, 'hex') !== digest) throw new Error('expected the same digest');
      const opened = openEnvelope(secret, sealContextBytes(contextOf(index), keyIds), envelope);
      if (opened.kind !== 'opened') throw new Error('expected to open');
    }
  });

const pageOf = async (vault: Vault) => {
  const text = 'x'.repeat(VALUE_BYTES);
  const result = await vault.seal(contexts.slice(0, PAGE).map((one) => ({ context: one, value: plain(text) })));
  if (result.kind !== 'sealed') throw new Error('expected to seal');
  return result.sealed.map((sealed, index) => handle(sealed, contextOf(index)));
};

const sealDurably = (vault: Vault) => () =>
  timed(CALLERS * CALLS_PER_CALLER, async () => {
    const caller = async (): Promise<void> => {
      for (let call = 0; call < CALLS_PER_CALLER; call += 1) await vault.seal([request('x'.repeat(VALUE_BYTES), { event: id(unique()) })]);
    };
    await Promise.all(Array.from({ length: CALLERS }, caller));
  });

export const run = async (): Promise<void> => {
  printTable(
    `Seal and open ${String(VALUE_BYTES)} B`,
    await measure([
      { name: BARE, run: bareLoop },
      { name: 'vault: context, frame, envelope, digest, open', run: async () => sealAndOpen(), against: { name: BARE, goal: 0.8 } },
    ]),
  );
  const folder = mkdtempSync(join(tmpdir(), 'vconnect-bench-'));
  const clock = { now: () => new Date().toISOString() as IsoTime };
  const vault = await createVault({ dataDir: folder, rootKey: { kind: 'bytes', key: randomBytes(32) }, clock });
  try {
    const page = await pageOf(vault);
    const pages: number[] = [];
    const openPages = () =>
      timed(PAGES, async () => {
        for (let index = 0; index < PAGES; index += 1) {
          const started = performance.now();
          await vault.open(page);
          pages.push(performance.now() - started);
        }
      });
    const results = await measure([
      { name: `pages of ${String(PAGE)} values opened warm`, run: openPages },
      { name: `durable seals, ${String(CALLERS)} callers`, run: sealDurably(vault) },
    ]);
    printTable('Vault on SQLite', results, [`page of ${String(PAGE)}: median ${median(pages).toFixed(2)} ms, goal ≤ 2 ms`]);
  } finally {
    await vault.close();
    rmSync(folder, { recursive: true });
  }
};

if (import.meta.main) await run();

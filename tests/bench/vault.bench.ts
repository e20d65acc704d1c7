// Seal and open against the bare primitives over the same bytes, for both implementations of secretbox; a warm page of 50; the durable way
// in (BUDGETS.md).
import { createHmac, hash, randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { IsoTime } from '#domain/ids.ts';
import { plain } from '#domain/personal.ts';
import { NONCE_BYTES } from '#vault/box.ts';
import { openEnvelope, sealContextBytes, sealEnvelope } from '#vault/envelope.ts';
import { keyObject } from '#vault/keys.ts';
import { bucketBytes } from '#vault/padding.ts';
import { checkedRandom } from '#vault/random.ts';
import { loadSodium, type Secretbox, secretbox, SECRETBOX_TAG_BYTES, TWEETNACL } from '#vault/secretbox.ts';
import type { Vault } from '#vault/vault.ts';
import { createVault } from '#infra/vaultstore/open-vault.ts';
import { context, handle, id, request, unique } from '../infra/vaultstore/support.ts';
import { installedVersion, measure, median, printTable, timed } from './runner.ts';

const VALUE_BYTES = 500;
const VALUES = 3_000;
const PAGE = 50;
const PAGES = 60;
const CALLERS = 64;
const CALLS_PER_CALLER = 25;
const WARM_UP_PAGES = 20;

const secret = keyObject(randomBytes(32));
const random = checkedRandom(randomBytes);
const keyIds = { subject: id<'key'>('kidS'), bucket: id<'key'>('kidB') };
const value = new Uint8Array(randomBytes(VALUE_BYTES));
const contexts = Array.from({ length: 100 }, (_, index) => context({ event: id(`event ${String(index)}`) }));
const contextOf = (index: number) => contexts[index % contexts.length] ?? context();

/** The same hashes and boxes over the same lengths, and nothing else: what no implementation on these primitives can beat. */
const bareLoop = (by: Secretbox) => async () => {
  const encoded = contexts.map((one) => sealContextBytes(one, keyIds));
  const frame = new Uint8Array(bucketBytes(VALUE_BYTES));
  const boxed = new Uint8Array(frame.length + SECRETBOX_TAG_BYTES);
  const nonce = new Uint8Array(randomBytes(NONCE_BYTES));
  const keyFor = (bytes: Uint8Array) => {
    const o = createHmac('sha512', secret).update(bytes).digest();
    return new Uint8Array(o.buffer, o.byteOffset, 32);
  };
  return timed(VALUES, () => {
    for (let index = 0; index < VALUES; index += 1) {
      const bytes = encoded[index % encoded.length] ?? frame;
      by.sealInto(boxed, frame, nonce, keyFor(bytes));
      hash('sha256', boxed, 'buffer');
      hash('sha256', boxed, 'buffer');
      by.open(boxed, nonce, keyFor(bytes));
    }
  });
};

const sealAndOpen = (by: Secretbox) => async () =>
  timed(VALUES, () => {
    for (let index = 0; index < VALUES; index += 1) {
      const envelope = sealEnvelope(secret, sealContextBytes(contextOf(index), keyIds), value, random(NONCE_BYTES), by);
      const digest = hash('sha256', envelope, 'hex');
      if (hash('sha256', envelope, 'hex') !== digest) throw new Error('expected the same digest');
      const opened = openEnvelope(secret, sealContextBytes(contextOf(index), keyIds), envelope, by);
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

/** Both implementations in the same rounds, each against its own bare loop; the faster one also against the vault on tweetnacl. */
const primitives = async (): Promise<void> => {
  const sodium = await loadSodium();
  const own = (by: Secretbox) => [
    { name: `bare loop, ${by.name}`, run: bareLoop(by) },
    { name: `vault, ${by.name}`, run: sealAndOpen(by), against: { name: `bare loop, ${by.name}`, goal: 0.8 } },
  ];
  const gain = (by: Secretbox) => [
    { name: `vault, ${by.name} again`, run: sealAndOpen(by), against: { name: 'vault, tweetnacl', goal: 1 } },
    { name: `vault, ${by.name} once more`, run: sealAndOpen(by), against: { name: 'bare loop, tweetnacl', goal: 0.8 } },
  ];
  const results = await measure([...own(TWEETNACL), ...(sodium === null ? [] : [...own(sodium), ...gain(sodium)])]);
  printTable(`Seal and open ${String(VALUE_BYTES)} B: context, frame, HMAC, secretbox, digest, both ways`, results, [
    `in use: ${secretbox.name}; tweetnacl ${installed('tweetnacl')}, sodium-native ${sodium === null ? 'did not load' : installed('sodium-native')}`,
  ]);
};

const installed = (name: string): string =>
  installedVersion(join(import.meta.dirname, '../../node_modules', name, 'package.json')) ?? 'absent';

export const run = async (): Promise<void> => {
  await primitives();
  const folder = mkdtempSync(join(tmpdir(), 'vconnect-bench-'));
  const clock = { now: () => new Date().toISOString() as IsoTime };
  const vault = await createVault({ dataDir: folder, rootKey: { kind: 'bytes', key: randomBytes(32) }, clock });
  try {
    const page = await pageOf(vault);
    const pages: number[] = [];
    for (let index = 0; index < WARM_UP_PAGES; index += 1) await vault.open(page);
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
    const worst = [...pages].sort((a, b) => a - b)[Math.floor(pages.length * 0.99)] ?? NaN;
    printTable('Vault on SQLite', results, [
      `page of ${String(PAGE)} by ${secretbox.name}: median ${median(pages).toFixed(2)} ms, p99 ${worst.toFixed(2)} ms, goal ≤ 2 ms`,
    ]);
  } finally {
    await vault.close();
    rmSync(folder, { recursive: true });
  }
};

if (import.meta.main) await run();

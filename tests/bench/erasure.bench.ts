// Erasing a person with 10 and with 10,000 messages among many others: how long until the key is destroyed, and until the certificate.
// BENCH_COUNT messages of the one who wrote much, BENCH_PEOPLE others in the keyring, BENCH_FOLDER a folder that is filled once and kept.
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { idOf } from '#domain/ids.ts';
import { roles } from '#domain/message.ts';
import { eraseCustomer } from '#tests/support/erasing.ts';
import { eventually } from '#tests/support/eventually.ts';
import { openDesk } from '#tests/support/organisation.ts';
import { runProduct } from '#tests/support/running-product.ts';
import { openFolder } from './erasure-folder.ts';
import { median } from './runner.ts';

const FEW = 10;
const MANY = Number(process.env['BENCH_COUNT'] ?? 10_000);
const PEOPLE = Number(process.env['BENCH_PEOPLE'] ?? 20_000);
const PEOPLE_WITH_FEW = Number(process.env['BENCH_ROUNDS'] ?? 40);
const LIMIT_MS = 300_000;
const GOALS = { keyMs: 1_000, ratio: 1.2, perSecond: 20_000, certificateMs: 5_000 } as const;

const prepared = z.object({
  viewer: z.object({ sessionId: idOf<'session'>(), accountId: idOf<'account'>(), tenant: idOf<'tenant'>(), role: z.enum(roles) }),
  few: z.array(idOf<'contact'>()),
  many: idOf<'contact'>(),
});

const fill = async (folder: string): Promise<void> => {
  const running = await runProduct({ dataFolder: folder, logLevel: 'error' });
  const { owner, line } = await openDesk(running);
  await running.close();
  const filling = await openFolder(folder, owner.viewer.tenant, line.channelId);
  await filling.others(PEOPLE);
  const few = [];
  for (let n = 0; n < PEOPLE_WITH_FEW; n += 1) few.push((await filling.person(FEW)).contactId);
  const { contactId: many } = await filling.person(MANY);
  await filling.close();
  const again = await runProduct({ dataFolder: folder, logLevel: 'error' });
  await eventually('views are current', async () => (await again.product.projections.status()).every(({ lag }) => lag === 0n), LIMIT_MS);
  await again.close();
  writeFileSync(join(folder, 'bench.json'), JSON.stringify({ viewer: owner.viewer, few, many }));
};

const kept = process.env['BENCH_FOLDER'];
const filled = kept ?? mkdtempSync(join(tmpdir(), 'vconnect-erasure-'));
if (!existsSync(join(filled, 'bench.json'))) await fill(filled);
// A kept folder stays as it is: what is erased is a copy.
const folder = kept === undefined ? filled : mkdtempSync(join(tmpdir(), 'vconnect-erasure-'));
if (kept !== undefined) cpSync(kept, folder, { recursive: true, filter: (source) => !source.endsWith('.lock') });
const { viewer, few, many } = prepared.parse(JSON.parse(readFileSync(join(folder, 'bench.json'), 'utf8')));

const running = await runProduct({ dataFolder: folder, logLevel: 'error' });
const erase = async (contactId: (typeof few)[number]) => {
  const { erasure } = await eraseCustomer(running.application, viewer, contactId, LIMIT_MS);
  const at = (step: keyof typeof erasure.reached): number => Date.parse(erasure.reached[step] ?? '');
  if (erasure.verified?.opened !== 0 || erasure.verified.hits !== 0) throw new Error('expected nothing to open');
  return {
    keyMs: at('destroyed') - at('requested'),
    wholeMs: at('completed') - at('requested'),
    removalMs: at('removed') - at('destroyed'),
    verificationMs: at('verified') - at('removed'),
    references: erasure.verified.tried,
  };
};
const runs = [];
for (const contactId of few) runs.push(await erase(contactId));
const whole = await erase(many);
await running.close();
rmSync(folder, { recursive: true, force: true });

const keys = runs.map(({ keyMs }) => keyMs).sort((a, b) => a - b);
const keyFew = median(keys);
const p99 = keys[Math.min(keys.length - 1, Math.ceil(keys.length * 0.99) - 1)] ?? NaN;
const workMs = whole.removalMs + whole.verificationMs;
const perSecond = (whole.references * 1_000) / workMs;
const goal = (met: boolean): string => (met ? 'met' : 'MISSED');
process.stdout.write(
  [
    `\nErasing a person among ${String(PEOPLE)} others`,
    `  ${String(FEW)} messages: key destroyed after ${String(keyFew)} ms (median of ${String(keys.length)}), p99 ${String(p99)} ms; goal ≤ ${String(GOALS.keyMs)} ms ${goal(p99 <= GOALS.keyMs)}; certificate after ${String(median(runs.map(({ wholeMs }) => wholeMs)))} ms`,
    `  ${String(MANY)} messages: key destroyed after ${String(whole.keyMs)} ms; goal ≤ ${String(GOALS.keyMs)} ms ${goal(whole.keyMs <= GOALS.keyMs)}`,
    `  key destroyed, many against few: ${(whole.keyMs / Math.max(keyFew, 1)).toFixed(2)}; goal ≤ ${String(GOALS.ratio)} ${goal(whole.keyMs / Math.max(keyFew, 1) <= GOALS.ratio)}`,
    `  removal ${String(whole.removalMs)} ms, verification ${String(whole.verificationMs)} ms of ${String(whole.references)} references: ${perSecond.toFixed(0)}/s; goal ≥ ${String(GOALS.perSecond)}/s ${goal(perSecond >= GOALS.perSecond)}`,
    `  certificate after ${String(whole.wholeMs)} ms; goal ≤ ${String(GOALS.certificateMs)} ms ${goal(whole.wholeMs <= GOALS.certificateMs)}\n`,
  ].join('\n'),
);

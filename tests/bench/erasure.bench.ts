// Erasing a person with 10 and with 10,000 messages: how long until the key is destroyed, and how long until the certificate.
import { createHmac } from 'node:crypto';
import type { ContactId } from '#domain/ids.ts';
import { eraseCustomer } from '#tests/support/erasing.ts';
import { eventually } from '#tests/support/eventually.ts';
import { must, openDesk } from '#tests/support/organisation.ts';
import { runProduct } from '#tests/support/running-product.ts';
import { deliveryOf, textValue, type Writer } from '#tests/support/simulator-client.ts';
import { median } from './runner.ts';

const FEW = 10;
const MANY = Number(process.env['BENCH_COUNT'] ?? 10_000);
const ROUNDS_OF_FEW = 9;
const PER_DELIVERY = 100;
const ERASURE_TIMEOUT_MS = 300_000;
const GOALS = { keyMs: 1_000, ratio: 1.2, perSecond: 20_000, certificateMs: 5_000 } as const;

const running = await runProduct({ logLevel: 'error' });
const { application: app, product } = running;
const { owner, line } = await openDesk(running);
let people = 0;

const personWith = async (messages: number): Promise<ContactId> => {
  people += 1;
  const writer: Writer = {
    phone: `20106${String(people).padStart(7, '0')}`,
    bsuid: `EG.6${String(people)}`,
    name: `Person ${String(people)}`,
  };
  for (let from = 0; from < messages; from += PER_DELIVERY) {
    const values = Array.from({ length: Math.min(PER_DELIVERY, messages - from) }, (_, n) =>
      textValue(writer, `wamid.erase.${String(people)}.${String(from + n)}`, `Message ${String(from + n)} of a long story about an order`),
    );
    const body = Buffer.from(JSON.stringify(deliveryOf(line.phoneNumberId, ...values)));
    const answer = await product.webhook.receive(
      line.channelId,
      body,
      `sha256=${createHmac('sha256', line.appSecret).update(body).digest('hex')}`,
    );
    if (answer.status !== 200) throw new Error(`expected 200, got ${String(answer.status)}`);
    if (from % 1_000 === 0) process.stderr.write('.');
  }
  await eventually('the views are current', async () => (await product.projections.status()).every(({ lag }) => lag === 0n), 300_000);
  const { contacts } = await must(app.contacts(owner.viewer, {}));
  const found = contacts.find(({ erased }) => erased === null);
  if (found === undefined) throw new Error('expected the person');
  return found.contactId;
};

type Run = { readonly keyMs: number; readonly wholeMs: number; readonly references: number; readonly workMs: number };
const erase = async (messages: number): Promise<Run> => {
  const contactId = await personWith(messages);
  const { erasure } = await eraseCustomer(app, owner.viewer, contactId, ERASURE_TIMEOUT_MS);
  const at = (step: keyof typeof erasure.reached): number => Date.parse(erasure.reached[step] ?? '');
  if (erasure.verified?.opened !== 0 || erasure.verified.hits !== 0) throw new Error('expected nothing to open');
  return {
    keyMs: at('destroyed') - at('requested'),
    wholeMs: at('completed') - at('requested'),
    references: erasure.verified.tried,
    workMs: at('verified') - at('destroyed'),
  };
};

const few: Run[] = [];
for (let round = 0; round < ROUNDS_OF_FEW; round += 1) few.push(await erase(FEW));
const many = await erase(MANY);
process.stderr.write('\n');
const keyFew = median(few.map(({ keyMs }) => keyMs));
const perSecond = (many.references * 1_000) / many.workMs;
const goal = (met: boolean): string => (met ? 'met' : 'MISSED');
process.stdout.write(
  [
    '\nErasing a person',
    `  ${String(FEW)} messages: key destroyed after ${String(keyFew)} ms (worst of ${String(ROUNDS_OF_FEW)}: ${String(Math.max(...few.map(({ keyMs }) => keyMs)))}), certificate after ${String(median(few.map(({ wholeMs }) => wholeMs)))} ms`,
    `  ${String(MANY)} messages: key destroyed after ${String(many.keyMs)} ms; goal ≤ ${String(GOALS.keyMs)} ms ${goal(many.keyMs <= GOALS.keyMs)}`,
    `  key destroyed, many against few: ${(many.keyMs / Math.max(keyFew, 1)).toFixed(2)}; goal ≤ ${String(GOALS.ratio)} ${goal(many.keyMs / Math.max(keyFew, 1) <= GOALS.ratio)}`,
    `  removal and verification: ${String(many.references)} references in ${String(many.workMs)} ms, ${perSecond.toFixed(0)}/s; goal ≥ ${String(GOALS.perSecond)}/s ${goal(perSecond >= GOALS.perSecond)}`,
    `  certificate after ${String(many.wholeMs)} ms; goal ≤ ${String(GOALS.certificateMs)} ms ${goal(many.wholeMs <= GOALS.certificateMs)}\n`,
  ].join('\n'),
);
await running.close();

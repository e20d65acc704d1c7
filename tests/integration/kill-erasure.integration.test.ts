import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ContactId } from '#domain/ids.ts';
import type { ErasureDetail, ErasurePreview } from '#projections/pages.ts';
import { eventually } from '#tests/support/eventually.ts';
import { cutOffAt, type Killable, SOUND, soundness, startKillable } from '#tests/support/killable.ts';
import { said } from '#tests/support/organisation.ts';
import { newSeed, seeded } from '#tests/support/seeded.ts';
import { verifyCertificate } from '#vault/verify-certificate.ts';

const TEXTS = 6;
/** Rounds go on until this many erasures were caught in the middle. */
const WANTED_IN_THE_MIDDLE = 4;
const MAX_ROUNDS = 14;
const SETTLE_MS = 60_000;
const TEST_MS = 240_000;
const seed = newSeed();

type Ordered = { readonly erasureId: string; readonly salt: string };

describe(`kill -9 in the middle of an erasure (VITEST_SEED=${String(seed)} plays it again)`, () => {
  const random = seeded(seed);
  let product: Killable;
  beforeAll(async () => {
    product = await startKillable();
  }, TEST_MS);
  afterAll(() => product.close());

  const customerWithHistory = async (name: string) => {
    const { simulator, phoneNumberId } = product;
    const customer = await simulator.newCustomer(name);
    for (let n = 0; n < TEXTS; n += 1) await simulator.write(customer, phoneNumberId, { text: `${customer.phone} ${String(n)}` });
    await simulator.write(customer, phoneNumberId, {
      document: { base64: Buffer.from(`file of ${name}`).toString('base64'), mimeType: 'text/plain', filename: `${customer.phone}.txt` },
    });
    return eventually(
      "the customer's history is shown",
      async () => {
        for (const item of await product.inbox()) {
          const own = (await product.messages(item.conversationId)).filter(
            ({ text, media }) =>
              said(text).startsWith(customer.phone) || (media?.state === 'stored' && said(media.fileName).startsWith(customer.phone)),
          );
          if (own.length === TEXTS + 1) return item;
        }
        return null;
      },
      SETTLE_MS,
    );
  };
  const confirmationFor = async (contactId: ContactId) =>
    (await product.api<ErasurePreview>('GET', `/contacts/${contactId}/erasure`))?.body.confirmation;
  const order = async (contactId: ContactId, confirmation: string | undefined): Promise<Ordered | null> => {
    const answer = await product.api<Ordered>('POST', `/contacts/${contactId}/erasure`, { reason: 'consent-withdrawn', confirmation });
    return answer?.status === 202 ? answer.body : null;
  };
  const known = async (contactId: ContactId) =>
    (await product.api<{ readonly erasures: readonly ErasureDetail[] }>('GET', '/erasures'))?.body.erasures.find(
      (erasure) => erasure.contactId === contactId,
    ) ?? null;

  it(
    'finishes it by itself after the restart, with a certificate that verifies',
    async () => {
      const cutOff: string[] = [];
      for (let round = 0; round < MAX_ROUNDS && cutOff.length < WANTED_IN_THE_MIDDLE; round += 1) {
        const { contactId, conversationId } = await customerWithHistory(`Erased ${String(round)}`);
        const confirmation = await confirmationFor(contactId);
        const ordering = order(contactId, confirmation);
        await wait(random() * random() * 400);
        await product.kill();
        let ordered = await ordering;
        const at = cutOffAt(product.dataFolder);
        if (at !== null) cutOff.push(at);
        await product.restart();
        // Killed before the order was durable: the officer, who got no answer, orders again.
        if (ordered === null && (await known(contactId)) === null) ordered = await order(contactId, await confirmationFor(contactId));
        const erasure = await eventually(
          'the erasure is complete',
          async () => {
            const found = await known(contactId);
            return found?.step === 'completed' ? found : null;
          },
          SETTLE_MS,
        );
        const bytes = await product.certificate(erasure.erasureId);
        expect(
          verifyCertificate(bytes, product.vkey, ordered === null ? undefined : { salt: ordered.salt, subjectId: contactId }).kind,
        ).toBe('genuine');
        const thread = await product.messages(conversationId);
        expect(thread.length).toBe(TEXTS + 1);
        expect(
          thread.filter(({ text, media, erased }) => erased === null || text.state === 'value' || media?.fileName.state === 'value'),
        ).toEqual([]);
      }
      expect(soundness(product.dataFolder)).toEqual(SOUND);
      expect(cutOff.length).toBeGreaterThan(0);
    },
    TEST_MS,
  );
});

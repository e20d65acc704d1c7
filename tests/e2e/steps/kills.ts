import { setTimeout as wait } from 'node:timers/promises';
import type { Page } from 'playwright-core';
import { expect } from 'vitest';
import { z } from 'zod';
import type { Locale } from '#lib/i18n/locales.ts';
import { live } from '#tests/support/e2e-browser.ts';
import { eventually } from '#tests/support/eventually.ts';
import { inboxOf, nothingMissing, nothingTwice, type Api } from './books.ts';
import type { Cast } from './cast.ts';
import { openPhone, writeText } from './customer.ts';
import { orderErasure, previewErasure } from './officer.ts';

/** Moments of the kills, fixed per language so that a failure can be repeated: ms into a burst, and the step of the erasure. */
const KILLS: Readonly<Record<Locale, { readonly burstMs: number; readonly repliesMs: number; readonly step: string }>> = {
  en: { burstMs: 35, repliesMs: 25, step: 'RecordFence' },
  ar: { burstMs: 90, repliesMs: 70, step: 'RecordKeyDestroyed' },
};
const BURST = 12;
const REPLIES = 8;
/** Enough that an erasure takes longer than a signal. */
const MANY = 40;

const writeMany = async (
  { stage }: Cast,
  { customer, count, text }: { readonly customer: string; readonly count: number; readonly text: string },
): Promise<void> => {
  const number = (await stage.simulator.state()).numbers[0]?.phoneNumberId ?? '';
  await Promise.all(
    Array.from({ length: count }, (_, at) =>
      stage.simulator.write({ id: customer, name: '', phone: '' }, number, { text: `${text} ${String(at + 1)}` }),
    ),
  );
};

/** Killed while a customer's messages come in: WhatsApp comes again until each is acknowledged. */
export const killInBurst = async (cast: Cast, api: Api, conversationId: string): Promise<void> => {
  const { stage, locale } = cast;
  const writing = writeMany(cast, { customer: 'nour', count: BURST, text: 'بند من القائمة' });
  await wait(KILLS[locale].burstMs);
  await stage.product().killNow();
  await writing;
  await stage.restart();
  await nothingMissing(cast, api, conversationId, 'nour');
};

/** Killed while replies go out: what was acknowledged goes out once, and what nobody can know is said. */
export const killWhileReplying = async (cast: Cast, api: Api, conversationId: string): Promise<void> => {
  const { stage, locale } = cast;
  const sending = Array.from({ length: REPLIES }, async (_, at) => {
    const response = await api('POST', `/conversations/${conversationId}/messages`, { text: `Part ${String(at + 1)} of the answer` });
    return response.ok ? z.object({ messageId: z.string() }).parse(await response.json()).messageId : null;
  });
  const settling = Promise.allSettled(sending);
  await Promise.any(sending);
  await wait(KILLS[locale].repliesMs);
  await stage.product().killNow();
  const acknowledged = (await settling).flatMap((each) => (each.status === 'fulfilled' && each.value !== null ? [each.value] : []));
  expect(acknowledged.length).toBeGreaterThan(0);
  await stage.restart();
  await nothingTwice(cast, api, conversationId, acknowledged);
};

/** Killed in the middle of an erasure: it finishes by itself, and the page says so. */
export const killWhileErasing = async (cast: Cast, officer: Page, phone: Page, api: Api): Promise<void> => {
  const {
    stage,
    locale,
    words: { privacy },
  } = cast;
  await openPhone(stage, phone, 'ben', locale);
  await writeText(phone, 'Please forget me too');
  await writeMany(cast, { customer: 'ben', count: MANY, text: 'And this' });
  const { contactId, conversationId } = await eventually(
    'the second customer in the inbox',
    async () => (await inboxOf(api)).items.find((item) => item.status === 'open') ?? null,
  );
  await nothingMissing(cast, api, conversationId, 'ben');
  const number = await previewErasure(cast, officer, contactId, ['message', 'profile']);
  const before = stage.product().said().length;
  await Promise.all([stage.product().killWhen('erasure.step', KILLS[locale].step), orderErasure(cast, officer, number)]);
  expect(stage.product().said().slice(before), 'the kill came too late').not.toContain('CompleteErasure');
  await stage.restart();
  await officer.goto(`${stage.url}/privacy/erasures`);
  await live(officer);
  const row = officer.getByRole('listitem').filter({ hasText: number });
  await row.getByText(privacy('step.completed')).waitFor();
};

import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { chromiumPath, isMarked, live, mark, openBrowser, shootAll } from '#tests/support/e2e-browser.ts';
import { openStage } from '#tests/support/e2e-stage.ts';
import { eventually } from '#tests/support/eventually.ts';
import { failAndTryAgain, isRead, list, log, openThread, reply, replyWithDocument, revealPhone } from './steps/agent.ts';
import { expectSentence, readTrail, sentence, whoSaw } from './steps/auditor.ts';
import { apiAs, bookOf, inboxOf } from './steps/books.ts';
import { castOf, signIn, type Cast } from './steps/cast.ts';
import { flip, openPhone, sendDocument, sendPhoto, writeText } from './steps/customer.ts';
import { killInBurst, killWhileErasing, killWhileReplying } from './steps/kills.ts';
import { orderErasure, previewErasure, readCertificate, takeCertificate, verifyOffline, type Certificate } from './steps/officer.ts';
import { proveByCommand } from './steps/proof.ts';
import { addPeople, setUp } from './steps/set-up.ts';

// The whole way through the product, on real processes, in a real browser: set up, be written to, answer, be audited, erase, prove, and
// be killed in between. Once in each language.
const FIRST = 'مساء الخير، وصلت الشحنة ناقصة كرسي';
const SECOND = 'ممكن رد النهارده؟';
const FILE = 'فاتورة يوليو.pdf';
const PHONE = '201000000101';

describe.skipIf(chromiumPath === undefined)('the whole way', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await openBrowser();
  });
  afterAll(() => browser.close());

  it.each(['en', 'ar'] as const)('goes from the first page to a certificate that anybody can check, through kills: %s', async (locale) => {
    const stage = await openStage();
    const cast = castOf(stage, browser, locale);
    try {
      await wholeWay(cast);
      expect(cast.faults).toEqual([]);
    } catch (fault) {
      await shootAll(browser, `failed-whole-way-${locale}`);
      throw fault;
    } finally {
      await Promise.all(browser.contexts().map((context) => context.close()));
      await stage.close();
    }
  });
});

const wholeWay = async (cast: Cast): Promise<void> => {
  const { owner, phone } = await beginAndBeWrittenTo(cast);
  await addPeople(cast, owner, ['agent', 'auditor', 'dpo']);
  const agent = await signIn(cast, 'agent');
  const api = await apiAs(cast, 'agent');
  const { conversationId, contactId } = (await inboxOf(api)).items[0] ?? { conversationId: '', contactId: '' };
  await killInBurst(cast, api, conversationId);
  await answer(cast, agent, phone);
  await killWhileReplying(cast, api, conversationId);
  await audit(cast, contactId);
  const officer = await signIn(cast, 'dpo');
  await owner.goto(`${cast.stage.url}/inbox`);
  const certificate = await erase(cast, { officer, agent, owner }, contactId);
  await proveByCommand(cast, certificate);
  await readCertificate(cast, officer, certificate);
  await verifyOffline(cast, certificate);
  await killWhileErasing(cast, officer, phone, api);
  expect((await bookOf(api, conversationId)).status).toBe('erased');
  await comesBackAsSomebodyNew(cast, phone, contactId, api);
};

/** 1–4: an organisation, the simulator, and messages that appear in the open inbox by themselves. */
const beginAndBeWrittenTo = async (cast: Cast): Promise<{ readonly owner: Page; readonly phone: Page }> => {
  const { stage, locale, words } = cast;
  const { page: owner, phone } = await setUp(cast);
  await openPhone(stage, phone, 'nour', locale);
  await writeText(phone, FIRST);
  await owner.getByRole('heading', { name: words.access('wait.arrived') }).waitFor();
  await owner.getByRole('link', { name: words.access('wait.inbox') }).click();
  await list(cast, owner).getByText(FIRST).waitFor();
  await mark(owner);
  await writeText(phone, SECOND);
  await list(cast, owner).getByText(SECOND).waitFor();
  await sendPhoto(phone);
  await list(cast, owner).getByText(words.common('kind.image')).waitFor();
  await sendDocument(phone, FILE);
  await list(cast, owner).getByText(words.common('kind.document')).waitFor();
  expect(await isMarked(owner), 'the inbox was loaded again').toBe(true);
  return { owner, phone };
};

/** 5: the agent reads, reveals, answers with words and a file, and gets out of a failure. */
const answer = async (cast: Cast, agent: Page, phone: Page): Promise<void> => {
  await openThread(cast, agent, 'من القائمة');
  await log(agent).getByText(FIRST).waitFor();
  const picture = log(agent).getByRole('img', { name: cast.words.common('media.photo') });
  await eventually('the photo drawn', () => picture.evaluate((image) => image instanceof HTMLImageElement && image.naturalWidth === 64));
  await log(agent).getByText(FILE).waitFor();
  await revealPhone(cast, agent, PHONE);
  await reply(cast, agent, 'الكرسي خرج مع السائق، يصل غدا');
  await phone.locator('.b:not(.me)', { hasText: 'الكرسي خرج' }).waitFor();
  await isRead(cast, agent, 'الكرسي خرج');
  await replyWithDocument(cast, agent, 'إذن تسليم.pdf', 'إذن التسليم مرفق');
  await phone.locator('.b:not(.me)', { hasText: 'إذن تسليم.pdf' }).waitFor();
  await isRead(cast, agent, 'إذن التسليم مرفق');
  await flip(phone, 'undeliverable', true);
  await failAndTryAgain(cast, agent, 'هل العنوان صحيح؟', () => flip(phone, 'undeliverable', false));
};

/** 6: the trail tells these acts in sentences, and who saw whom, and why. */
const audit = async (cast: Cast, contactId: string): Promise<void> => {
  const auditor = await signIn(cast, 'auditor');
  const rows = await readTrail(cast, auditor, `?subject=${contactId}`);
  const expected = [
    sentence(cast, 'ContactStarted'),
    sentence(cast, 'MessageReceived', { kind: 'image' }),
    sentence(cast, 'MediaStored'),
    sentence(cast, 'MessageQueued', { kind: 'document' }),
    sentence(cast, 'SendRetryRequested'),
    sentence(cast, 'StatusReported', { status: 'read' }),
    sentence(cast, 'ValuesRevealed', { level: 'full' }),
  ];
  for (const pattern of expected) expectSentence(rows, pattern);
  expect(rows.join('\n')).not.toMatch(new RegExp(`${PHONE}|الشحنة|الكرسي`, 'u'));
  await whoSaw(cast, auditor, contactId);
};

type Open = { readonly officer: Page; readonly agent: Page; readonly owner: Page };

/** 7: counted, ordered with a reason and a typed number, done step by step; every open page says so at once. */
const erase = async (cast: Cast, { officer, agent, owner }: Open, contactId: string): Promise<Certificate> => {
  const {
    words: { common },
  } = cast;
  await Promise.all([live(owner), live(agent)]);
  await Promise.all([mark(owner), mark(agent)]);
  await orderErasure(cast, officer, await previewErasure(cast, officer, contactId, ['message', 'profile', 'media']));
  const certificate = await takeCertificate(cast, officer, contactId);
  await agent.getByText(common('composer.erased')).waitFor();
  await log(agent).getByText(certificate.number).first().waitFor();
  for (const page of [agent, owner]) {
    await list(cast, page).getByText(common('inbox.erasedContact')).waitFor();
    expect(await isMarked(page), 'the page was loaded again').toBe(true);
    const left = /.{0,60}(?:الشحنة|الكرسي|فاتورة|0000101).{0,60}/u.exec(await page.content())?.[0];
    expect(left, 'left of the person on the page').toBeUndefined();
  }
  return certificate;
};

/** Whoever was erased may write again, and is nobody that is known. */
const comesBackAsSomebodyNew = async (
  { stage, locale }: Cast,
  phone: Page,
  erasedId: string,
  api: Awaited<ReturnType<typeof apiAs>>,
): Promise<void> => {
  await openPhone(stage, phone, 'nour', locale);
  await writeText(phone, 'سؤال جديد');
  const contactId = await eventually(
    'a new conversation',
    async () => (await inboxOf(api)).items.find(({ status }) => status === 'open')?.contactId ?? null,
  );
  expect(contactId).not.toBe(erasedId);
};

import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ContactId, ConversationId } from '#domain/ids.ts';
import { realParts } from '#infra/cli/parts.ts';
import { openProduct } from '#infra/compose.ts';
import { loadConfig } from '#infra/config.ts';
import { startFront } from '#infra/http/front.ts';
import { loadWebHandler } from '#infra/http/web-handler.ts';
import { createLog } from '#infra/log.ts';
import { startSimulator } from '#infra/simulator/main.ts';
import { commandLine } from '#tests/infra/cli/command-line.ts';
import { eraseCustomer } from '#tests/support/erasing.ts';
import type { ThreadItem } from '#projections/pages.ts';
import { conversationOf, messagesIn, openDesk, PASSWORD } from '#tests/support/organisation.ts';
import { environmentOf, newDataFolder, runProduct } from '#tests/support/running-product.ts';
import words from '../../web/src/messages/en.json' with { type: 'json' };

/** The four answers that a sealed value can give, each made for real: nothing here is answered by a double. */
const answers = ['value', 'erased', 'unavailable', 'tampered'] as const;
type Answer = (typeof answers)[number];
type Place = { readonly contactId: ContactId; readonly conversationId: ConversationId; readonly position: string; readonly text: string };

describe('a sealed value', () => {
  const dataFolder = newDataFolder();
  let simulator: Awaited<ReturnType<typeof startSimulator>>;
  let places: Record<Answer, Place>;
  let certificate = '';
  let environment: Record<string, string>;
  let stop: () => Promise<void>;
  let url = '';
  let token = '';
  let cookie = '';

  beforeAll(async () => {
    simulator = await startSimulator({ port: 0, host: '127.0.0.1' });
    environment = { ...environmentOf(dataFolder, simulator.url, {}), VCONNECT_LOG_LEVEL: 'error' };
    const desk = await openDesk(await runProduct({ dataFolder, simulatorUrl: simulator.url, logLevel: 'error' }));
    const made: Partial<Record<Answer, Place>> = {};
    for (const answer of answers) {
      const text = `the text that is ${answer}`;
      const { conversationId } = await desk.writes(await desk.running.simulator.newCustomer(answer), { text });
      const { contactId } = (await conversationOf(desk.running.application, desk.owner.viewer, conversationId)).contact;
      made[answer] = { contactId, conversationId, position: '', text };
    }
    const { erased } = made;
    if (erased === undefined) throw new Error('expected a place');
    certificate = (await eraseCustomer(desk.running.application, desk.owner.viewer, erased.contactId)).erasure.certificate;
    await desk.running.close();
    places = withPositions(dataFolder, made);
    damage(dataFolder, places);

    const config = loadConfig(environment);
    const log = createLog('error', { write: () => undefined });
    const product = await openProduct(config, log);
    const front = await startFront({ ...config, product, log, web: await loadWebHandler() });
    await product.start({ url: front.url });
    ({ url } = front);
    stop = async () => {
      await front.close();
      await product.close();
    };
    const signedIn = await fetch(`${url}/api/v1/session`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ email: desk.owner.email, password: PASSWORD }),
    });
    ({ token } = (await signedIn.json()) as { readonly token: string });
    cookie = signedIn.headers
      .getSetCookie()
      .map((each) => each.split(';')[0])
      .join('; ');
  }, 120_000);
  afterAll(async () => {
    await stop();
    await simulator.close();
    rmSync(dataFolder, { recursive: true, force: true });
  });

  const expected = (): Record<Answer, object> => ({
    value: { state: 'value', text: places.value.text },
    erased: { state: 'erased', certificate },
    unavailable: { state: 'unavailable', reason: 'payload-missing' },
    tampered: { state: 'tampered' },
  });

  it.each(answers)('answers "%s" in the HTTP API', async (answer) => {
    const response = await fetch(`${url}/api/v1/conversations/${places[answer].conversationId}`, {
      headers: { authorization: `Bearer ${token}` },
    });
    const { entries } = (await response.json()) as { readonly entries: readonly ThreadItem[] };
    const [message] = messagesIn({ entries });
    expect(message?.text).toMatchObject(expected()[answer]);
    expect(JSON.stringify(entries).includes(places[answer].text)).toBe(answer === 'value');
  });

  it.each(answers)('answers "%s" on the page', async (answer) => {
    const response = await fetch(`${url}/inbox/${places[answer].conversationId}`, { headers: { cookie } });
    expect(response.status).toBe(200);
    // What a person reads, without the data that goes to the scripts beside it.
    const page = (await response.text()).replaceAll(/<script[\s\S]*?<\/script>/gu, '');
    const shows: Record<Answer, string> = {
      value: places.value.text,
      erased: certificate,
      unavailable: words['value.why.payload-missing'],
      tampered: words['value.tampered'],
    };
    const thread = page.slice(page.indexOf('<main'));
    expect(answers.filter((each) => inThread(thread).includes(shows[each]))).toEqual([answer]);
  });

  it.each([
    ['value', 0, { state: 'value' }],
    ['erased', 0, { state: 'erased' }],
    ['unavailable', 1, { state: 'unavailable', reason: 'payload-missing' }],
    ['tampered', 4, { state: 'tampered', reason: 'digest' }],
  ] as const)('answers "%s" on the command line, with exit code %i, and prints no value', async (answer, exit, state) => {
    const line = commandLine();
    line.environment = environment;
    line.openProduct = realParts.openProduct;
    const ran = await line.run(`verify event ${places[answer].position} --json`);
    const { values } = JSON.parse(ran.out) as { readonly values: readonly { readonly field: string }[] };
    expect(ran.exit).toBe(exit);
    expect(values.find(({ field }) => field === 'body')).toMatchObject(answer === 'erased' ? { ...state, certificate } : state);
    expect(`${ran.out}${ran.err}`).not.toContain(places[answer].text);
    const told = await line.run(`verify event ${places[answer].position}`);
    expect(told.out).toContain('MessageReceived at position');
    expect(told.out).not.toContain(places[answer].text);
  });
});

/** The list of conversations beside the thread shows previews of the others. */
const inThread = (page: string): string => page.slice(page.indexOf('role="log"'));

/** Where each text stands in the log. */
const withPositions = (folder: string, made: Partial<Record<Answer, Place>>): Record<Answer, Place> => {
  const log = new DatabaseSync(join(folder, 'events.db'), { readOnly: true });
  const find = log.prepare("SELECT position FROM events WHERE type = 'MessageReceived' AND body LIKE '%' || ? || '%'");
  const place = (answer: Answer): Place => {
    const known = made[answer];
    if (known === undefined) throw new Error('expected a place');
    return { ...known, position: String(find.get(known.contactId)?.['position']) };
  };
  const all = { value: place('value'), erased: place('erased'), unavailable: place('unavailable'), tampered: place('tampered') };
  log.close();
  return all;
};

/** One person's text is lost, another's is changed: in the file itself. */
const damage = (folder: string, { unavailable, tampered }: Record<Answer, Place>): void => {
  const payloads = new DatabaseSync(join(folder, 'payloads.db'));
  const of = (contactId: ContactId) => `subject = x'${contactId}' AND field = 'body'`;
  payloads.exec(`DELETE FROM payloads WHERE ${of(unavailable.contactId)}`);
  payloads.exec(`UPDATE payloads SET envelope = zeroblob(length(envelope)) WHERE ${of(tampered.contactId)}`);
  payloads.close();
};

import { describe, expect, it } from 'vitest';
import { dataMap } from '#infra/data-map/data-map.ts';
import { dataMapMarkdown } from '#infra/data-map/markdown.ts';
import { hasChromium, useAreaPages } from '#tests/support/area-pages.ts';

const map = dataMap();
const path = '/privacy/data-map';

describe.skipIf(!hasChromium)('the data map', () => {
  const pages = useAreaPages();

  it('shows every personal field of every event, every place and who else gets data', async () => {
    const page = await pages.open(path);
    for (const { event, field } of map.fields) await page.getByText(`${event}.${field} v`).first().waitFor();
    expect(await page.locator('tbody tr').count()).toBe(map.fields.length);
    for (const { name } of map.places) expect(await page.locator(`#place-${name}`).count()).toBe(1);
    await page.getByRole('heading', { name: 'Meta (WhatsApp Business Platform)' }).waitFor();
  });

  it.each([true, false])('shows one class, in an address that can be passed on (script: %s)', async (script) => {
    const page = await pages.open(path, { script });
    await page.getByRole('navigation', { name: 'Class' }).getByRole('link', { name: 'Files', exact: true }).click();
    await page.waitForURL(`**${path}?class=media`);
    const media = map.fields.filter((field) => field.class === 'media');
    await expect.poll(() => page.locator('tbody tr').count()).toBe(media.length);
    expect(await page.getByRole('link', { name: 'Files', exact: true }).getAttribute('aria-current')).toBe('true');
  });

  it.each([
    ['Download Markdown', `data-map-${map.release}.md`, dataMapMarkdown(map)],
    ['Download JSON', `data-map-${map.release}.json`, `${JSON.stringify(map, null, 2)}\n`],
  ])('gives it as a file: %s', async (name, fileName, content) => {
    const page = await pages.open(path);
    const download = page.waitForEvent('download');
    await page.getByRole('link', { name }).click();
    expect((await download).suggestedFilename()).toBe(fileName);
    const chunks: Buffer[] = [];
    for await (const chunk of await (await download).createReadStream()) chunks.push(chunk as Buffer);
    expect(Buffer.concat(chunks).toString('utf8')).toBe(content);
  });

  it('has no door for who may not enter', async () => {
    const page = await pages.open(path, { permissions: ['conversations.read'], role: 'agent' });
    expect(await page.locator('tbody tr').count()).toBe(0);
    await page.getByText('This is not open to your role').first().waitFor();
  });
});

import type { Page } from 'playwright-core';
import { expect } from 'vitest';
import type { Cast } from './cast.ts';

const HOLE = '\u0001';

/** The sentence of the trail as a pattern: whatever stands for the names. */
export const sentence = ({ words: { audit } }: Cast, key: string, values: Readonly<Record<string, string | number>> = {}): RegExp => {
  const names = Object.fromEntries(['who', 'whom', 'classes', 'purpose', 'certificate', 'windowUntil', 'role'].map((name) => [name, HOLE]));
  const said = audit(`say.${key}`, { ...names, ...values });
  return new RegExp(
    said
      .split(HOLE)
      .map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&'))
      .join('[\\s\\S]+?'),
    'u',
  );
};

/** All rows of the trail, those folded together too. */
export const readTrail = async ({ stage }: Cast, page: Page, query = ''): Promise<readonly string[]> => {
  const rows: string[] = [];
  await page.goto(`${stage.url}/audit${query}`);
  for (;;) {
    await page.locator('a.ev').first().waitFor({ state: 'attached' });
    rows.push(...(await page.locator('a.ev').evaluateAll((all) => all.map((row) => row.textContent))));
    const older = page.locator('nav.foot a').last();
    if ((await older.count()) === 0) return rows;
    const to = await older.getAttribute('href');
    if (to === null || !to.includes('after=')) return rows;
    await page.goto(`${stage.url}${to}`);
  }
};

export const expectSentence = (rows: readonly string[], pattern: RegExp): void => {
  expect(
    rows.some((row) => pattern.test(row)),
    `${String(pattern)} in\n${rows.join('\n')}`,
  ).toBe(true);
};

/** "Who saw what" about one person: the agent, unmasked, for the purpose that was given. */
export const whoSaw = async ({ stage, words: { audit }, people }: Cast, page: Page, contactId: string): Promise<void> => {
  await page.goto(`${stage.url}/audit/who?subject=${contactId}`);
  const row = page.locator('table.mx tbody tr').filter({ hasText: people.agent.name });
  await row.waitFor();
  expect(await row.innerText()).toContain(audit('purpose.identify-customer'));
  expect(await row.textContent()).toContain(audit('audit.mark.full'));
};

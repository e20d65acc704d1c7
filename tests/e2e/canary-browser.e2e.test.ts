import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { type BrowserContext, chromium, type Page, type Response } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ContactId } from '#domain/ids.ts';
import { loadWebHandler } from '#infra/http/web-handler.ts';
import { ensureWebBuilt } from '#infra/tooling/build-web.ts';
import { type Canary, phoneForms, searchFolder, searchText } from '#tests/support/canaries.ts';
import { handleCanaries, ofCustomer, phone, planted } from '#tests/support/canary-workload.ts';
import { chromiumPath } from '#tests/support/e2e-browser.ts';
import { eraseCustomer } from '#tests/support/erasing.ts';
import { routesOfPages } from '#tests/support/page-routes.ts';
import { newDataFolder, type RunningProduct, runProduct } from '#tests/support/running-product.ts';

/** What a page kept outside of itself: storages, caches, its address and its history. */
const KEPT = `(async () => JSON.stringify({
  local: { ...localStorage }, session: { ...sessionStorage }, databases: await indexedDB.databases(), workers: (await navigator.serviceWorker?.getRegistrations() ?? []).length,
  caches: 'caches' in self ? await caches.keys() : [], cookies: document.cookie, address: location.href, state: history.state, title: document.title, name: window.name,
}))()`;
const SETTLE_MS = 250;

type Ids = { readonly contactId: ContactId; readonly conversationId: string; readonly channelId: string; readonly erasureId: string };

/** How a browser comes to each route; null for what only takes a form. */
const visits: Readonly<Record<string, ((ids: Ids) => string) | null>> = {
  '/': () => '/',
  '/account': () => '/account',
  '/audit': () => '/audit',
  '/audit/who': () => '/audit/who',
  '/channels': () => '/channels',
  '/contacts/[id]': ({ contactId }) => `/contacts/${contactId}`,
  '/dashboard': () => '/dashboard?days=7',
  '/inbox': () => '/inbox',
  '/inbox/[conversation]': ({ conversationId }) => `/inbox/${conversationId}?panel`,
  '/inbox/[conversation]/earlier': ({ conversationId }) => `/inbox/${conversationId}/earlier?before=0`,
  '/inbox/rows': () => '/inbox/rows?view=open',
  '/people': () => '/people',
  '/preferences': null,
  '/privacy': () => '/privacy',
  '/privacy/certificates/[id]': ({ erasureId }) => `/privacy/certificates/${erasureId}`,
  '/privacy/data-map': () => '/privacy/data-map',
  '/privacy/data-map/download': () => '/privacy/data-map/download?as=json',
  '/privacy/erase/[contact]': ({ contactId }) => `/privacy/erase/${contactId}`,
  '/privacy/erasures': () => '/privacy/erasures',
  '/privacy/erasures/[id]': ({ erasureId }) => `/privacy/erasures/${erasureId}`,
  '/privacy/erasures/[id]/download': ({ erasureId }) => `/privacy/erasures/${erasureId}/download`,
  '/settings': () => '/settings',
  '/settings/system': () => '/settings/system',
  '/setup': () => '/setup',
  '/setup/connect': () => '/setup/connect',
  '/setup/connect/[channel]': ({ channelId }) => `/setup/connect/${channelId}`,
  '/signin': () => '/signin',
  '/signout': null,
  '/verify': () => '/verify',
};

describe.skipIf(chromiumPath === undefined)('a browser that went to every page', () => {
  const folder = newDataFolder();
  const profile = join(folder, 'profile');
  const canaries: Canary[] = [...Object.values(planted), ...phoneForms('phone', phone)];
  let running: RunningProduct;
  let owner: Awaited<ReturnType<typeof handleCanaries>>['owner'];
  let ids: Ids;
  let context: BrowserContext;
  const kept: string[] = [];
  const loose: string[] = [];
  const asked: string[] = [];

  const openBrowser = (): Promise<BrowserContext> =>
    chromium.launchPersistentContext(profile, {
      executablePath: chromiumPath ?? 'chromium',
      args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking'],
      serviceWorkers: 'allow',
    });

  /** Every answer that is not a built file, which says nothing of anybody, must be kept by nobody. */
  const watch = (response: Response): void => {
    const { pathname } = new URL(response.url());
    asked.push(response.url());
    const headers = response.headers();
    const isOwn = response.url().startsWith(running.url) && !pathname.startsWith('/_app/') && pathname !== '/mark.svg';
    const isRedirect = response.status() >= 300 && response.status() < 400;
    if (isOwn && !isRedirect && (headers['cache-control'] !== 'no-store' || headers['etag'] !== undefined))
      loose.push(`${pathname}: ${headers['cache-control'] ?? 'no word'}, etag ${headers['etag'] ?? 'none'}`);
  };

  const visitAll = async (): Promise<ReadonlyMap<string, string>> => {
    context.on('response', watch);
    const shown = new Map<string, string>();
    const page = await context.newPage();
    for (const [route, path] of Object.entries(visits)) {
      if (path === null) continue;
      shown.set(
        route,
        route.endsWith('download') || route.endsWith('earlier') || route.endsWith('rows')
          ? await fetched(path(ids))
          : await read(page, path(ids)),
      );
    }
    await page.close();
    return shown;
  };
  const fetched = async (path: string): Promise<string> => {
    const response = await context.request.get(`${running.url}${path}`);
    if (response.headers()['cache-control'] !== 'no-store') loose.push(`${path}: ${response.headers()['cache-control'] ?? 'no word'}`);
    return response.text();
  };
  const read = async (page: Page, path: string): Promise<string> => {
    await page.goto(`${running.url}${path}`);
    await page.locator('html[data-ready]').waitFor({ state: 'attached' });
    await page.waitForTimeout(SETTLE_MS);
    kept.push(await page.evaluate<string>(KEPT));
    return page.content();
  };

  beforeAll(async () => {
    await ensureWebBuilt();
    mkdirSync(profile);
    running = await runProduct({ dataFolder: join(folder, 'data'), web: await loadWebHandler() });
    const handled = await handleCanaries(running, canaries, []);
    owner = handled.owner;
    const { application: app } = running;
    const contact = await app.contact(owner.viewer, handled.contactId);
    const inbox = await app.inbox(owner.viewer, { filter: 'open' });
    if (!contact.ok || !inbox.ok) throw new Error('expected a contact and an inbox');
    const [first] = inbox.items;
    ids = {
      contactId: handled.contactId,
      conversationId: first?.conversationId ?? '',
      channelId: first?.channel.id ?? '',
      erasureId: '0'.repeat(32),
    };
    context = await openBrowser();
    await context.addCookies([{ name: 'vc_session', value: owner.token, url: running.url, httpOnly: true }]);
  });
  afterAll(async () => {
    await context.close();
    await running.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it('went to all there are: one that is new fails here', () => {
    expect(routesOfPages()).toEqual(Object.keys(visits).sort());
  });

  it('saw people on the pages, and kept nothing of them: no storage, cache, address, history or title', async () => {
    const shown = await visitAll();
    const seen = [...shown].filter(([, text]) => searchText(canaries, 'page', text).length > 0).map(([route]) => route);
    expect(seen).toEqual(expect.arrayContaining(['/inbox', '/inbox/[conversation]', '/people', '/audit']));
    expect(searchText(canaries, 'kept', kept.join('\n'))).toEqual([]);
    expect(searchText(canaries, 'addresses', asked.join('\n'))).toEqual([]);
    expect(
      kept.every(
        (text) =>
          text.includes('"local":{}') && text.includes('"databases":[]') && text.includes('"workers":0') && text.includes('"caches":[]'),
      ),
    ).toBe(true);
    expect([...new Set(loose)]).toEqual([]);
  });

  it('has nothing of them in any file of its profile, but its session', async () => {
    await context.close();
    const finds = searchFolder(canaries, profile).finds.filter(({ canary }) => canary !== 'session token');
    expect(finds).toEqual([]);
    context = await openBrowser();
  });

  it('would be found in its storage and in its profile', async () => {
    const page = await context.newPage();
    await page.goto(`${running.url}/verify`);
    await page.evaluate(`localStorage.setItem('planted', '${planted.note.value}')`);
    expect(searchText(canaries, 'kept', await page.evaluate<string>(KEPT))).not.toEqual([]);
    await context.close();
    expect(searchFolder(canaries, profile).finds.map(({ canary }) => canary)).toContain('note');
    rmSync(profile, { recursive: true });
    mkdirSync(profile);
    context = await openBrowser();
    await context.addCookies([{ name: 'vc_session', value: owner.token, url: running.url, httpOnly: true }]);
  });

  it('sees nothing of an erased customer on any page', async () => {
    const { erasureId } = await eraseCustomer(running.application, owner.viewer, ids.contactId);
    ids = { ...ids, erasureId };
    const customers = [...ofCustomer.map((key): Canary => planted[key]), ...phoneForms('phone', phone)];
    for (const [route, text] of await visitAll()) expect(searchText(customers, route, text), route).toEqual([]);
    await context.close();
    expect(searchFolder(customers, profile).finds).toEqual([]);
    context = await openBrowser();
  });
});

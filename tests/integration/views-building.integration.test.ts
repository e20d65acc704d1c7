import { createHmac } from 'node:crypto';
import { rmSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { startSimulator } from '#infra/simulator/main.ts';
import { startHeldUp } from '#tests/support/held-up.ts';
import { type Desk, openDesk, PASSWORD } from '#tests/support/organisation.ts';
import { newDataFolder, runProduct } from '#tests/support/running-product.ts';

/** A build of so few events takes some tenths of a second; the machine may be busy. */
const WAIT = { timeout: 30_000, interval: 100 };

type Asked = { readonly method?: string; readonly headers?: Readonly<Record<string, string>>; readonly body?: string };

describe('a product whose views were deleted while it was stopped', () => {
  const dataFolder = newDataFolder();
  let simulator: Awaited<ReturnType<typeof startSimulator>>;
  let desk: Desk;
  let held: Awaited<ReturnType<typeof startHeldUp>>;
  const ask = (path: string, init: Asked = {}) =>
    fetch(`${held.url}${path}`, { ...init, headers: { authorization: `Bearer ${desk.owner.token}`, ...init.headers } });
  const signIn = (password: string) =>
    ask('/api/v1/session', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ email: desk.owner.email, password }),
    });
  const deliver = () => {
    const body = JSON.stringify({ object: 'whatsapp_business_account', entry: [] });
    const signature = `sha256=${createHmac('sha256', desk.line.appSecret).update(body).digest('hex')}`;
    return fetch(`${held.url}${new URL(desk.line.webhookUrl).pathname}`, {
      method: 'POST',
      body,
      headers: { 'x-hub-signature-256': signature },
    });
  };

  beforeAll(async () => {
    simulator = await startSimulator({ port: 0, host: '127.0.0.1' });
    const running = await runProduct({ dataFolder, simulatorUrl: simulator.url });
    desk = await openDesk(running);
    await desk.writes(await running.simulator.newCustomer('Nadia'), { text: 'hello' });
    await running.close();
    held = await startHeldUp(dataFolder, simulator.url);
  });
  afterAll(async () => {
    await held.close();
    await simulator.close();
    rmSync(dataFolder, { recursive: true, force: true });
  });

  it.each(['/api/v1/conversations?filter=open', '/api/v1/people', '/api/v1/audit', '/api/v1/dashboard', '/api/v1/session'])(
    'says so at %s instead of an empty answer: 503, a stable code, when to come again',
    async (path) => {
      const answer = await ask(path);
      expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '5']);
      expect(answer.headers.get('content-type')).toContain('application/problem+json');
      expect(await answer.json()).toMatchObject({ code: 'views-building', status: 503 });
    },
  );

  it('does not take the right password for a wrong one', async () => {
    const answer = await signIn(PASSWORD);
    expect([answer.status, ((await answer.json()) as { code: string }).code]).toEqual([503, 'views-building']);
  });

  it('sends webhooks back for later, and never as if the number were unknown', async () => {
    const answer = await deliver();
    expect([answer.status, answer.headers.get('retry-after'), await answer.json()]).toMatchObject([503, '5', { code: 'views-building' }]);
  });

  it('opens no first-run page to whoever comes by', async () => {
    expect(await held.product.application.needsSetup()).toBe(false);
  });

  it('names on the health page what is prepared, and how far it is', async () => {
    const answer = await ask('/health/ready');
    expect(answer.status).toBe(503);
    const { parts } = (await answer.json()) as { parts: readonly { part: string; ok: boolean; says: string }[] };
    expect(parts.find(({ part }) => part === 'views')).toMatchObject({
      ok: false,
      says: expect.stringMatching(/^being prepared: .*inbox 0 %/),
    });
    expect(parts.find(({ part }) => part === 'eventstore')?.ok).toBe(true);
  });

  it('tells who may look after it which list has no generation', async () => {
    const answer = await ask('/api/v1/system/projections');
    const { projections } = (await answer.json()) as { projections: readonly { name: string; generation: number; lag: number }[] };
    expect(answer.status).toBe(200);
    expect(projections.every(({ generation, lag }) => generation === 0 && lag > 0)).toBe(true);
    expect(await held.product.application.preparing()).toBe(0);
  });

  it('becomes normal by itself once the projector may work, with everything in its place', async () => {
    await held.release();
    await vi.waitFor(async () => expect((await ask('/health/ready')).status).toBe(200), WAIT);
    expect(await held.product.application.preparing()).toBeNull();
    const answer = await ask('/api/v1/conversations?filter=open');
    expect(((await answer.json()) as { items: readonly unknown[] }).items).toHaveLength(1);
    expect((await signIn(PASSWORD)).status).toBe(200);
    expect((await signIn('not it at all')).status).toBe(401);
    expect((await deliver()).status).toBe(200);
  });
});

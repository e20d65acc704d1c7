import { rmSync } from 'node:fs';
import { expect, it } from 'vitest';
import { type ContactId, type ErasureId, streamName } from '#domain/ids.ts';
import { eventually } from '#tests/support/eventually.ts';
import { openLab, type Wrap } from '#tests/support/erasure-lab.ts';
import { conversationOf, openDesk } from '#tests/support/organisation.ts';
import { newDataFolder, runProduct } from '#tests/support/running-product.ts';

it('finishes one erasure although an earlier one cannot begin', async () => {
  const folder = newDataFolder();
  const desk = await openDesk(await runProduct({ dataFolder: folder }));
  const { tenant, accountId } = desk.owner.viewer;
  const begin = async (name: string) => {
    const { conversationId } = await desk.writes(await desk.running.simulator.newCustomer(name), { text: `hello from ${name}` });
    const { contactId } = (await conversationOf(desk.running.application, desk.owner.viewer, conversationId)).contact;
    return { contactId, conversations: [conversationId], accountId };
  };
  const [stuck, sound] = [await begin('Nadia'), await begin('Omar')];
  await desk.running.close();

  const lab = await openLab(folder);
  const orders = [await lab.order(tenant, stuck), await lab.order(tenant, sound)] as const;
  const lastOf = async (erasureId: ErasureId) => (await lab.store.readStream(streamName(tenant, 'erasure', erasureId))).at(-1)?.type;
  const worker = lab.worker(neverFencing(stuck.contactId));
  worker.start();
  await eventually('the later one is complete', async () => (await lastOf(orders[1])) === 'ErasureCompleted' || null);
  expect(await lastOf(orders[0])).toBe('ErasureRequested');
  await eventually('the trouble shows', () => Promise.resolve(!worker.healthy() || null));
  await worker.stop();
  await lab.close();
  rmSync(folder, { recursive: true, force: true });
});

/** The fence of this person fails again and again. */
const neverFencing =
  (contactId: ContactId): Wrap =>
  (_name, port) =>
    new Proxy(port, {
      get: (target, key) => {
        const method: unknown = Reflect.get(target, key);
        if (typeof method !== 'function') return method;
        return (...args: unknown[]): unknown =>
          key === 'fence' && args[1] === contactId ? Promise.reject(new Error('broken')) : (Reflect.apply(method, target, args) as unknown);
      },
    });

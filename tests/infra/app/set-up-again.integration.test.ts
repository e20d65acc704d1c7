import { setImmediate } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { must, PASSWORD, setUpOwner } from '#tests/support/organisation.ts';
import { type RunningProduct, runProduct } from '#tests/support/running-product.ts';

let running: RunningProduct;
beforeAll(async () => {
  running = await runProduct();
});
afterAll(() => running.close());

it('offers no second set-up, gives nobody the owner’s account and signs nobody out, while the views are built again', async () => {
  const { application, product } = running;
  const owner = await setUpOwner(application);
  const stranger = {
    organisation: 'Mine',
    name: 'Mallory',
    email: owner.email,
    password: 'chosen by a stranger',
    address: null,
    device: null,
  };
  for (let round = 0; round < 3; round += 1) {
    const views = { filled: false };
    const rebuilt = product.projections
      .rebuild(['organisation'], { signal: new AbortController().signal, onProgress: () => undefined, accept: async () => true })
      .finally(() => {
        views.filled = true;
      });
    while (!views.filled) {
      await setImmediate();
      expect(await application.needsSetup()).toBe(false);
      expect(await application.session(owner.token)).toEqual(owner.viewer);
      expect(await application.setUp(stranger)).toEqual({ ok: false, status: 409, code: 'already-set-up' });
    }
    await rebuilt;
  }
  await must(application.signIn({ email: owner.email, password: PASSWORD, address: null, device: null }));
});

import { afterEach } from 'vitest';
import { type Api, createApi } from '#infra/http/api.ts';
import type { Log } from '#infra/log.ts';
import { createLog } from '#infra/log.ts';
import { createFakeProduct, type FakeProduct } from '#tests/support/fake-product.ts';

export type Opened = FakeProduct & {
  readonly api: Api;
  readonly inject: Api['fastify']['inject'];
  readonly logged: () => string;
  readonly log: Log;
};

const opened: Api[] = [];
afterEach(async () => {
  for (const api of opened.splice(0)) {
    api.endStreams();
    await api.close();
  }
});

/** An API over a fake product, closed after the test. */
export const openApi = async (): Promise<Opened> => {
  const fake = createFakeProduct();
  const lines: string[] = [];
  const log = createLog('debug', { write: (line) => void lines.push(line) });
  const api = await createApi({ product: fake.product, log });
  opened.push(api);
  return { ...fake, api, log, inject: api.fastify.inject.bind(api.fastify), logged: () => lines.join('') };
};

export const bearer = (token: string): Record<string, string> => ({ authorization: `Bearer ${token}` });

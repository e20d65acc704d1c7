import { once } from 'node:events';
import { type IncomingMessage, request as ask } from 'node:http';
import { afterEach } from 'vitest';
import { type Front, type FrontOptions, startFront } from '#infra/http/front.ts';
import type { WebHandler } from '#infra/http/web-handler.ts';
import { createLog } from '#infra/log.ts';
import { createFakeProduct } from '#tests/support/fake-product.ts';

const fronts: Front[] = [];
afterEach(async () => {
  await Promise.all(fronts.splice(0).map((front) => front.close()));
});

const echo: WebHandler = (request, response) => {
  const { vconnect } = request as IncomingMessage & { readonly vconnect: { readonly address: string; readonly baseUrl: string } };
  response.end(JSON.stringify({ url: request.url, headers: request.headers, address: vconnect.address, baseUrl: vconnect.baseUrl }));
};

export const openFront = async (options: Partial<FrontOptions> = {}) => {
  const fake = createFakeProduct();
  const lines: string[] = [];
  const log = createLog('debug', { write: (line) => void lines.push(line) });
  const front = await startFront({
    product: fake.product,
    log,
    web: echo,
    host: '127.0.0.1',
    port: 0,
    publicUrl: null,
    trustedProxies: [],
    ...options,
  });
  fronts.push(front);
  return { ...fake, front, url: front.url, lines };
};

export type Answer = { readonly status: number; readonly body: string; readonly headers: IncomingMessage['headers'] };
export const get = async (url: string, headers: Record<string, string> = {}): Promise<Answer> => {
  const asking = ask(url, { headers, agent: false });
  asking.end();
  const [response] = (await once(asking, 'response')) as [IncomingMessage];
  let body = '';
  for await (const chunk of response) body += String(chunk);
  return { status: response.statusCode ?? 0, body, headers: response.headers };
};

/** Stands where the product stands: takes webhooks, checks the signature on the raw bytes, keeps what came. */
import { createServer } from 'node:http';
import { expect, vi } from 'vitest';
import { z } from 'zod';
import { startSimulator } from '#infra/simulator/main.ts';
import { createWhatsAppClient, type Connection, type WhatsAppClient } from '#infra/whatsapp/client.ts';
import type { DeliveryItem } from '#infra/whatsapp/delivery.ts';
import { parseDelivery, verifySignature } from '#infra/whatsapp/webhook.ts';

const numberReply = z.looseObject({
  phoneNumberId: z.string(),
  accessToken: z.string(),
  appSecret: z.string(),
  verifyToken: z.string(),
  handshake: z.looseObject({ ok: z.boolean(), reason: z.string().optional(), status: z.number().nullable().optional() }).nullable(),
});

export type Stage = {
  readonly url: string;
  readonly client: WhatsAppClient;
  readonly at: Connection;
  readonly number: z.infer<typeof numberReply>;
  readonly hook: string;
  readonly control: (method: string, path: string, body?: unknown) => Promise<unknown>;
  readonly bodies: string[];
  readonly items: DeliveryItem[];
  readonly refusals: string[];
  /** Answers for the next webhooks; 200 when empty. */
  readonly answers: number[];
  readonly until: (check: () => boolean) => Promise<void>;
  readonly close: () => Promise<void>;
};

export async function openStage(): Promise<Stage> {
  const simulator = await startSimulator({ port: 0, host: '127.0.0.1' });
  const bodies: string[] = [];
  const items: DeliveryItem[] = [];
  const refusals: string[] = [];
  const answers: number[] = [];
  let secret = '';
  let verifyToken = 'given in advance';
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://product');
    if (request.method === 'GET') {
      const right = url.searchParams.get('hub.mode') === 'subscribe' && url.searchParams.get('hub.verify_token') === verifyToken;
      return void response.writeHead(right ? 200 : 403).end(right ? url.searchParams.get('hub.challenge') : '');
    }
    const chunks: Uint8Array[] = [];
    request.on('data', (chunk: Uint8Array) => chunks.push(chunk));
    request.on('end', () => {
      const raw = Buffer.concat(chunks);
      const header = request.headers['x-hub-signature-256'];
      if (!verifySignature(raw, typeof header === 'string' ? header : undefined, secret)) {
        refusals.push('signature');
        return void response.writeHead(401).end();
      }
      const status = answers.shift() ?? 200;
      const delivery = parseDelivery(raw);
      if (status === 200 && delivery.ok) {
        bodies.push(raw.toString());
        items.push(...delivery.items);
      }
      response.writeHead(status).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const hook = `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}/webhooks/whatsapp/c1`;

  const control = async (method: string, path: string, body?: unknown): Promise<unknown> => {
    const sent = body === undefined ? {} : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
    const response = await fetch(`${simulator.url}/control/${path}`, { method, ...sent });
    return response.json();
  };
  const number = numberReply.parse(await control('PUT', 'numbers/106540352242922', { verifyToken, webhookUrl: hook }));
  secret = number.appSecret;
  verifyToken = number.verifyToken;

  return {
    url: simulator.url,
    hook,
    number,
    control,
    bodies,
    items,
    refusals,
    answers,
    client: createWhatsAppClient({ baseUrl: simulator.url, graphVersion: 'v26.0', timeoutMs: 3_000 }),
    at: { phoneNumberId: number.phoneNumberId, accessToken: number.accessToken },
    until: (check) => vi.waitFor(() => expect(check()).toBe(true), { timeout: 8_000, interval: 20 }),
    close: async () => {
      await simulator.close();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

import { createHmac, createSecretKey, randomBytes, timingSafeEqual } from 'node:crypto';
import fastify from 'fastify';
import { z } from 'zod';
import { sealBox } from '#vault/box.ts';
import { openRawLog } from './raw-log.ts';

const delivery = z.object({
  entry: z.array(
    z.object({
      changes: z.array(
        z.object({
          value: z.object({
            contacts: z.array(z.object({ wa_id: z.string(), user_id: z.string(), profile: z.object({ name: z.string() }) })),
            messages: z.array(
              z.object({ id: z.string(), from: z.string(), timestamp: z.string(), type: z.string(), text: z.object({ body: z.string() }) }),
            ),
          }),
        }),
      ),
    }),
  ),
});

/** The limit: signature, JSON, zod, one seal, one event in a group commit, 200. No identity, no rules, no streams to load. */
export const startBarePipeline = async (file: string, appSecret: string) => {
  const log = openRawLog(file);
  const stream = log.stream('all');
  const key = createSecretKey(randomBytes(32));
  let waiting: { readonly body: string; readonly done: () => void }[] = [];
  const commit = (): void => {
    const group = waiting;
    waiting = [];
    log.begin();
    for (const { body } of group) log.append(stream, body);
    log.commit();
    for (const { done } of group) done();
  };
  const durable = (body: string): Promise<void> =>
    new Promise((done) => {
      if (waiting.length === 0) setImmediate(commit);
      waiting.push({ body, done });
    });
  const app = fastify();
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
  app.post('/webhook', async (request, reply) => {
    const bytes = request.body instanceof Uint8Array ? request.body : new Uint8Array();
    const given = Buffer.from(String(request.headers['x-hub-signature-256']).slice('sha256='.length), 'hex');
    const expected = createHmac('sha256', appSecret).update(bytes).digest();
    if (given.length !== expected.length || !timingSafeEqual(given, expected)) return reply.code(401).send();
    const [entry] = delivery.parse(JSON.parse(Buffer.from(bytes).toString('utf8'))).entry;
    const message = entry?.changes[0]?.value.messages[0];
    if (message === undefined) return reply.code(400).send();
    const box = sealBox(key, Buffer.from(message.id), new TextEncoder().encode(message.text.body), randomBytes(24));
    await durable(JSON.stringify({ id: message.id.length, sealed: Buffer.from(box).toString('base64') }));
    return reply.code(200).send();
  });
  await app.listen({ port: 0, host: '127.0.0.1' });
  const address = app.server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    close: async () => {
      await app.close();
      log.close();
    },
  };
};

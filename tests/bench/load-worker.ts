// The load of the webhook benchmarks, in a thread of its own so that it does not share the server's event loop.
import { createHmac } from 'node:crypto';
import { connect } from 'node:net';
import { parentPort, workerData } from 'node:worker_threads';
import type { Load, LoadResult } from './webhook-load.ts';

const requestOf = ({ port, path, appSecret, phoneNumberId, people, run }: Load, index: number): Buffer => {
  const person = String(index % people).padStart(8, '0');
  const message = {
    from: `2010${person}`,
    from_user_id: `EG.${person}`,
    id: `wamid.${run}.${String(index)}`,
    timestamp: String(Math.floor(Date.now() / 1_000)),
    type: 'text',
    text: { body: `Message ${String(index)}: where is my order? It was promised for yesterday.` },
  };
  const value = {
    messaging_product: 'whatsapp',
    metadata: { display_phone_number: '15550783881', phone_number_id: phoneNumberId },
    contacts: [{ profile: { name: `Person ${person}` }, wa_id: message.from, user_id: message.from_user_id }],
    messages: [message],
  };
  const body = JSON.stringify({ object: 'whatsapp_business_account', entry: [{ id: '1', changes: [{ field: 'messages', value }] }] });
  const signature = createHmac('sha256', appSecret).update(body).digest('hex');
  const head = [
    `POST ${path} HTTP/1.1`,
    `host: 127.0.0.1:${String(port)}`,
    'content-type: application/json',
    `x-hub-signature-256: sha256=${signature}`,
    `content-length: ${String(Buffer.byteLength(body))}`,
  ];
  return Buffer.from(`${head.join('\r\n')}\r\n\r\n${body}`);
};

const load = workerData as Load;
const requests = Array.from({ length: load.count }, (_, index) => requestOf(load, load.from + index));
const latencies: number[] = [];
let refused = 0;
let next = 0;
const started = performance.now();

/** When request `index` is due: at once, or at the given rate whatever the answers do (no coordinated omission). */
const dueAt = (index: number): number => (load.perSecond === null ? 0 : started + (index * 1_000) / load.perSecond);

const lane = (): Promise<void> =>
  new Promise((resolve, reject) => {
    const socket = connect(load.port, '127.0.0.1');
    socket.setNoDelay(true);
    let sentAt = 0;
    const send = (): void => {
      const index = next;
      const request = requests[index];
      if (request === undefined) {
        socket.end();
        resolve();
        return;
      }
      next += 1;
      const wait = dueAt(index) - performance.now();
      const go = (): void => {
        sentAt = load.perSecond === null ? performance.now() : Math.max(dueAt(index), started);
        socket.write(request);
      };
      if (wait > 1) setTimeout(go, wait);
      else go();
    };
    let answer = '';
    socket.setEncoding('latin1');
    socket.on('connect', send);
    socket.on('error', reject);
    socket.on('data', (chunk: string) => {
      answer += chunk;
      if (!answer.includes('\r\n\r\n')) return;
      latencies.push(performance.now() - sentAt);
      if (!answer.startsWith('HTTP/1.1 200')) refused += 1;
      answer = '';
      send();
    });
  });

await Promise.all(Array.from({ length: load.connections }, lane));
parentPort?.postMessage({ ms: performance.now() - started, latencies, refused } satisfies LoadResult);

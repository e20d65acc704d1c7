// Webhook ingest: the peak against a bare pipeline in the same run, and the answer times at 320 a second while pages are read.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { openDesk } from '#tests/support/organisation.ts';
import { runProduct } from '#tests/support/running-product.ts';
import { startBarePipeline } from './bare-pipeline.ts';
import { measure, printTable } from './runner.ts';
import { type Load, percentile, putLoad, summary } from './webhook-load.ts';

const COUNT = Number(process.env['BENCH_COUNT'] ?? 3_000);
const ROUNDS = Number(process.env['BENCH_ROUNDS'] ?? 5);
const CONNECTIONS = 64;
const PEOPLE = 500;
const STEADY_PER_SECOND = 320;
const STEADY_SECONDS = 10;
const P99_GOAL_MS = 50;

const folder = mkdtempSync(join(tmpdir(), 'vconnect-bench-'));
const running = await runProduct({ logLevel: 'error' });
const { line, owner } = await openDesk(running);
const bare = await startBarePipeline(join(folder, 'bare.db'), line.appSecret);
let from = 0;
const load = (more: Partial<Load>): Load => {
  const { port, pathname } = new URL(line.webhookUrl);
  const whole = {
    port: Number(port),
    path: pathname,
    appSecret: line.appSecret,
    phoneNumberId: line.phoneNumberId,
    connections: CONNECTIONS,
    count: COUNT,
    people: PEOPLE,
    from,
    run: 'bench',
    perSecond: null,
    ...more,
  };
  from += whole.count;
  return whole;
};
const peak = (more: Partial<Load>) => async () => ({ operations: COUNT, ms: (await putLoad(load(more))).ms });

const BARE = 'bare pipeline: fastify, HMAC, zod, one seal, group commit';
printTable(
  `Webhook, one message each, ${String(CONNECTIONS)} connections, ${String(PEOPLE)} people`,
  await measure(
    [
      { name: BARE, run: peak({ port: bare.port, path: '/webhook' }) },
      { name: 'product', run: peak({}), against: { name: BARE, goal: 0.4 } },
    ],
    ROUNDS,
  ),
);
await bare.close();

const reading = { isOver: false, pages: [] as number[] };
const reader = (async () => {
  for (; !reading.isOver; await wait(50)) {
    const started = performance.now();
    const response = await fetch(`${running.url}/api/v1/conversations`, { headers: { authorization: `Bearer ${owner.token}` } });
    await response.text();
    reading.pages.push(performance.now() - started);
  }
})();
const steady = await putLoad(load({ count: STEADY_PER_SECOND * STEADY_SECONDS, perSecond: STEADY_PER_SECOND }));
reading.isOver = true;
await reader;
const p99 = percentile(steady.latencies, 99);
process.stdout.write(
  [
    `\nAt ${String(STEADY_PER_SECOND)}/s for ${String(STEADY_SECONDS)} s while the inbox is read`,
    `  webhook answered: ${summary(steady.latencies)}; goal p99 ≤ ${String(P99_GOAL_MS)} ms ${p99 <= P99_GOAL_MS ? 'met' : 'MISSED'}`,
    `  inbox pages: ${summary(reading.pages)} (${String(reading.pages.length)} pages)\n`,
  ].join('\n'),
);
await running.close();
rmSync(folder, { recursive: true });

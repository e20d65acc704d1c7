import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { familyNameOf, readMetrics } from '#tests/support/prometheus.ts';
import { type RunningProduct, runProduct } from '#tests/support/running-product.ts';

const FOLDER = join(import.meta.dirname, '../../../infra/docker');
const panelShape = z.object({
  title: z.string().min(1),
  type: z.string(),
  gridPos: z.object({ x: z.number(), y: z.number(), w: z.number(), h: z.number() }),
  targets: z.array(z.object({ expr: z.string(), datasource: z.object({ uid: z.literal('${datasource}') }) })).optional(),
});
const dashboard = z
  .object({ title: z.string(), uid: z.string(), schemaVersion: z.number(), panels: z.array(panelShape) })
  .parse(JSON.parse(readFileSync(join(FOLDER, 'grafana-dashboard.json'), 'utf8')));

/** Names of metrics in an expression: what is neither a function, a word of the language, nor a label. */
const namesIn = (text: string): readonly string[] => text.match(/\b(?:vconnect|nodejs|process)_\w+/g)?.map(familyNameOf) ?? [];

describe('the Grafana dashboard', () => {
  let running: RunningProduct;
  let exported: readonly string[];
  beforeAll(async () => {
    running = await runProduct();
    exported = readMetrics(await (await fetch(`${running.url}/metrics`)).text()).map(({ name }) => name);
  });
  afterAll(() => running.close());

  it('names only metrics that a running product exports', () => {
    const named = dashboard.panels.flatMap(({ targets = [] }) => targets.flatMap(({ expr }) => namesIn(expr)));
    expect(named.length).toBeGreaterThan(20);
    expect(named.filter((name) => !exported.includes(name))).toEqual([]);
  });

  it('shows every metric of the product, and the delay of the event loop', () => {
    const named = new Set(dashboard.panels.flatMap(({ targets = [] }) => targets.flatMap(({ expr }) => namesIn(expr))));
    const own = exported.filter((name) => name.startsWith('vconnect_'));
    expect(own.length).toBeGreaterThan(15);
    expect([...own, 'nodejs_eventloop_lag_p99_seconds'].filter((name) => !named.has(name))).toEqual([]);
  });

  it('has a row for the log, the read models, webhooks, pages and the process, and no panel over another', () => {
    expect(dashboard.panels.filter(({ type }) => type === 'row').map(({ title }) => title)).toEqual([
      'Log',
      'Read models',
      'Webhooks',
      'Pages',
      'Process',
    ]);
    const cells = dashboard.panels.flatMap(({ gridPos: { x, y, w, h } }) =>
      Array.from({ length: w * h }, (_, n) => `${String(x + (n % w))},${String(y + Math.floor(n / w))}`),
    );
    expect(new Set(cells).size).toBe(cells.length);
    expect(Math.max(...dashboard.panels.map(({ gridPos: { x, w } }) => x + w))).toBe(24);
  });

  it('its README speaks only of metrics that exist', () => {
    const named = namesIn(readFileSync(join(FOLDER, 'README.md'), 'utf8'));
    expect(named.filter((name) => !exported.includes(name))).toEqual([]);
    expect(named.length).toBeGreaterThan(5);
  });
});

import { rmSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { refusalReasons } from '#infra/app/reveal-record.ts';
import { openReadModels } from '#infra/compose/read-models.ts';
import { loadConfig } from '#infra/config.ts';
import { createMetrics } from '#infra/http/metrics.ts';
import { createLog } from '#infra/log.ts';
import { allProjections } from '#projections/all.ts';
import { createFakeProduct } from '#tests/support/fake-product.ts';
import { type Member, PASSWORD, setUpOwner } from '#tests/support/organisation.ts';
import { type Family, readMetrics } from '#tests/support/prometheus.ts';
import { environmentOf, newDataFolder, type RunningProduct, runProduct } from '#tests/support/running-product.ts';

/** Labels of the product's own metrics, and what each may hold. Another name, or another value, fails. */
const LABELS: Readonly<Record<string, RegExp>> = {
  projection: new RegExp(`^(?:${allProjections.map(({ name }) => name).join('|')})$`),
  role: /^(?:web|projector|worker|cli)$/,
  lease: /^(?:projector|outbox|media|erasure|binder|search)$/,
  reason: new RegExp(`^(?:${refusalReasons.join('|')})$`),
  part: /^(?:log|projections|processes)$/,
  method: /^(?:GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS|other)$/,
  status: /^[1-5]\d\d$/,
  // A route as it is written in the program: never an address that somebody asked for.
  route: /^(?:none|\*|\/(?:\*|[a-z0-9._*-]+|:[a-z]+)(?:\/(?:\*|[a-z0-9._*-]+|:[a-z]+))*)$/i,
  le: /^(?:[\d.]+|\+Inf)$/,
};
/** A projector says a second later at most that it moved; leases are tried for five times a second. */
const WAIT = { timeout: 15_000, interval: 100 };
const own = (families: readonly Family[]) => families.filter(({ name }) => name.startsWith('vconnect_'));
const valueOf = (families: readonly Family[], sample: string, labels: Readonly<Record<string, string>> = {}) =>
  families
    .flatMap(({ samples }) => samples)
    .find((each) => each.name === sample && Object.entries(labels).every(([label, value]) => each.labels[label] === value))?.value;

describe('metrics of a running product', () => {
  let running: RunningProduct;
  let owner: Member;
  const openOwnersSession = () => running.application.signIn({ email: owner.email, password: PASSWORD, address: null, device: null });
  const scrape = async () => {
    const response = await fetch(`${running.url}/metrics`);
    expect(response.headers.get('content-type')).toMatch(/^text\/plain; version=0\.0\.4/);
    return readMetrics(await response.text());
  };
  beforeAll(async () => {
    running = await runProduct();
    owner = await setUpOwner(running.application);
  });
  afterAll(() => running.close());

  it('every metric has a sentence, a type, and labels of codes and names only', async () => {
    const secret = '+201001234567';
    await fetch(`${running.url}/api/v1/conversations/${secret}?filter=${secret}`);
    await fetch(`${running.url}/api/v1/${secret}`);
    await fetch(`${running.url}/webhooks/whatsapp/${secret}`, { method: 'POST', body: secret });
    await fetch(`${running.url}/${secret}`, { method: 'PROPFIND' });
    const families = await scrape();
    for (const { name, help, type, samples } of own(families)) {
      expect(help, name).toMatch(/^[A-Z0-9].{10,}\.$/);
      expect(['counter', 'gauge', 'histogram'], name).toContain(type);
      expect(name.endsWith('_total'), name).toBe(type === 'counter');
      expect(samples.length, name).toBeGreaterThan(0);
      for (const { labels } of samples)
        for (const [label, value] of Object.entries(labels)) expect(value, `${name} ${label}`).toMatch(LABELS[label] ?? /^(?!)/);
    }
    expect(JSON.stringify(families)).not.toContain('1001234567');
  });

  it('appends are counted, timed and grouped; the queue is empty when nothing is written', async () => {
    const families = await scrape();
    const events = valueOf(families, 'vconnect_log_appended_events_total') ?? 0;
    expect(events).toBeGreaterThan(3);
    expect(valueOf(families, 'vconnect_log_group_events_sum')).toBe(events);
    const groups = valueOf(families, 'vconnect_log_group_events_count');
    expect(valueOf(families, 'vconnect_log_append_duration_seconds_count')).toBe(groups);
    expect(valueOf(families, 'vconnect_log_append_duration_seconds_sum')).toBeGreaterThan(0);
    expect(valueOf(families, 'vconnect_log_commit_duration_seconds_count')).toBe(groups);
    expect(valueOf(families, 'vconnect_log_queued_events')).toBe(0);
  });

  it('every projection says where it is, and moves the count of events as they are appended', async () => {
    const before = await scrape();
    for (const { name: projection } of allProjections) {
      expect(valueOf(before, 'vconnect_projection_generation', { projection })).toBeGreaterThan(0);
      expect(valueOf(before, 'vconnect_projection_fault', { projection })).toBe(0);
      expect(valueOf(before, 'vconnect_projection_building_generation', { projection })).toBe(0);
    }
    await openOwnersSession();
    await vi.waitFor(async () => {
      const after = await scrape();
      const applied = (families: readonly Family[]) =>
        valueOf(families, 'vconnect_projection_applied_events_total', { projection: 'audit' }) ?? 0;
      expect(applied(after)).toBeGreaterThan(applied(before));
      expect(valueOf(after, 'vconnect_projection_lag_events', { projection: 'audit' })).toBe(0);
    }, WAIT);
  });

  it('says who does what: one process, all roles, every lease', async () => {
    await vi.waitFor(async () => {
      const families = await scrape();
      for (const role of ['web', 'projector', 'worker']) expect(valueOf(families, 'vconnect_process_role', { role })).toBe(1);
      expect(valueOf(families, 'vconnect_process_role', { role: 'cli' })).toBe(0);
      expect(valueOf(families, 'vconnect_processes', { role: 'web' })).toBe(1);
      for (const lease of ['projector', 'outbox', 'media', 'erasure', 'binder', 'search']) {
        expect(valueOf(families, 'vconnect_lease_held', { lease }), lease).toBe(1);
        expect(valueOf(families, 'vconnect_lease_holder_pid', { lease }), lease).toBe(process.pid);
      }
    }, WAIT);
  });
});

it('a process that only moves the views has the same families, and nothing appended', async () => {
  const folder = newDataFolder();
  const running = await runProduct({ dataFolder: folder });
  const all = own(readMetrics(await (await fetch(`${running.url}/metrics`)).text())).map(({ name }) => name);
  await running.close();
  const config = loadConfig(environmentOf(folder, 'http://127.0.0.1:1', {}));
  const readModels = await openReadModels(config, createLog('error', { write: () => undefined }), 'projector');
  try {
    const families = readMetrics((await createMetrics(readModels).render()).text);
    expect(own(families).map(({ name }) => name)).toEqual(all);
    expect(valueOf(families, 'vconnect_log_appended_events_total')).toBe(0);
    expect(valueOf(families, 'vconnect_process_role', { role: 'projector' })).toBe(1);
    expect(valueOf(families, 'vconnect_process_role', { role: 'web' })).toBe(0);
  } finally {
    await readModels.close();
    rmSync(folder, { recursive: true, force: true });
  }
});

it('a store that does not answer takes its own numbers away and is counted; the rest is said', async () => {
  const { product } = createFakeProduct();
  let broken = false;
  const metrics = createMetrics({
    ...product,
    projections: { ...product.projections, status: () => (broken ? Promise.reject(new Error('gone')) : product.projections.status()) },
  });
  expect((await metrics.render()).text).toContain('vconnect_projection_lag_events{projection="inbox"} 2');
  broken = true;
  const families = readMetrics((await metrics.render()).text);
  expect(valueOf(families, 'vconnect_projection_lag_events', { projection: 'inbox' })).toBeUndefined();
  expect(valueOf(families, 'vconnect_metrics_unanswered_total', { part: 'projections' })).toBe(1);
  expect(valueOf(families, 'vconnect_lease_holder_pid', { lease: 'outbox' })).toBe(4_711);
});

it('events applied are counted from where this process first looked, and never backwards', async () => {
  const { product, answers } = createFakeProduct();
  const metrics = createMetrics(product);
  const applied = async (checkpoint: bigint, generation = 2) => {
    answers.projections = answers.projections.map((status) => ({ ...status, checkpoint, generation }));
    return valueOf(readMetrics((await metrics.render()).text), 'vconnect_projection_applied_events_total', { projection: 'inbox' });
  };
  expect([await applied(40n), await applied(45n), await applied(3n, 3), await applied(10n, 3)]).toEqual([0, 5, 5, 12]);
});

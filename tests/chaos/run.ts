import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { askEverything, type Shown } from './ask-product.ts';
import { type Load, type SlowDisk, startLoad, startSlowDisk } from './children.ts';
import { compare, type Finding, restless } from './compare.ts';
import { type Member, openFleet, type Row } from './fleet.ts';
import { type Harm, noHarm, READY_MS, STOP_MS, torment } from './monkey.ts';
import type { Observed } from './observed.ts';
import { randomOf } from './random.ts';
import { factsOf, readLog } from './read-log.ts';
import { viewFaults } from './read-views.ts';
import type { Counts, LoadRecord } from './record.ts';
import { type Organisation, setUpOrganisation } from './set-up.ts';

export type ChaosOptions = {
  readonly seed: number;
  readonly loadMs: number;
  readonly fleet: readonly Row[];
  /** Data and logs of the run stand here. */
  readonly folder: string;
  readonly customers: number;
  readonly perSecond: number;
  readonly agents: number;
  /** Longest time for everything that was begun to be answered, and again for everything that waits to come to rest. */
  readonly settleMs: number;
  readonly onProgress: (progress: Progress) => void;
  /** Plants a fault after the run, to see that the oracle finds it. */
  readonly spoil?: (record: LoadRecord) => LoadRecord;
};

export type Progress = { readonly phase: string; readonly doneMs: number; readonly totalMs: number; readonly sums: Sums };
export type Sums = { readonly load: Counts | null; readonly harm: Harm; readonly lockSlices: number };
export type ChaosResult = {
  readonly findings: readonly Finding[];
  readonly sums: Sums;
  readonly settledMs: number;
  readonly events: number;
};

const TICK_MS = 500;
const SETTLE_POLL_MS = 2_000;

/** Load and harm for `loadMs`, then rest, then the comparison. */
export const runChaos = async (options: ChaosOptions): Promise<ChaosResult> => {
  const load = await startLoad();
  let fleet: readonly Member[] = [];
  let slowDisk: SlowDisk | null = null;
  try {
    const dataFolder = join(options.folder, 'data');
    const organisation = await setUpOrganisation(dataFolder, load.url, options.agents);
    fleet = await openFleet(options.fleet, { dataFolder, logFolder: join(options.folder, 'logs'), cloudUrl: load.url });
    slowDisk = startSlowDisk({ folder: dataFolder, seed: options.seed });
    return await play({ options, dataFolder, load, fleet, slowDisk, organisation });
  } finally {
    load.close();
    await slowDisk?.close();
    await Promise.all(
      fleet.map((member) => {
        member.thaw();
        return member.kill();
      }),
    );
  }
};

type Parts = {
  readonly options: ChaosOptions;
  readonly dataFolder: string;
  readonly load: Load;
  readonly fleet: readonly Member[];
  readonly slowDisk: SlowDisk;
  readonly organisation: Organisation;
};

const play = async ({ options, dataFolder, load, fleet, slowDisk, organisation }: Parts): Promise<ChaosResult> => {
  const { seed, loadMs } = options;
  const urls = fleet.filter(({ servesHttp }) => servesHttp).map(({ url }) => url);
  const [harm, stuck] = [noHarm(), new Array<string>()];
  const sums = (): Sums => ({ load: load.counts(), harm: { ...harm }, lockSlices: slowDisk.slices() });
  const say = (phase: string, doneMs: number, totalMs: number): void => options.onProgress({ phase, doneMs, totalMs, sums: sums() });
  say('starting', 0, loadMs);
  for (const member of fleet) member.start();
  stuck.push(...(await silent(fleet)));

  const { channelId, agents, ownerToken } = organisation;
  load.begin({ seed, urls, channelId, agents, customers: options.customers, perSecond: options.perSecond });
  const until = performance.now() + loadMs;
  const isOver = (): boolean => performance.now() >= until;
  const torments = fleet.map((member) =>
    torment(member, { random: randomOf(seed, member.name), isOver, harm, onStuck: (what) => stuck.push(what) }),
  );
  for (; !isOver(); await wait(TICK_MS)) say('load', loadMs - (until - performance.now()), loadMs);
  await Promise.all(torments);

  const settling = performance.now();
  say('settling', loadMs, loadMs);
  stuck.push(...(await silent(fleet)));
  await load.drain(options.settleMs);
  const shown = await rest({ urls, token: ownerToken }, options.settleMs, () => say('settling', loadMs, loadMs));
  const record = await load.drain(options.settleMs);
  const settledMs = performance.now() - settling;
  stuck.push(...(await silent(fleet)));
  await slowDisk.close();
  stuck.push(...(await stopAll(fleet)));

  say('comparing', loadMs, loadMs);
  const log = await readLog(dataFolder);
  const observed: Observed = { ...shown, log: factsOf(log), views: await viewFaults(dataFolder, log), processes: stuck };
  return { findings: compare(options.spoil?.(record) ?? record, observed), sums: sums(), settledMs, events: log.length };
};

/** A reply that was refused for its rate is tried again after up to a minute. Asks until none waits any more, or the bound is reached: then the comparison says what is stuck. */
const rest = async (ask: Parameters<typeof askEverything>[0], withinMs: number, onTick: () => void): Promise<Shown> => {
  for (const until = performance.now() + withinMs; ; await wait(SETTLE_POLL_MS)) {
    onTick();
    const shown = await askEverything(ask);
    if (restless(shown.messages).length === 0 || performance.now() > until) return shown;
  }
};

const silent = async (fleet: readonly Member[]): Promise<readonly string[]> => {
  const answers = await Promise.all(fleet.map(async (member) => ({ member, isReady: await member.isReady(READY_MS) })));
  return answers.flatMap(({ member, isReady }) => {
    if (isReady) return [];
    return [`${member.name} ${member.isRunning() ? 'does not answer' : 'does not run'}: ${member.lastWords()}`];
  });
};

const stopAll = async (fleet: readonly Member[]): Promise<readonly string[]> => {
  const codes = await Promise.all(fleet.map(async (member) => ({ name: member.name, code: await member.stop(STOP_MS) })));
  return codes.filter(({ code }) => code !== 0).map(({ name, code }) => `${name} was asked to end and gave ${String(code ?? 'no answer')}`);
};

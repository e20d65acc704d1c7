import { readFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { DatabaseSync } from 'node:sqlite';

/**
 * Measures contenders in turns: each round runs all of them once, so that a machine that slows down slows all of them. Goals are ratios
 * between contenders of the same round (`BUDGETS.md`), because absolute figures move with the machine.
 */
export type Contender = {
  readonly name: string;
  /** Runs once and says how many operations it did in how many milliseconds. Its preparation is not measured. */
  readonly run: () => Promise<Sample>;
  /** The contender that this one is compared with, and the least ratio wanted. */
  readonly against?: { readonly name: string; readonly goal: number };
};
export type Sample = { readonly operations: number; readonly ms: number };

export type Result = {
  readonly name: string;
  readonly perSecond: readonly number[];
  readonly ratios: readonly number[];
  readonly against?: Contender['against'];
};

const WARM_UP_ROUNDS = 1;
const ROUNDS = 5;

export const measure = async (contenders: readonly Contender[], rounds = ROUNDS): Promise<readonly Result[]> => {
  const rates = new Map<string, number[]>(contenders.map(({ name }) => [name, []]));
  for (let round = 0; round < WARM_UP_ROUNDS + rounds; round += 1) {
    for (const { name, run } of contenders) {
      const { operations, ms } = await run();
      if (round >= WARM_UP_ROUNDS) rates.get(name)?.push((operations * 1_000) / ms);
      process.stderr.write('.');
    }
  }
  process.stderr.write('\n');
  return contenders.map(({ name, against }) => {
    const own = rates.get(name) ?? [];
    const peer = against === undefined ? [] : (rates.get(against.name) ?? []);
    const ratios = own.flatMap((rate, index) => (peer[index] === undefined ? [] : [rate / peer[index]]));
    return { name, perSecond: own, ratios, ...(against === undefined ? {} : { against }) };
  });
};

/** Times a piece of work. */
export const timed = async (operations: number, work: () => Promise<void> | void): Promise<Sample> => {
  const started = performance.now();
  await work();
  return { operations, ms: performance.now() - started };
};

export const printTable = (title: string, results: readonly Result[], notes: readonly string[] = []): void => {
  const rows = results.map(({ name, perSecond, ratios, against }) => {
    const ratio =
      against === undefined || ratios.length === 0 ? '' : `${median(ratios).toFixed(2)} [${spread(ratios, 2)}] × ${against.name}`;
    const goal =
      against === undefined || ratios.length === 0 ? '' : `≥ ${String(against.goal)} ${median(ratios) >= against.goal ? 'met' : 'MISSED'}`;
    return [name, `${rate(median(perSecond))} [${spread(perSecond.map(thousand), 1)}]`, ratio, goal];
  });
  const table = [['', 'k/s: median [min – max]', 'ratio: median [min – max]', 'goal'], ...rows];
  const widths = [0, 1, 2, 3].map((column) => Math.max(...table.map((row) => (row[column] ?? '').length)));
  const lines = table.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
  process.stdout.write(`\n${title}\n${lines.join('\n')}\n${[...notes, versions()].map((note) => `  ${note}`).join('\n')}\n`);
};

export const median = (values: readonly number[]): number => {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? (sorted[middle] ?? NaN) : ((sorted[middle - 1] ?? NaN) + (sorted[middle] ?? NaN)) / 2;
};

const thousand = (value: number): number => value / 1_000;
const rate = (value: number): string => thousand(value).toFixed(1);
const spread = (values: readonly number[], digits: number): string =>
  `${Math.min(...values).toFixed(digits)} – ${Math.max(...values).toFixed(digits)}`;

const versions = (): string => {
  const db = new DatabaseSync(':memory:');
  const sqlite = String(db.prepare('SELECT sqlite_version() AS version').get()?.['version']);
  db.close();
  return `Node ${process.versions.node}, SQLite ${sqlite}, ${String(cpus().length)} cores (${cpus()[0]?.model.trim() ?? 'unknown'})`;
};

/** Version of an installed package, or null. */
export const installedVersion = (packageJson: string): string | null => {
  try {
    const parsed: unknown = JSON.parse(readFileSync(packageJson, 'utf8'));
    return typeof parsed === 'object' && parsed !== null && 'version' in parsed && typeof parsed.version === 'string'
      ? parsed.version
      : null;
  } catch {
    return null;
  }
};

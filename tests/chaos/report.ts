import type { FindingKind } from './compare.ts';
import type { ChaosResult, Progress } from './run.ts';

const BAR = 24;
const SECOND_MS = 1_000;
const NAMED = 40;

export const progressLine = ({ phase, doneMs, totalMs, sums: { load, harm, lockSlices } }: Progress): string => {
  const part = totalMs === 0 ? 1 : Math.min(1, doneMs / totalMs);
  const bar = '█'.repeat(Math.round(part * BAR)).padEnd(BAR, '░');
  const said =
    load === null
      ? ''
      : ` · ${told(load.writtenAcknowledged, load.written)} messages · ${told(load.commandsAcknowledged, load.commands)} commands`;
  const seconds = `${String(Math.round(doneMs / SECOND_MS))}/${String(Math.round(totalMs / SECOND_MS))} s`;
  return `${phase.padEnd(9)} ${bar} ${seconds}${said} · ${String(harm.kills)} kills · ${String(harm.freezes)} freezes · ${String(lockSlices)} lock slices`;
};

const told = (acknowledged: number, all: number): string => `${String(acknowledged)}/${String(all)}`;

const KINDS: readonly FindingKind[] = ['lost', 'doubled', 'stuck', 'wrong'];

/** The one table of the end, and before it what was found. */
export const resultLines = ({ findings, sums: { load, harm, lockSlices }, settledMs, events }: ChaosResult): readonly string[] => {
  const count = (kind: FindingKind): number => findings.filter((finding) => finding.kind === kind).length;
  const rows: readonly (readonly [string, number | string])[] = [
    ['messages written', load?.written ?? 0],
    ['messages acknowledged', load?.writtenAcknowledged ?? 0],
    ['deliveries made', load?.deliveries ?? 0],
    ['of them on purpose again', load?.repeatedDeliveries ?? 0],
    ['commands of agents', load?.commands ?? 0],
    ['commands acknowledged', load?.commandsAcknowledged ?? 0],
    ['commands repeated', load?.repeatedCommands ?? 0],
    ['replies that arrived', load?.arrivals ?? 0],
    ['statuses acknowledged', load?.statuses ?? 0],
    ...Object.entries(load?.otherAnswers ?? {}).map(
      ([status, times]) => [status === 'none' ? 'no answer' : `answers ${status}`, times] as const,
    ),
    ['events in the log', events],
    ['kills', harm.kills],
    ['freezes', harm.freezes],
    ['stops', harm.stops],
    ['starts', harm.starts],
    ['slowest start, seconds', (harm.slowestStartMs / SECOND_MS).toFixed(1)],
    ['lock slices', lockSlices],
    ['seconds to rest', (settledMs / SECOND_MS).toFixed(1)],
    ...KINDS.map((kind) => [kind, count(kind)] as const),
  ];
  const width = Math.max(...rows.map(([name]) => name.length));
  return [
    ...findings.slice(0, NAMED).map(({ kind, what }) => `${kind.toUpperCase()}: ${what}`),
    ...(findings.length > NAMED ? [`… and ${String(findings.length - NAMED)} more`] : []),
    ...rows.map(([name, value]) => `${name.padEnd(width)}  ${String(value).padStart(8)}`),
  ];
};

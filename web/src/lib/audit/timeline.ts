import type { AuditItem } from '#projections/pages.ts';

/** `reports`: what WhatsApp reported of replies. `look`: one look of one person at several people. */
export type RunKind = 'reports' | 'look';
export type TimelineEntry =
  | { readonly run: null; readonly item: AuditItem }
  | { readonly run: RunKind; readonly id: string; readonly first: AuditItem; readonly items: readonly AuditItem[] };
export type TimelineDay = { readonly key: string; readonly at: string; readonly entries: readonly TimelineEntry[] };

const shortest = { reports: 4, look: 2 } as const satisfies Record<RunKind, number>;
const transport: readonly string[] = ['SendAttempted', 'SendAccepted', 'StatusReported'];

/** Newest first, by day. Runs fold into one line each, so that what people did stays in sight; nothing is left out. */
export function timelineOf(items: readonly AuditItem[], dayKey: (at: string) => string, open: string | null): readonly TimelineDay[] {
  const days = Map.groupBy(items, (item) => dayKey(item.at));
  return [...days].map(([key, ofDay]) => ({ key, at: ofDay[0]?.at ?? '', entries: foldRuns(ofDay, open) }));
}

function foldRuns(items: readonly AuditItem[], open: string | null): readonly TimelineEntry[] {
  const entries: TimelineEntry[] = [];
  let run: AuditItem[] = [];
  const flush = () => {
    entries.push(...entriesOf(run, open));
    run = [];
  };
  for (const item of items) {
    const last = run.at(-1);
    if (last !== undefined && (runKey(last) === null || runKey(last) !== runKey(item))) flush();
    run.push(item);
  }
  flush();
  return entries;
}

/** The event that is open is never hidden in a fold. */
function entriesOf(run: readonly AuditItem[], open: string | null): readonly TimelineEntry[] {
  const [first] = run;
  const kind: RunKind = first?.kind === 'reveal' ? 'look' : 'reports';
  const folds = first !== undefined && run.length >= shortest[kind] && runKey(first) !== null && !run.some((item) => item.id === open);
  return folds ? [{ run: kind, id: first.id, first, items: run }] : run.map((item) => ({ run: null, item }));
}

/** Lines with the same key belong together; null stands alone. */
function runKey({ type, id, facts }: AuditItem): string | null {
  if (transport.includes(type)) return 'reports';
  // One event that names several people has one line for each.
  return type === 'ValuesRevealed' ? `look ${id.split('.')[0] ?? ''} ${String(facts['classes'])} ${String(facts['level'])}` : null;
}

import type { AuditItem } from '#projections/application.ts';

export type TimelineEntry = { readonly run: false; readonly item: AuditItem } | { readonly run: true; readonly id: string; readonly items: readonly AuditItem[] };
export type TimelineDay = { readonly key: string; readonly at: string; readonly entries: readonly TimelineEntry[] };

const shortestRun = 4;
const transport: readonly string[] = ['SendAttempted', 'SendAccepted', 'StatusReported'];

/** Newest first, by day. Long runs of what WhatsApp reported fold into one line, so that what people did stays in sight. */
export function timelineOf(items: readonly AuditItem[], dayKey: (at: string) => string, open: string | null): readonly TimelineDay[] {
  const days = Map.groupBy(items, (item) => dayKey(item.at));
  return [...days].map(([key, ofDay]) => ({ key, at: ofDay[0]?.at ?? '', entries: foldRuns(ofDay, open) }));
}

function foldRuns(items: readonly AuditItem[], open: string | null): readonly TimelineEntry[] {
  const entries: TimelineEntry[] = [];
  let run: AuditItem[] = [];
  const flush = () => {
    const first = run[0];
    if (first !== undefined && run.length >= shortestRun && !run.some((item) => item.id === open)) entries.push({ run: true, id: first.id, items: run });
    else entries.push(...run.map((item) => ({ run: false as const, item })));
    run = [];
  };
  for (const item of items) {
    if (transport.includes(item.type)) {
      run.push(item);
      continue;
    }
    flush();
    entries.push({ run: false, item });
  }
  flush();
  return entries;
}

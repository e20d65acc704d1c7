import type { Registry } from 'prom-client';
import type { Appends } from '../../app/vitals.ts';
import { counter, gauge, histogram } from './closed.ts';

/** Seconds: one sync of a good disk takes 0.1–2 ms, one of a bad disk ten times that; 5 s is the longest wait for the write lock. */
const SYNC_BUCKETS = [0.0002, 0.0005, 0.001, 0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5];
/** A group holds 256 events at most. */
const GROUP_BUCKETS = [1, 2, 4, 8, 16, 32, 64, 128, 256];

/** What this process appends to the log; of a process that appends nothing the numbers stay at zero. */
export const logMetrics = (register: Registry, appends: Appends | null): (() => void) => {
  const registers = [register];
  const append = histogram({
    name: 'vconnect_log_append_duration_seconds',
    help: 'From the moment an append began to wait until it was durable: the longest of each group.',
    buckets: SYNC_BUCKETS,
    registers,
  });
  const commit = histogram({
    name: 'vconnect_log_commit_duration_seconds',
    help: 'Time in which a group of appends was written and synced.',
    buckets: SYNC_BUCKETS,
    registers,
  });
  const size = histogram({
    name: 'vconnect_log_group_events',
    help: 'Events that shared one transaction and one sync.',
    buckets: GROUP_BUCKETS,
    registers,
  });
  const events = counter({
    name: 'vconnect_log_appended_events_total',
    help: 'Events that this process handed to the log.',
    registers,
  });
  const queued = gauge({ name: 'vconnect_log_queued_events', help: 'Events of this process that wait to be written.', registers });
  appends?.onGroup((group) => {
    append.observe({}, (group.waitedMs + group.durationMs) / 1_000);
    commit.observe({}, group.durationMs / 1_000);
    size.observe({}, group.events);
    events.inc({}, group.events);
  });
  return () => queued.set({}, appends?.queued() ?? 0);
};

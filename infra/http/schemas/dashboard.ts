import { z } from 'zod';
import { listOf, person } from './shown.ts';

const count = z.number().int().min(0);
const ms = z.number().nullable().describe('Milliseconds; null when there was none');
const durations = z.object({ count, medianMs: ms, p90Ms: ms });
const day = z.string().describe('A day in UTC, `2026-11-24`');

const figures = z.object({
  received: count.describe('Messages of customers'),
  sent: count.describe('Replies'),
  opened: count.describe('Conversations begun or opened again'),
  resolved: count,
  firstResponse: durations.describe('From the first unanswered message of a customer to the next reply, on the day of the reply'),
  resolution: durations.describe('From opening to resolving, on the day of resolving'),
});

export const dashboardPage = z
  .object({
    days: z.union([z.literal(7), z.literal(30), z.literal(90)]),
    from: day,
    to: day,
    total: figures,
    before: figures.describe('As many days before; messages of its last day no further than the hour that it is now'),
    byDay: listOf(figures.extend({ day })),
    byHour: listOf(listOf(count)).describe('Messages of customers: seven days from Monday on, 24 hours each, in UTC'),
    now: z.object({ open: count, waiting: count, unassigned: count, unassignedWaiting: count, resolved: count }),
    agents: listOf(z.object({ person, open: count, waiting: count, replies: count, resolved: count })),
    relativeError: z.number().describe('How far a duration may be off, in proportion'),
  })
  .meta({ id: 'Dashboard' });

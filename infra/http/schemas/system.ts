import { z } from 'zod';
import { time } from './ids.ts';
import { listOf } from './shown.ts';

const count = z.number().int().min(0);
const code = z.string().describe('A stable code, never a message');

const readModel = z
  .object({
    name: z.string(),
    generation: count.describe('The generation that pages read; 0 while there is none'),
    lag: count.describe('Events of the log that it has not taken in yet'),
    secondsSinceProgress: count,
    fault: code.nullable(),
    building: z
      .object({ generation: count, done: z.number().min(0).max(1) })
      .nullable()
      .describe('The generation that is built beside it, and how far it is'),
    previous: count.nullable().describe('The generation that a rollback would go to'),
  })
  .meta({ id: 'ReadModel' });

const parked = z
  .object({
    projection: z.string(),
    stream: z.string(),
    revision: count,
    position: count,
    eventType: z.string().nullable().describe('Null when the event could not even be read'),
    code,
    frames: listOf(z.string()).describe('Places in the program, innermost first'),
    parkedAt: time,
  })
  .meta({ id: 'ParkedStream' });

export const systemPage = z
  .object({ projections: listOf(readModel), parked: listOf(parked), more: z.boolean().describe('There are more than are listed') })
  .meta({ id: 'System' });

export const replayed = z
  .discriminatedUnion('outcome', [
    z.object({ outcome: z.literal('caught-up') }),
    z.object({ outcome: z.literal('not-parked') }),
    z.object({ outcome: z.literal('parked'), code }),
  ])
  .meta({ id: 'TakenUp' });

import { setTimeout as wait } from 'node:timers/promises';
import type { Member } from './fleet.ts';
import type { Random } from './random.ts';

/** What was done to the processes. */
export type Harm = { kills: number; freezes: number; stops: number; starts: number; slowestStartMs: number };
export const noHarm = (): Harm => ({ kills: 0, freezes: 0, stops: 0, starts: 0, slowestStartMs: 0 });

/** A process may work this long before something happens to it. */
const PEACE_MS = [500, 7_000] as const;
const FROZEN_MS = [1_000, 10_000] as const;
/** Most of the dead come back at once; some stay away for a while. */
const AWAY_MS = [0, 1_500] as const;
/** Some are killed while they start. */
const KILLED_WHILE_STARTING = 0.15;
const START_MS = [50, 1_500] as const;
/** Shares of what happens; the rest is a kill. */
const FREEZES = 0.35;
const STOPS = 0.1;
/** Longest time from a start to an answer, and from SIGTERM to the end, on a machine that is busy with the run itself. */
export const READY_MS = 60_000;
export const STOP_MS = 45_000;

type Parts = {
  readonly random: Random;
  readonly isOver: () => boolean;
  readonly harm: Harm;
  /** A process that does not come up, or does not end: a finding. */
  readonly onStuck: (what: string) => void;
};

/** Kills, freezes and stops one process again and again, and starts it again, until the run is over. It leaves it running. */
export const torment = async (member: Member, parts: Parts): Promise<void> => {
  const { random, isOver, harm } = parts;
  while (!isOver()) {
    await pause(random.between(...PEACE_MS), isOver);
    if (isOver()) break;
    const kind = random.next();
    if (kind < FREEZES) {
      harm.freezes += 1;
      member.freeze();
      await wait(random.between(...FROZEN_MS));
      member.thaw();
      continue;
    }
    if (kind < FREEZES + STOPS) await stop(member, parts);
    else {
      harm.kills += 1;
      await member.kill();
    }
    await wait(random.between(...AWAY_MS));
    await startAgain(member, parts);
  }
};

const stop = async (member: Member, { harm, onStuck }: Parts): Promise<void> => {
  harm.stops += 1;
  if ((await member.stop(STOP_MS)) === null) onStuck(`${member.name} did not end within ${String(STOP_MS)} ms of SIGTERM`);
};

const startAgain = async (member: Member, { random, isOver, harm, onStuck }: Parts): Promise<void> => {
  member.start();
  harm.starts += 1;
  while (!isOver() && random.chance(KILLED_WHILE_STARTING)) {
    await wait(random.between(...START_MS));
    harm.kills += 1;
    await member.kill();
    member.start();
    harm.starts += 1;
  }
  const startedAt = performance.now();
  if (!(await member.isReady(READY_MS))) onStuck(`${member.name} did not come up within ${String(READY_MS)} ms: ${member.lastWords()}`);
  harm.slowestStartMs = Math.max(harm.slowestStartMs, performance.now() - startedAt);
};

const SLICE_MS = 200;
const pause = async (ms: number, isOver: () => boolean): Promise<void> => {
  for (const until = performance.now() + ms; performance.now() < until && !isOver();) await wait(Math.min(SLICE_MS, ms));
};

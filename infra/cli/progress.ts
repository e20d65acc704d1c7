import type { Io } from './io.ts';

const WIDTH = 30;
const REDRAW_MS = 100;
const TALK_MS = 5_000;

export type Progress = { readonly at: (done: bigint, all: bigint) => void; readonly end: () => void };

/** A bar where a person watches; a line every five seconds in a log. */
export const progressBar = (io: Io, what: string, now: () => number = () => performance.now(), unit = 'events'): Progress => {
  const startedAt = now();
  let shownAt = -TALK_MS;
  let last: readonly [bigint, bigint] = [0n, 0n];
  const show = (): void => {
    shownAt = now();
    if (io.live) io.draw(bar(what, last, shownAt - startedAt));
    else io.say(`${what}: ${percent(last)} % (${String(last[0])} of ${String(last[1])} ${unit})`);
  };
  return {
    at: (done, all) => {
      last = [done, all];
      if (now() - shownAt >= (io.live ? REDRAW_MS : TALK_MS)) show();
    },
    end: () => {
      show();
      if (io.live) io.say('');
    },
  };
};

const percent = ([done, all]: readonly [bigint, bigint]): number => (all === 0n ? 100 : Math.min(100, Number((done * 100n) / all)));

const bar = (what: string, last: readonly [bigint, bigint], elapsedMs: number): string => {
  const full = Math.round((percent(last) / 100) * WIDTH);
  const perSecond = elapsedMs > 0 ? Math.round(Number(last[0]) / (elapsedMs / 1_000)) : 0;
  return `${what} [${'█'.repeat(full)}${'·'.repeat(WIDTH - full)}] ${String(percent(last)).padStart(3)} %  ${String(last[0])} of ${String(last[1])}  ${String(perSecond)}/s${timeLeft(last, elapsedMs)}`;
};

/** At the pace so far; nothing before there is a pace. */
const timeLeft = ([done, all]: readonly [bigint, bigint], elapsedMs: number): string => {
  if (done === 0n || done >= all) return '';
  const seconds = Math.ceil((elapsedMs / 1_000) * (Number(all - done) / Number(done)));
  return seconds < 60 ? `  ${String(seconds)} s left` : `  ${String(Math.ceil(seconds / 60))} min left`;
};

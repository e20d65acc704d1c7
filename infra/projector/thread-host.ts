import { Worker } from 'node:worker_threads';
import type { ProcessId } from '#domain/erasure/commands.ts';
import type { LogLevel } from '#infra/config-variables.ts';
import type { Log } from '#infra/log.ts';
import { PROJECTING_HEAP } from './heap.ts';
import { fromThread } from './thread-protocol.ts';

/** A thread that died is started again after this pause. */
const RESTART_MS = 1_000;
/** Commits under way end within milliseconds; a generation that is being built stops at its next batch. */
const STOP_MS = 5_000;

export type ProjectorThread = {
  /** The log has grown: look at once. */
  readonly appended: () => void;
  readonly stop: () => Promise<void>;
};

type HostOptions = {
  readonly dataFolder: string;
  readonly processId: ProcessId;
  readonly logLevel: LogLevel;
  readonly log: Log;
  /** Something was announced (infra/projector/announcements.ts). */
  readonly onAnnounced: () => void;
};

/** Runs the projector in a worker thread of this process, and starts it again when it dies. */
export const startProjectorThread = ({ dataFolder, processId, logLevel, log, onAnnounced }: HostOptions): ProjectorThread => {
  let worker: Worker | null = null;
  let stopping = false;
  let restart: NodeJS.Timeout | null = null;
  let exited = Promise.withResolvers<undefined>();

  const begin = (): void => {
    exited = Promise.withResolvers<undefined>();
    const { resolve } = exited;
    worker = new Worker(new URL('../compose/projector-thread.ts', import.meta.url), {
      workerData: { dataFolder, processId, logLevel },
      resourceLimits: PROJECTING_HEAP,
    });
    worker.on('message', (message: unknown) => {
      if (fromThread.safeParse(message).success) onAnnounced();
    });
    worker.on('error', (err: unknown) => {
      log.error('projector.died', { err });
    });
    worker.once('exit', () => {
      worker = null;
      resolve(undefined);
      if (!stopping) restart = setTimeout(begin, RESTART_MS).unref();
    });
  };
  begin();

  return {
    appended: () => worker?.postMessage('appended'),
    stop: async () => {
      stopping = true;
      if (restart !== null) clearTimeout(restart);
      const running = worker;
      if (running === null) return;
      running.postMessage('stop');
      const timer = setTimeout(() => void running.terminate(), STOP_MS);
      await exited.promise;
      clearTimeout(timer);
    },
  };
};

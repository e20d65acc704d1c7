import { setTimeout as wait } from 'node:timers/promises';
import { now } from '#infra/app/context.ts';
import type { Config } from '#infra/config.ts';
import type { Log } from '#infra/log.ts';
import { ProcessFault } from '#infra/processes/fault.ts';
import { openProcesses, type Processes } from '#infra/processes/processes.ts';
import { type Keys, openKeys, type RootReport } from '#infra/vaultstore/open-keys.ts';
import type { RotationHooks } from '#infra/vaultstore/rewrap.ts';

export type KeysDesk = Pick<Keys, 'roots' | 'tenants' | 'rotateTenant'> & {
  /** To `nextRootKey` of the configuration, or to a new key where the present one is kept. */
  readonly rotateRoot: (hooks: RotationHooks) => Promise<RootReport>;
  readonly close: () => Promise<void>;
};

/** Two looks of a process that is busy, and some. One that does not answer within it is frozen: a person must see to it. */
const SEEN_LIMIT_MS = 15_000;
const POLL_MS = 100;

/** The keyring of a data folder, as one more process of it: registered before it is opened, so that an erasure asks it, too, to forget. */
export const openKeysDesk = async (config: Config, log: Log): Promise<KeysDesk> => {
  const { dataFolder, rootKey, nextRootKey } = config;
  const onFault = (err: unknown): void => {
    log.error('background.failed', { part: 'processes', err });
  };
  const processes = openProcesses({ folder: dataFolder, roles: ['cli'], holdsKeys: true, clock: { now }, onFault });
  const keys = await openKeys({ dataDir: dataFolder, rootKey, clock: { now }, holder: processes.id }).catch((error: unknown) => {
    processes.close();
    throw error;
  });
  processes.onForget(async () => {
    keys.forget();
    return true;
  });
  return {
    ...keys,
    rotateRoot: (hooks) => keys.rotateRoot({ ...hooks, next: nextRootKey, untilSeen: (seen) => untilSeen(processes, seen) }),
    close: async () => {
      keys.close();
      processes.close();
    },
  };
};

const SAYS_NOT_SEEN =
  'expected every process to take the new root key, these did not (wake them or end them, then call the rotation again; both keys open until then):';

const untilSeen = async (processes: Processes, seen: (holder: string) => boolean): Promise<void> => {
  for (const until = performance.now() + SEEN_LIMIT_MS; ; await wait(POLL_MS)) {
    const missing = processes.living().filter(({ id, mayHoldKeys }) => id !== processes.id && mayHoldKeys && !seen(id));
    if (missing.length === 0) return;
    if (performance.now() > until) throw new ProcessFault('PROCESS_NOT_ANSWERING', SAYS_NOT_SEEN, missing);
  }
};

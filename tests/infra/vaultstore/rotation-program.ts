// One rotation in a process of its own that kills itself behind one of its steps. Told everything by its arguments.
import { openKeys } from '#infra/vaultstore/open-keys.ts';
import type { RootKeySource } from '#infra/vaultstore/root-key.ts';
import type { TenantId } from '#domain/ids.ts';
import { fixedClock } from './support.ts';

export type RotationOrder = {
  readonly dataDir: string;
  readonly current: RootKeySource;
  readonly next: RootKeySource | null;
  readonly tenant: TenantId | null;
  /** Killed behind this step; null: it ends by itself. */
  readonly killedBehind: string | null;
  /** Whose acknowledgement it waits for. */
  readonly holders: readonly string[];
};

const run = async ({ dataDir, current, next, tenant, killedBehind, holders }: RotationOrder): Promise<void> => {
  const onStep = (step: string): void => {
    if (step === killedBehind) process.kill(process.pid, 'SIGKILL');
  };
  const keys = await openKeys({ dataDir, rootKey: current, clock: fixedClock(), holder: null });
  const untilSeen = async (seen: (holder: string) => boolean): Promise<void> => {
    while (!holders.every(seen)) await new Promise((resolve) => setTimeout(resolve, 20));
  };
  if (tenant === null) await keys.rotateRoot({ next, untilSeen, onStep });
  else await keys.rotateTenant(tenant, { onStep });
  keys.close();
};

const [order] = process.argv.slice(2);
// Keys are bytes: they come as base64.
await run(
  JSON.parse(order ?? '', (name, value: unknown) =>
    name === 'key' && typeof value === 'string' ? Buffer.from(value, 'base64') : value,
  ) as RotationOrder,
);

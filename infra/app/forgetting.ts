import type { OnForget } from '#infra/processes/questions.ts';
import type { Vault } from '#vault/vault.ts';
import type { WorkInFlight } from './work-in-flight.ts';

/**
 * Longest wait for work that began before the fence; past it the process does not acknowledge, and the erasure stops loudly. The longest is a
 * reply with a file to an API that does not answer: 150 s for the file, 15 s for the message.
 */
const DRAIN_TIMEOUT_MS = 180_000;
/** Beyond the time that the work of each process may take. */
export const FORGET_TIMEOUT_MS = DRAIN_TIMEOUT_MS + 10_000;

/** How one process forgets a person: what it decided before ends, and no key of theirs stays in its memory. */
export const forgetting =
  ({ inFlight, vault }: { readonly inFlight: WorkInFlight; readonly vault: Pick<Vault, 'purge'> }): OnForget =>
  async (tenant, subject) => {
    if (!(await inFlight.drained(tenant, DRAIN_TIMEOUT_MS))) return false;
    vault.purge(tenant, subject);
    return true;
  };

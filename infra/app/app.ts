import type { EventStore, ViewStore } from '#domain/ports.ts';
import type { Log } from '#infra/log.ts';
import type { HeldUpNotes } from '#infra/processes/held-up.ts';
import type { Maintenance } from '#infra/projector/maintenance.ts';
import type { ViewsWatch } from '#infra/projector/watch.ts';
import type { SessionStore } from '#infra/sessions/sqlite.ts';
import type { Vault } from '#vault/vault.ts';
import type { Accounts } from './accounts.ts';
import type { Channels } from './channels.ts';
import type { CommandHandler, Outcome } from './handle-command.ts';
import type { Reveal } from './reveal.ts';
import type { SimulatorControl } from './simulator-control.ts';
import type { WorkInFlight } from './work-in-flight.ts';

/** What the use cases stand on: composed once in `infra/compose.ts`. */
export type App = {
  readonly store: EventStore;
  readonly views: ViewStore;
  readonly vault: Vault;
  readonly handler: CommandHandler;
  readonly reveal: Reveal;
  /** Whoever opens a value for the machine itself does it in here: an erasure waits for it. */
  readonly inFlight: WorkInFlight;
  readonly accounts: Accounts;
  readonly channels: Channels;
  readonly sessions: SessionStore;
  /** Why an erasure does not move; null while nothing is known to be wrong. */
  readonly heldUp: HeldUpNotes['of'];
  readonly simulator: SimulatorControl;
  readonly readModels: Pick<ViewsWatch, 'status' | 'parked'> & Pick<Maintenance, 'replay'>;
  readonly log: Log;
  /** Resolves when the views have seen the position, so that the page after a command shows it; gives up after a bound. */
  readonly shown: (position: bigint) => Promise<void>;
  /** Where this product is reached from outside, without a slash at the end. */
  readonly baseUrl: () => string;
  /** Where channels speak to that name no address of their own. */
  readonly defaultBaseUrl: string;
  /** Hosts that a channel may name instead of the configured one. */
  readonly allowedHosts: readonly string[];
};

/** Waits until the page after a command shows it, whatever the rules said. */
export const settled = async (app: Pick<App, 'shown'>, outcome: Outcome): Promise<Outcome> => {
  if (outcome.kind === 'done' && outcome.changed) await app.shown(outcome.position);
  return outcome;
};

import type { RevealPurpose, SearchKind } from '#domain/reveal/events.ts';
import type { SealedHandle } from '#domain/sealed-handle.ts';
import type { Log } from '#infra/log.ts';
import { StoreFault } from '#infra/sqlite/store-fault.ts';
import type { Shown, Viewer } from '#projections/shown.ts';
import type { Opened, Vault } from '#vault/vault.ts';
import type { CommandHandler } from './handle-command.ts';
import { type Mask, masked, type Wanted } from './mask.ts';
import { createRecord, type RevealRefusals, type Withheld } from './reveal-record.ts';
import type { WorkInFlight } from './work-in-flight.ts';

export type Reveal = {
  /**
   * Authorises, records, then opens in one batch; answers in the order of `wanted`. While the log cannot be written, what was not recorded
   * before is `unavailable` (`not-recorded`): the page stands, without the values.
   */
  readonly show: (viewer: Viewer, purpose: RevealPurpose, wanted: readonly Wanted[]) => Promise<readonly Shown[] | Withheld>;
  /** One file, on the same terms. */
  readonly bytes: (viewer: Viewer, purpose: RevealPurpose, handle: SealedHandle) => Promise<Opened<Uint8Array> | Withheld>;
  /** Records a search before anybody is shown. @returns false when this account has searched as often as an hour allows; recorded too */
  readonly searched: (viewer: Viewer, by: SearchKind, found: number) => Promise<boolean>;
  /** Labels of numbers and organisations: business data that every member sees, sealed because it may name a person; not recorded. */
  readonly labels: (handles: readonly (SealedHandle | null)[]) => Promise<readonly Shown[]>;
};

type Parts = {
  readonly vault: Pick<Vault, 'open' | 'openBytes'>;
  readonly handler: Pick<CommandHandler, 'handle'>;
  readonly inFlight: WorkInFlight;
  readonly log: Pick<Log, 'warn'>;
  readonly refusals: Pick<RevealRefusals, 'count'>;
};

export const createReveal = ({ vault, handler, inFlight, log, refusals }: Parts): Reveal => {
  const record = createRecord({ handler, log, refusals });
  return {
    show: (viewer, purpose, wanted) =>
      inFlight.during(viewer.tenant, async () => {
        try {
          const withheld = await record.reveal(viewer, purpose, wanted);
          return withheld ?? (await shownOf(vault, wanted));
        } catch (error) {
          if (!isLogClosedToWriting(error)) throw error;
          return unavailable(wanted, 'not-recorded');
        }
      }),
    bytes: (viewer, purpose, handle) =>
      inFlight.during(viewer.tenant, async () => {
        const withheld = await record.reveal(viewer, purpose, [{ handle, mask: 'none' }]);
        return withheld ?? vault.openBytes(handle);
      }),
    searched: record.search,
    labels: (handles) =>
      shownOf(
        vault,
        handles.map((handle) => ({ handle, mask: 'none' })),
      ),
  };
};

/** Values that stand where a page is shown without them. */
export const unavailable = (wanted: readonly Wanted[], reason: 'not-recorded' | 'limit'): readonly Shown[] =>
  wanted.map(({ handle }) => (handle === null ? { state: 'absent' } : { state: 'unavailable', reason }));

/** The log itself refuses writing, and goes on being read: a full or read-only disk, or damage. */
const isLogClosedToWriting = (error: unknown): boolean =>
  error instanceof StoreFault && (error.code === 'STORE_FULL' || error.code === 'STORE_READ_ONLY' || error.code === 'STORE_DAMAGED');

const shownOf = async (vault: Pick<Vault, 'open'>, wanted: readonly Wanted[]): Promise<readonly Shown[]> => {
  const present = wanted.flatMap(({ handle }) => (handle === null ? [] : [handle]));
  const opened = (await vault.open(present)).values();
  return wanted.map(({ handle, mask }) => {
    if (handle === null) return { state: 'absent' };
    const next = opened.next().value;
    return next === undefined ? { state: 'unavailable', reason: 'payload-missing' } : shown(next, mask);
  });
};

const shown = (opened: Opened<string>, mask: Mask): Shown => {
  switch (opened.kind) {
    case 'value':
      return { state: 'value', text: masked(mask, opened.value), masked: mask !== 'none' };
    case 'erased':
      return { state: 'erased', certificate: opened.certificate, at: opened.erasedAt };
    case 'unavailable':
      return { state: 'unavailable', reason: opened.reason };
    case 'tampered':
      return { state: 'tampered' };
  }
};

import type { ErasureCommand, ErasureFacts, ProcessId } from '#domain/erasure/commands.ts';
import { contactAggregate, conversationAggregate, erasureAggregate, messageAggregate } from './aggregates.ts';
import { type ErasureId, parseId, streamParts, subjectOf, type StreamName, type TenantId } from '#domain/ids.ts';
import type { CommandContext } from '#domain/message.ts';
import type { Clock, EventStore, ViewStore } from '#domain/ports.ts';
import type { Log } from '#infra/log.ts';
import { ProcessFault } from '#infra/processes/fault.ts';
import type { HeldUpNotes } from '#infra/processes/held-up.ts';
import type { Forget, Gathered } from '#infra/processes/questions.ts';
import { RELEASE } from '#infra/release.ts';
import { ERASURE, type ErasureView, erasureSteps } from '#projections/erasure/view.ts';
import type { Vault } from '#vault/vault.ts';
import { certificateOf } from './certificate.ts';
import { machineContext } from './context.ts';
import { type ErasureRecord, loadErasure } from './erasure-record.ts';
import { referencesOf, scopeOf } from './erasure-scope.ts';
import { fault } from './fault.ts';
import { type FoldCache, foldMany } from './fold.ts';
import type { CommandHandler } from './handle-command.ts';
import { inParallel } from './in-parallel.ts';
import { derivedId } from './new-id.ts';
import { organisationsOf } from './members.ts';
import { createWorker, type Worker, type WorkLease } from './worker.ts';

/** Organisations whose erasures run at once: a slow one does not hold up the others. */
const TENANTS_AT_ONCE = 8;
/** Messages closed at once: as many as share one commit of the log. */
const AT_ONCE = 256;

export type ErasureParts = {
  readonly store: EventStore;
  readonly views: ViewStore;
  readonly vault: Vault;
  readonly handler: CommandHandler;
  readonly folds: FoldCache;
  /** Where everybody can read why an erasure does not move. */
  readonly heldUp: Pick<HeldUpNotes, 'say' | 'clear'>;
  /** Asks every process that may hold keys to forget a person; throws when one does not acknowledge. */
  readonly forget: (question: Forget) => Promise<Gathered>;
  readonly lease: WorkLease;
  readonly log: Log;
  readonly clock: Clock;
  /** True when the views have seen the log as of now. */
  readonly viewsAreCurrent: () => Promise<boolean>;
};

/** Takes every erasure that is not complete one step further, again and again; so one that was interrupted finishes by itself. */
export const createErasureWorker = (parts: ErasureParts): Worker =>
  createWorker({
    name: 'erasure',
    log: parts.log,
    lease: parts.lease,
    round: async ({ signal }) => {
      const byTenant = [...Map.groupBy(await unfinished(parts.views), (view) => view.tenant).values()];
      const failures: unknown[] = [];
      await inParallel(byTenant, TENANTS_AT_ONCE, async (open) => {
        for (const { tenant, erasureId } of open) {
          if (signal.aborted) return;
          try {
            await runErasure(parts, tenant, erasureId, signal);
            parts.heldUp.clear(erasureId);
          } catch (error) {
            // One that cannot be finished holds up nobody else's.
            parts.log.error('erasure.failed', { tenant, erasure: erasureId, err: error });
            failures.push(error);
            parts.heldUp.say(erasureId, codeOf(error), error instanceof ProcessFault ? error.processes : []);
          }
        }
      });
      if (failures.length > 0) throw failures[0];
      return false;
    },
  });

/** Of our own faults; what else broke is named in the log only. */
const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' && /^[A-Z][A-Z_]{2,63}$/.test(error.code)
    ? error.code
    : 'UNEXPECTED';

const unfinished = async (views: ViewStore): Promise<readonly ErasureView[]> => {
  const steps = erasureSteps.filter((step) => step !== 'completed');
  const pages = (await organisationsOf({ views })).flatMap(({ tenant }) =>
    steps.map((step) =>
      views.find<ErasureView>(ERASURE, { where: { tenant, step }, sort: { field: 'requestedAt', direction: 'ascending' }, limit: 100 }),
    ),
  );
  return (await Promise.all(pages)).flatMap((page) => page.items);
};

/** Runs the steps that are left, each recorded when it is done. Every step may run again: stopping between any two calls loses nothing. */
export const runErasure = async (parts: ErasureParts, tenant: TenantId, erasureId: ErasureId, signal?: AbortSignal): Promise<void> => {
  while (signal?.aborted !== true) {
    const record = await loadErasure(parts.store, tenant, erasureId);
    if (record.step === 'completed') return;
    const { command, processes = [] } = await nextStep(parts, record);
    await tell(parts, record, command, { processes, contactKnown: true });
    parts.log.info('erasure.step', { erasure: erasureId, step: command.type });
  }
};

/** `processes`: who must have acknowledged. */
type Step = { readonly command: ErasureCommand; readonly processes?: readonly ProcessId[] };

const nextStep = async (parts: ErasureParts, record: ErasureRecord): Promise<Step> => {
  switch (record.step) {
    case 'requested':
      return fence(parts, record);
    case 'fenced':
      return destroy(parts, record);
    case 'destroyed':
      return { command: await remove(parts, record) };
    case 'removed':
      return { command: await verify(parts, record) };
    case 'verified':
      return { command: await complete(parts, record) };
    case 'completed':
      throw fault('APP_ERASURE_STEP', 'expected an erasure that is not complete');
  }
};

const tell = async (parts: ErasureParts, record: ErasureRecord, command: ErasureCommand, facts: ErasureFacts): Promise<void> => {
  const context = contextFor(parts, record, command.type);
  const outcome = await parts.handler.handle(erasureAggregate, record.erasureId, command, context, () => facts);
  if (outcome.kind === 'refused')
    throw fault('APP_ERASURE_REFUSED', `expected the step ${command.type} to be taken, got ${outcome.refusal.code}`);
};

const contextFor = ({ clock }: ErasureParts, { tenant, erasureId, cause }: ErasureRecord, ...step: readonly string[]): CommandContext => ({
  ...machineContext(tenant, 'erasure', derivedId<'command'>(erasureId, ...step), cause),
  at: clock.now(),
});

/**
 * From here on nothing is sealed for the person and their identifiers point nowhere. Tombstones make commands that were decided before
 * conflict; then every process waits until its own have ended, and drops what it has cached.
 */
const fence = async (parts: ErasureParts, record: ErasureRecord): Promise<Step> => {
  const { tenant, erasureId, contactId, certificate } = record;
  const { unlinkedIdentifiers } = await parts.vault.fence(tenant, subjectOf(contactId), { erasureId, certificate });
  const tombstone = { erasureId, certificate };
  await parts.handler.handle(
    contactAggregate,
    contactId,
    { type: 'EraseContact', ...tombstone },
    contextFor(parts, record, 'contact'),
    () => UNCHANGED,
  );
  // Only then: a message that was claimed before the fence may still begin a conversation.
  const { processes, acknowledgements } = await parts.forget({ tenant, subject: subjectOf(contactId), erasureId });
  return { command: { type: 'RecordFence', unlinkedIdentifiers, acknowledgements }, processes };
};

const UNCHANGED = { unchanged: { profileName: true, phone: true, bsuid: true, username: true } };
const NO_FACTS = { assigneeIsMember: false, noteLength: 0 };

/** Until the key was destroyed a page could still open values with it: what was cached since the fence is dropped everywhere, too. */
const destroy = async ({ vault, forget, clock }: ErasureParts, { tenant, contactId, erasureId }: ErasureRecord): Promise<Step> => {
  const subject = subjectOf(contactId);
  const { keyId, commitment, createdAt, destroyedAt } = await vault.destroy(tenant, subject, clock.now());
  const { processes, acknowledgements } = await forget({ tenant, subject, erasureId });
  const id = parseId<'key'>(keyId);
  if (id === null) throw fault('APP_KEY_ID', 'expected a key id of 32 digits');
  return { command: { type: 'RecordKeyDestroyed', keyId: id, commitment, createdAt, destroyedAt, acknowledgements }, processes };
};

/** Closes the streams of conversations and messages, so that no view keeps a reference, then removes envelopes, files and index rows. */
const remove = async (parts: ErasureParts, record: ErasureRecord): Promise<ErasureCommand> => {
  const { tenant, contactId, erasureId, certificate } = record;
  const { conversations, messages } = await scopeOf(parts, record);
  for (const id of conversations) {
    const context = contextFor(parts, record, 'conversation', id);
    await parts.handler.handle(conversationAggregate, id, { type: 'EraseConversation', erasureId, certificate }, context, () => NO_FACTS);
  }
  let closed = 0;
  for (let from = 0; from < messages.length; from += AT_ONCE) {
    const group = messages.slice(from, from + AT_ONCE);
    await foldMany(parts.store, parts.folds, messageAggregate, group);
    await inParallel(group, AT_ONCE, async (stream) => {
      if (await closeMessage(parts, record, stream)) closed += 1;
    });
  }
  const { payloads, mediaFiles, identityRows } = await parts.vault.remove(tenant, subjectOf(contactId));
  return { type: 'RecordRemoval', payloads, mediaFiles, identityRows, streamsClosed: 1 + conversations.length + closed };
};

/** @returns false when there is nothing to close: values were sealed for a message that a crash kept from being appended. */
const closeMessage = async (parts: ErasureParts, record: ErasureRecord, stream: StreamName): Promise<boolean> => {
  const { erasureId, certificate } = record;
  const { id } = streamParts(stream);
  const facts = { windowOpenUntil: null, bodyLength: 0, conversationErased: true };
  const context = contextFor(parts, record, 'message', id);
  const outcome = await parts.handler.handle(
    messageAggregate,
    id,
    { type: 'EraseMessage', erasureId, certificate },
    context,
    () => facts,
    'cache',
  );
  if (outcome.kind === 'refused' && outcome.refusal.code === 'message-unknown') return false;
  if (outcome.kind === 'refused') throw fault('APP_ERASURE_REFUSED', `expected a message to be closed, got ${outcome.refusal.code}`);
  parts.folds.forget(stream);
  return true;
};

/** Tries every reference that the log holds for the person, and searches the vault's files. */
const verify = async (parts: ErasureParts, record: ErasureRecord): Promise<ErasureCommand> => {
  const { tenant, contactId } = record;
  const scope = await scopeOf(parts, record);
  let tried = 0;
  let opened = 0;
  for await (const handles of referencesOf(parts.store, record, scope)) {
    const answers = await parts.vault.open(handles);
    tried += answers.length;
    opened += answers.filter((answer) => answer.kind !== 'erased').length;
  }
  const { files, bytes, hits } = await parts.vault.scan(tenant, subjectOf(contactId));
  return { type: 'RecordVerification', tried, opened, scannedFiles: files, scannedBytes: bytes, hits: hits + scope.left };
};

const complete = async (parts: ErasureParts, { tenant, erasureId }: ErasureRecord): Promise<ErasureCommand> => ({
  type: 'CompleteErasure',
  statementDigest: (await certificateOf(parts, tenant, erasureId)).digest,
  release: RELEASE,
});

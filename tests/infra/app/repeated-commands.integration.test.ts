import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { catalogueOf } from '#domain/catalogue.ts';
import type { ConversationCommand } from '#domain/conversation/commands.ts';
import { certificateNumber, type CommandId } from '#domain/ids.ts';
import { plain } from '#domain/personal.ts';
import type { EventStore } from '#domain/ports.ts';
import { conversationAggregate } from '#infra/app/aggregates.ts';
import { machineContext, now } from '#infra/app/context.ts';
import { createFoldCache } from '#infra/app/fold.ts';
import { createCommandHandler, type Outcome } from '#infra/app/handle-command.ts';
import { newId } from '#infra/app/new-id.ts';
import { createWorkInFlight } from '#infra/app/work-in-flight.ts';
import { openMemoryEventStore } from '#infra/eventstore/memory.ts';
import { folder, openVault } from '#tests/infra/vaultstore/support.ts';
import type { Vault } from '#vault/vault.ts';

const MANY = 10_000;
const RUNS = 60;

const home = folder();
let vault: Vault;
beforeAll(async () => {
  vault = await openVault(home.path);
});
afterAll(async () => {
  await vault.close();
  home.remove();
});

const tenant = newId<'tenant'>();
const ids = { contactId: newId<'contact'>(), channelId: newId<'channel'>() };
const people = [newId<'account'>(), newId<'account'>()] as const;

/** One conversation, driven by handlers that come and go as processes do. */
const stage = () => {
  const store = openMemoryEventStore({ catalogueOf });
  const conversationId = newId<'conversation'>();
  const message = (): ConversationCommand => {
    const messageId = newId<'message'>();
    return { type: 'RecordCustomerMessage', conversationId, ...ids, messageId, sentAt: now(), windowUntil: now() };
  };
  const started = (log: EventStore = store) => {
    const handler = createCommandHandler({ store: log, vault, folds: createFoldCache(), inFlight: createWorkInFlight() });
    return (command: ConversationCommand, commandId: CommandId, beforeDeciding: () => Promise<unknown> = async () => null) =>
      handler.handle(conversationAggregate, conversationId, command, machineContext(tenant, 'webhook', commandId), async () => {
        await beforeDeciding();
        return { assigneeIsMember: true, noteLength: 4 };
      });
  };
  return { store, started, message };
};

const changed = (outcome: Outcome): bigint => {
  if (outcome.kind !== 'done' || !outcome.changed) throw new Error('expected a command that changes something');
  return outcome.position;
};

describe('a command that the stream has taken in', () => {
  let scene: ReturnType<typeof stage>;
  beforeEach(() => {
    scene = stage();
  });

  it(`is done after ${String(MANY)} other commands, in this process and in the next, with its own place and events`, async () => {
    const give = scene.started();
    await give(scene.message(), newId());
    const [first, command] = [newId<'command'>(), { type: 'ResolveConversation' } as const];
    const position = changed(await give(command, first));
    for (let count = 0; count < MANY; count += 1)
      changed(await give({ type: count % 2 === 0 ? 'ReopenConversation' : 'ResolveConversation' }, newId()));
    const head = await scene.store.head();
    for (const again of [give, scene.started()]) {
      expect(await again({ type: 'ReopenConversation' }, newId())).toMatchObject({ kind: 'done' });
      expect(await again(command, first)).toMatchObject({
        kind: 'done',
        changed: false,
        position,
        events: [{ type: 'ConversationResolved', meta: { commandId: first } }],
      });
    }
    expect(await scene.store.head()).toBe(head + 1n);
  });

  it('is done, though the rules would refuse it by now', async () => {
    const give = scene.started();
    await give(scene.message(), newId());
    const note = { type: 'AddNote', noteId: newId<'note'>(), body: plain('Call back') } as const;
    const noted = newId<'command'>();
    const position = changed(await give(note, noted));
    changed(await give({ type: 'EraseConversation', erasureId: newId<'erasure'>(), certificate: certificateNumber(2026, 1) }, newId()));
    expect(await give({ ...note, noteId: newId<'note'>() }, newId())).toMatchObject({ kind: 'refused' });
    expect(await give(note, noted)).toMatchObject({ kind: 'done', changed: false, position });
  });

  it('is done by whoever was faster, though this process had decided other events of it', async () => {
    const [here, there] = [scene.started(), scene.started()];
    await here(scene.message(), newId());
    await here({ type: 'ResolveConversation' }, newId());
    const [message, commandId] = [scene.message(), newId<'command'>()];
    let raced = false;
    // Here the conversation is resolved: two events. Meanwhile it is reopened, and the same command is one event.
    const outcome = await here(message, commandId, async () => {
      if (raced) return;
      raced = true;
      await there({ type: 'ReopenConversation' }, newId());
      expect(await there(message, commandId)).toMatchObject({ kind: 'done', changed: true, position: 5n });
    });
    expect(outcome).toMatchObject({ kind: 'done', changed: false, position: 5n, events: [{ type: 'CustomerWrote' }] });
    expect(await scene.store.head()).toBe(5n);
  });

  it('throws what the store says of its ids when the stream does not know it', async () => {
    const taken = Object.assign(new Error('taken'), { code: 'EVENT_ID_TAKEN' });
    const give = scene.started({ ...scene.store, append: () => Promise.reject(taken) });
    await expect(give(scene.message(), newId())).rejects.toBe(taken);
  });

  type Step =
    { readonly kind: 'new'; readonly what: number } | { readonly kind: 'again'; readonly which: number } | { readonly kind: 'restart' };
  const steps: fc.Arbitrary<readonly Step[]> = fc.array(
    fc.oneof(
      { weight: 5, arbitrary: fc.record({ kind: fc.constant('new' as const), what: fc.nat(5) }) },
      { weight: 4, arbitrary: fc.record({ kind: fc.constant('again' as const), which: fc.nat() }) },
      { weight: 1, arbitrary: fc.constant({ kind: 'restart' as const }) },
    ),
    { minLength: 5, maxLength: 60 },
  );

  it('yields nothing when it is repeated at any time', async () => {
    await fc.assert(
      fc.asyncProperty(steps, async (history) => {
        const { store, started, message } = stage();
        let give = started();
        const given: { readonly command: ConversationCommand; readonly id: CommandId; readonly position: bigint }[] = [];
        const commandOf = (what: number): ConversationCommand =>
          [
            message(),
            { type: 'ResolveConversation' } as const,
            { type: 'ReopenConversation' } as const,
            { type: 'AssignConversation', assignee: people[0] } as const,
            { type: 'AssignConversation', assignee: people[1] } as const,
          ][what] ?? message();
        for (const step of history) {
          if (step.kind === 'restart') give = started();
          if (step.kind === 'new') {
            const [command, id] = [commandOf(step.what), newId<'command'>()];
            const outcome = await give(command, id);
            if (outcome.kind === 'done' && outcome.changed) given.push({ command, id, position: outcome.position });
          }
          const earlier = step.kind === 'again' ? given[step.which % Math.max(1, given.length)] : undefined;
          if (earlier === undefined) continue;
          const head = await store.head();
          expect(await give(earlier.command, earlier.id)).toMatchObject({ kind: 'done', changed: false, position: earlier.position });
          expect(await store.head()).toBe(head);
        }
      }),
      { numRuns: RUNS },
    );
  });
});

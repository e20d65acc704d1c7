import { afterEach, beforeEach, expect, test } from 'vitest';
import { catalogueOf } from '#domain/catalogue.ts';
import { streamName, type SubjectId } from '#domain/ids.ts';
import { plain } from '#domain/personal.ts';
import { openMemoryEventStore } from '#infra/eventstore/memory.ts';
import { createSearchIndexer } from '#infra/app/search-indexer.ts';
import { createWorkInFlight } from '#infra/app/work-in-flight.ts';
import { unshared } from '#infra/app/worker.ts';
import { silentLog } from '#infra/log.ts';
import type { Vault } from '#vault/vault.ts';
import { eventually } from '#tests/support/eventually.ts';
import { folder, handle, id, mark, NOUR, OMAR, openVault, request, START, TENANT } from '#tests/infra/vaultstore/support.ts';

let home: ReturnType<typeof folder>;
let vault: Vault;
let store: ReturnType<typeof openMemoryEventStore>;
beforeEach(async () => {
  home = folder();
  vault = await openVault(home.path);
  store = openMemoryEventStore({ catalogueOf });
});
afterEach(async () => {
  await vault.close();
  home.remove();
});

const find = async (text: string) => (await vault.search(TENANT, [{ fields: ['name'], value: plain(text) }])).subjects;

/** Seals a name, and appends the event that names it unless the machine dies in between. */
const wrote = async (subject: SubjectId, name: string, dies = false): Promise<void> => {
  const stream = streamName(TENANT, 'contact', subject);
  const known = (await store.readStream(stream)).length;
  const type = known === 0 ? 'ContactStarted' : 'ContactProfileChanged';
  const event = id<'event'>(`${subject} ${String(known)}`);
  const over = { subject, stream, event, field: 'profileName', class: 'profile', period: 'static', schema: `${type}/v1` } as const;
  const sealed = await vault.seal([request(name, over)]);
  if (sealed.kind !== 'sealed') throw new Error('expected a sealed name');
  if (dies) return;
  const { ref, digest } = handle(sealed.sealed[0], over);
  const data = known === 0 ? { contactId: subject, channelId: id('channel'), startedAt: START } : { contactId: subject, changedAt: START };
  const meta = { commandId: id<'command'>(event), correlationId: id<'correlation'>('x'), causationId: null, recordedAt: START };
  await store.append(stream, known === 0 ? 'none' : BigInt(known - 1), [
    {
      id: event,
      type,
      version: 1,
      data,
      personal: { profileName: { ref, digest } },
      meta: { ...meta, actor: { kind: 'customer', id: id('c') } },
    },
  ]);
};

type Dies = 'before it opens' | 'before it writes' | 'after it wrote';

/** Works until the index is where the log is; `dies` once, as a killed process would, at that place. */
const follow = async (dies: Dies | null = null): Promise<void> => {
  let death = dies;
  const at = (place: Dies): void => {
    if (death !== place) return;
    death = null;
    throw new Error(`died ${place}`);
  };
  const worker = createSearchIndexer({
    store,
    vault: {
      indexedUpTo: vault.indexedUpTo,
      open: (handles) => {
        at('before it opens');
        return vault.open(handles);
      },
      index: async (entries, from, upTo) => {
        at('before it writes');
        const done = await vault.index(entries, from, upTo);
        at('after it wrote');
        return done;
      },
    },
    inFlight: createWorkInFlight(),
    lease: unshared,
    log: silentLog,
  });
  worker.start();
  await eventually('the index has followed', async () => (await vault.indexedUpTo()) === (await store.head()) && death === null);
  await worker.stop();
};

test('a name that was sealed and never appended is found by nobody', async () => {
  await wrote(NOUR, 'Nour Adel');
  await wrote(OMAR, 'Omar Lost', true);
  await follow();
  expect([await find('adel'), await find('lost')]).toEqual([[NOUR], []]);
});

test.each(['before it opens', 'before it writes', 'after it wrote'] as const)(
  'a worker that dies %s leaves nothing half: the next one makes the index what the log says',
  async (place) => {
    await wrote(NOUR, 'Nour Adel');
    await wrote(OMAR, 'Omar Adel');
    await wrote(NOUR, 'Nour Hassan');
    await follow(place);
    expect([await find('adel'), await find('hassan'), await find('nour')]).toEqual([[OMAR], [NOUR], [NOUR]]);
    await wrote(OMAR, 'Omar Hassan');
    await follow(place);
    expect([await find('adel'), (await find('hassan')).toSorted()]).toEqual([[], [NOUR, OMAR].toSorted()]);
  },
);

test('an index that is ahead of a log from an older copy is built anew', async () => {
  await wrote(NOUR, 'Nour Adel');
  await wrote(OMAR, 'Omar Adel');
  await follow();
  store = openMemoryEventStore({ catalogueOf });
  await wrote(OMAR, 'Omar Hassan');
  await follow();
  expect([await find('hassan'), await vault.indexedUpTo()]).toEqual([[OMAR], 1n]);
});

test('an index that is missing is built from the log for the people who are there; the erased stay out of it', async () => {
  await wrote(NOUR, 'Nour Adel');
  await wrote(OMAR, 'Omar Adel');
  await vault.fence(TENANT, NOUR, mark());
  await vault.destroy(TENANT, NOUR, START);
  await vault.remove(TENANT, NOUR);
  await follow();
  expect([await find('adel'), await find('nour')]).toEqual([[OMAR], []]);
});

import { join } from 'node:path';
import { catalogueOf } from '#domain/catalogue.ts';
import {
  type ChannelId,
  type ContactId,
  type ConversationId,
  type EventId,
  type StreamName,
  streamName,
  subjectOf,
  type TenantId,
} from '#domain/ids.ts';
import type { NewEvent } from '#domain/message.ts';
import { type PersonalClass, plain } from '#domain/personal.ts';
import { periodOf, schemaName } from '#domain/sealed-handle.ts';
import { now, timeAt } from '#infra/app/context.ts';
import { newId } from '#infra/app/new-id.ts';
import { loadConfig } from '#infra/config.ts';
import { openSqliteEventStore } from '#infra/eventstore/sqlite.ts';
import { createVault } from '#infra/vaultstore/open-vault.ts';
import type { SealRequest, Vault } from '#vault/vault.ts';

/** Values sealed in one call, and messages claimed at once: they share commits. */
const BATCH = 2_000;
const DAY_MS = 24 * 60 * 60 * 1000;

type Values = Readonly<Record<string, string>>;
type Made = { readonly stream: StreamName; readonly type: string; readonly data: Record<string, unknown>; readonly values: Values };
export type Person = { readonly contactId: ContactId; readonly conversationId: ConversationId };

/** A data folder filled by the stores' own ports in large batches: what the web hooks would have written, at twenty times their speed. */
export const openFolder = async (folder: string, tenant: TenantId, channelId: ChannelId) => {
  const vault = await createVault({ dataDir: folder, rootKey: loadConfig({ VCONNECT_DATA: folder }).rootKey, clock: { now } });
  const store = openSqliteEventStore({ file: join(folder, 'events.db'), catalogueOf });

  const append = async (subject: ContactId, made: readonly Made[]): Promise<void> => {
    const prepared = made.map((each) => ({ ...each, id: newId<'event'>() }));
    const requests = prepared.flatMap(({ stream, type, id, values }) =>
      Object.entries(values).map(([field, value]) => requestOf({ tenant, subject, stream, event: id, type, field, value })),
    );
    const result = await vault.seal(requests);
    if (result.kind !== 'sealed') throw new Error('expected to seal');
    const sealed = result.sealed.values();
    const byStream = Map.groupBy(prepared, ({ stream }) => stream);
    await Promise.all(
      [...byStream].map(([stream, events]) =>
        store.append(
          stream,
          'any',
          events.map(({ id, type, data, values }): NewEvent => {
            const personal = Object.fromEntries(Object.keys(values).map((field) => [field, sealed.next().value ?? null]));
            return eventOf(subject, { id, type, data, personal });
          }),
        ),
      ),
    );
  };

  return {
    /** A person who wrote so many messages, each of them claimed, sealed and recorded. */
    person: async (messages: number): Promise<Person> => {
      const [contactId, conversationId] = [newId<'contact'>(), newId<'conversation'>()];
      const at = timeAt(Date.now() - DAY_MS);
      const ids = { conversationId, contactId };
      const contact = streamName(tenant, 'contact', contactId);
      const conversation = streamName(tenant, 'conversation', conversationId);
      await append(contactId, [
        {
          stream: contact,
          type: 'ContactStarted',
          data: { contactId, channelId, startedAt: at },
          values: { profileName: 'A Person', phone: '20100' },
        },
        { stream: conversation, type: 'ConversationStarted', data: { ...ids, channelId, startedAt: at }, values: {} },
      ]);
      for (let from = 0; from < messages; from += BATCH) {
        const made = Array.from({ length: Math.min(BATCH, messages - from) }, (_, n) => message(from + n, newId<'message'>()));
        await Promise.all(made.map(({ wamid, messageId }) => claim(vault, tenant, contactId, wamid, messageId)));
        await append(
          contactId,
          made.flatMap(({ events }) => events),
        );
      }
      return { contactId, conversationId };

      function message(n: number, messageId: ReturnType<typeof newId<'message'>>) {
        const wamid = `wamid.${contactId}.${String(n)}`;
        const received = { messageId, ...ids, channelId, kind: 'text', sentAt: at, receivedAt: at, hasMedia: false };
        const wrote = { ...ids, messageId, sentAt: at, windowUntil: timeAt(Date.parse(at) + DAY_MS) };
        const body = `Message ${String(n)} of a long story about an order that did not arrive when it should have`;
        const events: readonly Made[] = [
          { stream: conversation, type: 'CustomerWrote', data: wrote, values: {} },
          { stream: streamName(tenant, 'message', messageId), type: 'MessageReceived', data: received, values: { wamid, body } },
        ];
        return { wamid, messageId, events };
      }
    },
    /** Others, of whom the vault holds a key and one value: a large keyring. */
    others: async (count: number): Promise<void> => {
      for (let from = 0; from < count; from += BATCH) {
        const requests = Array.from({ length: Math.min(BATCH, count - from) }, () => {
          const subject = newId<'contact'>();
          const stream = streamName(tenant, 'contact', subject);
          return requestOf({
            tenant,
            subject,
            stream,
            event: newId<'event'>(),
            type: 'ContactStarted',
            field: 'profileName',
            value: 'Somebody',
          });
        });
        await vault.seal(requests);
      }
    },
    close: async (): Promise<void> => {
      await store.close();
      await vault.close();
    },
  };
};

const CLASSES = { profileName: 'profile', phone: 'profile' } as const;
const isProfile = (field: string): field is keyof typeof CLASSES => Object.hasOwn(CLASSES, field);

type Value = {
  readonly tenant: TenantId;
  readonly subject: ContactId;
  readonly stream: StreamName;
  readonly event: EventId;
  readonly type: string;
  readonly field: string;
  readonly value: string;
};
const requestOf = ({ tenant, subject, stream, event, type, field, value }: Value): SealRequest => {
  const personalClass: PersonalClass = isProfile(field) ? CLASSES[field] : 'message';
  const period = periodOf(personalClass, now());
  const context = { tenant, subject: subjectOf(subject), class: personalClass, period, stream, event, field, schema: schemaName(type, 1) };
  return { context, value: plain(value) };
};

const eventOf = (contactId: ContactId, event: Pick<NewEvent, 'id' | 'type' | 'data'> & { readonly personal: object }): NewEvent => ({
  ...event,
  version: 1,
  personal: event.personal as NewEvent['personal'],
  meta: {
    commandId: newId<'command'>(),
    correlationId: newId<'correlation'>(),
    causationId: null,
    recordedAt: now(),
    actor: { kind: 'customer', id: contactId },
  },
});

const claim = (vault: Vault, tenant: TenantId, contactId: ContactId, wamid: string, messageId: string) =>
  vault.claim({
    tenant,
    identifiers: [{ field: 'wamid', value: plain(wamid) }],
    propose: messageId,
    subject: subjectOf(contactId),
    rememberAt: now(),
  });

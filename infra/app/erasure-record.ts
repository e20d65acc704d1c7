import type {
  AccountId,
  CertificateNumber,
  ContactId,
  ConversationId,
  CorrelationId,
  ErasureId,
  EventId,
  IsoTime,
  TenantId,
} from '#domain/ids.ts';
import { streamName } from '#domain/ids.ts';
import { type ErasureEvent, erasureEvents } from '#domain/erasure/events.ts';
import type { EventStore } from '#domain/ports.ts';
import { typedEvent } from '#domain/upcast.ts';
import type { ErasureStep } from '#projections/erasure/view.ts';
import { fault } from './fault.ts';

type Data<T extends ErasureEvent<'sealed'>['type']> = Extract<ErasureEvent<'sealed'>, { type: T }>['data'];

/** An erasure as its stream tells it: what was ordered, and what each step that is done found. */
export type ErasureRecord = {
  readonly tenant: TenantId;
  readonly erasureId: ErasureId;
  readonly contactId: ContactId;
  readonly certificate: CertificateNumber;
  readonly conversations: readonly ConversationId[];
  readonly requestedBy: AccountId;
  /** The order, and what it was part of: the cause of every step. */
  readonly cause: { readonly correlationId: CorrelationId; readonly causationId: EventId };
  readonly step: ErasureStep;
  readonly requested: Data<'ErasureRequested'>;
  readonly fenced: Data<'SubjectFenced'> | null;
  readonly destroyed: Data<'KeyDestroyed'> | null;
  readonly removed: Data<'PayloadsRemoved'> | null;
  readonly verified: Data<'ErasureVerified'> | null;
  readonly completed: Data<'ErasureCompleted'> | null;
  /** When erased data was found to have come back; `returned`: it is not yet removed again. */
  readonly returns: readonly IsoTime[];
  readonly returned: boolean;
};

export const loadErasure = async (store: EventStore, tenant: TenantId, erasureId: ErasureId): Promise<ErasureRecord> => {
  const events = (await store.readStream(streamName(tenant, 'erasure', erasureId))).map((event) => typedEvent(erasureEvents, event));
  const data = <T extends ErasureEvent<'sealed'>['type']>(type: T): Data<T> | null =>
    // eslint-disable-next-line no-restricted-syntax -- TypeScript cannot tie the found event to T; `typedEvent` checked its data by its type
    (events.find((event) => event.type === type)?.data as Data<T> | undefined) ?? null;
  const requested = data('ErasureRequested');
  const order = events.find((event) => event.type === 'ErasureRequested');
  if (requested === null || order === undefined) throw fault('APP_ERASURE_UNKNOWN', 'expected an erasure that was requested');
  const done = {
    fenced: data('SubjectFenced'),
    destroyed: data('KeyDestroyed'),
    removed: data('PayloadsRemoved'),
    verified: data('ErasureVerified'),
    completed: data('ErasureCompleted'),
  };
  const step = (['completed', 'verified', 'removed', 'destroyed', 'fenced'] as const).find((each) => done[each] !== null) ?? 'requested';
  const lastOf = (type: string): number => events.findLastIndex((event) => event.type === type);
  const returned = lastOf('ErasedDataReturned') > lastOf('ErasedDataRemovedAgain');
  const returns = events.flatMap((event) => (event.type === 'ErasedDataReturned' ? [event.data.foundAt] : []));
  const { contactId, certificate, conversations, accountId } = requested;
  const cause = { correlationId: order.meta.correlationId, causationId: order.id };
  return {
    tenant,
    erasureId,
    contactId,
    certificate,
    conversations,
    requestedBy: accountId,
    cause,
    step,
    requested,
    ...done,
    returns,
    returned,
  };
};

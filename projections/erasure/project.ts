import { erasureEvents } from '#domain/erasure/events.ts';
import type { IsoTime } from '#domain/ids.ts';
import type { TypedEvent } from '#domain/upcast.ts';
import { eventOf, held } from '../document.ts';
import type { Projection } from '../projection.ts';
import { ERASURE, type ErasureStep, type ErasureView } from './view.ts';

/** Erasures and how far each has come. */
export const erasureProjection: Projection = {
  name: 'erasure',
  version: 2,
  readsFrom: 2,
  collections: [
    {
      name: ERASURE,
      indexes: [
        ['tenant', 'requestedAt'],
        ['tenant', 'step', 'requestedAt'],
      ],
    },
  ],
  route: (event) => {
    const typed = eventOf('erasure', erasureEvents, event);
    return typed === null ? [] : [{ collection: ERASURE, id: typed.data.erasureId }];
  },
  evolve: (document, event) => {
    const view = held<ErasureView>(document);
    const typed = eventOf('erasure', erasureEvents, event);
    return typed === null ? view : onErasure(view, typed);
  },
};

const onErasure = (view: ErasureView | null, event: TypedEvent<typeof erasureEvents>): ErasureView | null => {
  if (event.type === 'ErasureRequested') return requested(event);
  if (view === null) return null;
  switch (event.type) {
    case 'SubjectFenced':
      return reach(view, 'fenced', event.data.fencedAt);
    case 'KeyDestroyed':
      return { ...reach(view, 'destroyed', event.data.destroyedAt), keyCommitment: event.data.commitment };
    case 'PayloadsRemoved': {
      const { payloads, mediaFiles, identityRows, streamsClosed, removedAt } = event.data;
      return { ...reach(view, 'removed', removedAt), removed: { payloads, mediaFiles, identityRows, streamsClosed } };
    }
    case 'ErasureVerified': {
      const { tried, opened, scannedFiles, scannedBytes, hits, verifiedAt } = event.data;
      return { ...reach(view, 'verified', verifiedAt), verified: { tried, opened, scannedFiles, scannedBytes, hits } };
    }
    case 'ErasureCompleted':
      return reach(view, 'completed', event.data.completedAt);
    case 'ErasedDataReturned':
      return { ...view, returnedAt: event.data.foundAt };
    case 'ErasedDataRemovedAgain':
      return { ...view, removedAgainAt: event.data.removedAt };
  }
};

const requested = ({ tenant, data }: Extract<TypedEvent<typeof erasureEvents>, { type: 'ErasureRequested' }>): ErasureView => ({
  tenant,
  erasureId: data.erasureId,
  contactId: data.contactId,
  certificate: data.certificate,
  reason: data.reason,
  requestedBy: data.accountId,
  subjectHash: data.subjectHash,
  counts: data.counts,
  step: 'requested',
  reached: { requested: data.requestedAt },
  keyCommitment: null,
  removed: null,
  verified: null,
  returnedAt: null,
  removedAgainAt: null,
  requestedAt: data.requestedAt,
});

const reach = (view: ErasureView, step: ErasureStep, at: IsoTime): ErasureView => ({
  ...view,
  step,
  reached: { ...view.reached, [step]: at },
});

import { accept, type At, type Decider, type Decision, nothing, refuse } from '../decider.ts';
import type { ContactId, ErasureId } from '../ids.ts';
import type { Acknowledgement, ErasureCommand, ErasureFacts } from './commands.ts';
import type { ErasureEvent } from './events.ts';

export type ErasureState =
  | { readonly kind: 'none' }
  | {
      readonly kind: 'running';
      readonly erasureId: ErasureId;
      readonly contactId: ContactId;
      readonly done: ErasureStepEvent;
      /** Erased data came back and is not yet removed again. */
      readonly returned: boolean;
    };

/** The steps in their only order. */
const steps = ['ErasureRequested', 'SubjectFenced', 'KeyDestroyed', 'PayloadsRemoved', 'ErasureVerified', 'ErasureCompleted'] as const;
type ErasureStepEvent = (typeof steps)[number];

const stepOf = {
  RecordFence: 'SubjectFenced',
  RecordKeyDestroyed: 'KeyDestroyed',
  RecordRemoval: 'PayloadsRemoved',
  RecordVerification: 'ErasureVerified',
  CompleteErasure: 'ErasureCompleted',
} as const satisfies Record<Exclude<ErasureCommand['type'], 'RequestErasure' | ReturnCommand>, ErasureStepEvent>;
type ReturnCommand = 'RecordReturn' | 'RecordRemovedAgain';

type Ids = { readonly erasureId: ErasureId; readonly contactId: ContactId };
type Running = Extract<ErasureState, { kind: 'running' }>;
type Command<T extends ErasureCommand['type']> = Extract<ErasureCommand, { type: T }> & At;
type Step = Command<keyof typeof stepOf>;
type Events = Decision<ErasureEvent<'plain'>>;

const request = (state: ErasureState, command: Command<'RequestErasure'>, facts: ErasureFacts): Events => {
  const { erasureId, contactId, certificate, reason, role, accountId, subjectHash, counts, conversations, at } = command;
  if (role !== 'dpo' && role !== 'owner') return refuse('forbidden', 'role');
  if (state.kind === 'running') return state.contactId === contactId ? nothing() : refuse('conflict', 'erasure-exists');
  if (!facts.contactKnown) return refuse('conflict', 'contact-unknown');
  const what = { certificate, reason, subjectHash, counts, conversations: [...conversations] };
  return accept({ type: 'ErasureRequested', data: { erasureId, contactId, role, accountId, ...what, requestedAt: at }, personal: {} });
};

const takeStep = (state: Running, command: Step, facts: ErasureFacts): Events => {
  const [wanted, done] = [steps.indexOf(stepOf[command.type]), steps.indexOf(state.done)];
  if (wanted <= done) return nothing();
  if (wanted > done + 1) return refuse('conflict', 'step-out-of-order');
  const ids = { erasureId: state.erasureId, contactId: state.contactId };
  switch (command.type) {
    case 'RecordFence':
      return fence(ids, command, facts);
    case 'RecordKeyDestroyed': {
      const { keyId, commitment, createdAt, destroyedAt } = command;
      const acknowledgements = [...command.acknowledgements];
      if (isMissing(acknowledgements, facts)) return refuse('conflict', 'acknowledgement-missing');
      return accept({ type: 'KeyDestroyed', data: { ...ids, keyId, commitment, createdAt, destroyedAt, acknowledgements }, personal: {} });
    }
    case 'RecordRemoval': {
      const { payloads, mediaFiles, identityRows, streamsClosed, at } = command;
      return accept({
        type: 'PayloadsRemoved',
        data: { ...ids, payloads, mediaFiles, identityRows, streamsClosed, removedAt: at },
        personal: {},
      });
    }
    case 'RecordVerification':
      return verify(ids, command);
    case 'CompleteErasure': {
      const { statementDigest, release, at } = command;
      return accept({ type: 'ErasureCompleted', data: { ...ids, statementDigest, release, completedAt: at }, personal: {} });
    }
  }
};

/** A process that did not answer may still hold a key or a decision: a loud failure, never a warning. */
const isMissing = (acknowledgements: readonly Acknowledgement[], { processes }: ErasureFacts): boolean =>
  processes.some((processId) => !acknowledgements.some((one) => one.processId === processId));

const fence = (ids: Ids, command: Command<'RecordFence'>, facts: ErasureFacts): Events => {
  const { unlinkedIdentifiers, at } = command;
  const acknowledgements = [...command.acknowledgements];
  if (isMissing(acknowledgements, facts)) return refuse('conflict', 'acknowledgement-missing');
  return accept({ type: 'SubjectFenced', data: { ...ids, unlinkedIdentifiers, acknowledgements, fencedAt: at }, personal: {} });
};

const verify = (ids: Ids, command: Command<'RecordVerification'>): Events => {
  const { tried, opened, scannedFiles, scannedBytes, hits, at } = command;
  if (opened > 0 || hits > 0) return refuse('conflict', 'verification-failed');
  return accept({
    type: 'ErasureVerified',
    data: { ...ids, tried, opened, scannedFiles, scannedBytes, hits, verifiedAt: at },
    personal: {},
  });
};

const decide = (state: ErasureState, command: ErasureCommand & At, facts: ErasureFacts): Events => {
  if (command.type === 'RequestErasure') return request(state, command, facts);
  if (state.kind === 'none') return refuse('conflict', 'erasure-unknown');
  if (command.type === 'RecordReturn' || command.type === 'RecordRemovedAgain') return takeReturn(state, command);
  return takeStep(state, command, facts);
};

/** What can come back was destroyed before. Found twice before it is removed again, it is one return. */
const takeReturn = (state: Running, command: Command<ReturnCommand>): Events => {
  if (steps.indexOf(state.done) < steps.indexOf('KeyDestroyed')) return refuse('conflict', 'step-out-of-order');
  const ids = { erasureId: state.erasureId, contactId: state.contactId };
  if (command.type === 'RecordReturn') {
    const { key, fenceLost, payloads, identityRows, at } = command;
    if (state.returned) return nothing();
    return accept({ type: 'ErasedDataReturned', data: { ...ids, key, fenceLost, payloads, identityRows, foundAt: at }, personal: {} });
  }
  const { scannedFiles, scannedBytes, hits, at } = command;
  if (!state.returned) return nothing();
  if (hits > 0) return refuse('conflict', 'verification-failed');
  return accept({ type: 'ErasedDataRemovedAgain', data: { ...ids, scannedFiles, scannedBytes, hits, removedAt: at }, personal: {} });
};

const evolve = (state: ErasureState, event: ErasureEvent<'sealed'>): ErasureState => {
  if (event.type === 'ErasureRequested') {
    return { kind: 'running', erasureId: event.data.erasureId, contactId: event.data.contactId, done: event.type, returned: false };
  }
  if (state.kind === 'none') return state;
  if (event.type === 'ErasedDataReturned') return { ...state, returned: true };
  if (event.type === 'ErasedDataRemovedAgain') return { ...state, returned: false };
  return { ...state, done: event.type };
};

export const erasureDecider: Decider<ErasureState, ErasureCommand & At, ErasureFacts, ErasureEvent<'plain'>, ErasureEvent<'sealed'>> = {
  category: 'erasure',
  initial: { kind: 'none' },
  decide,
  evolve,
};

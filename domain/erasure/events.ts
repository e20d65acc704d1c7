import { z } from 'zod';
import { defineEvents, type EventOf } from '../define-events.ts';
import { certificateNumberSchema, digestSchema, idOf, releaseSchema, timeSchema } from '../ids.ts';
import { roles } from '../message.ts';
import type { Form } from '../personal.ts';

/** Grounds of GDPR Article 17(1), in its order, and the Egyptian and Californian equivalents as one. */
export const erasureReasons = [
  'no-longer-necessary',
  'consent-withdrawn',
  'objection',
  'unlawful-processing',
  'legal-obligation',
  'child',
  'local-law',
] as const;

/**
 * The state in which a destroyed key was met again. `usable`: the secret itself was back. `unrecorded`: it was not, but neither was the record
 * that forbids its return. `destroyed`: as it should be, only data had come back.
 */
export const returnedKeys = ['usable', 'unrecorded', 'destroyed'] as const;

const count = z.number().int().nonnegative();
const counts = z.strictObject({ message: count, profile: count, media: count, note: count, ai: count, audit: count, credential: count });
/** Every step names the customer, so that the trail of one person is whole. */
const ids = { erasureId: idOf<'erasure'>(), contactId: idOf<'contact'>() };
const acknowledgement = z.strictObject({ processId: idOf<'process'>(), drainedAt: timeSchema });

/** One erasure from request to certificate; each step is recorded when it is done, and what came back later. Stream `<organisation>.erasure-<erasure>`. */
export const erasureEvents = defineEvents({
  ErasureRequested: {
    version: 1,
    says: 'A data protection officer ordered the erasure of a customer.',
    data: {
      ...ids,
      certificate: certificateNumberSchema,
      reason: z.enum(erasureReasons),
      role: z.enum(roles),
      accountId: idOf<'account'>(),
      /** SHA-256(salt ‖ contact id); the salt went to the officer and is not kept. */
      subjectHash: digestSchema,
      counts,
      conversations: z.array(idOf<'conversation'>()),
      requestedAt: timeSchema,
    },
    personal: {},
    subject: null,
  },
  SubjectFenced: {
    version: 1,
    says: 'Nothing more can be recorded for the customer; every process has drained its work and purged its caches.',
    data: { ...ids, unlinkedIdentifiers: count, acknowledgements: z.array(acknowledgement), fencedAt: timeSchema },
    personal: {},
    subject: null,
  },
  KeyDestroyed: {
    version: 2,
    says: 'The customer’s key was destroyed; every process confirmed after it that it keeps no copy.',
    data: {
      ...ids,
      keyId: idOf<'key'>(),
      commitment: digestSchema,
      createdAt: timeSchema,
      destroyedAt: timeSchema,
      /** Since version 2. */
      acknowledgements: z.array(acknowledgement),
    },
    personal: {},
    subject: null,
  },
  PayloadsRemoved: {
    version: 1,
    says: 'The customer’s sealed values, files and index rows were removed.',
    data: {
      ...ids,
      payloads: count,
      mediaFiles: count,
      identityRows: count,
      streamsClosed: count,
      removedAt: timeSchema,
    },
    personal: {},
    subject: null,
  },
  ErasureVerified: {
    version: 1,
    says: 'Every reference was tried and nothing opened; the stores were searched.',
    data: {
      ...ids,
      tried: count,
      opened: count,
      scannedFiles: count,
      scannedBytes: count,
      hits: count,
      verifiedAt: timeSchema,
    },
    personal: {},
    subject: null,
  },
  ErasureCompleted: {
    version: 1,
    says: 'The erasure is complete; its certificate can be downloaded.',
    data: { ...ids, statementDigest: digestSchema, release: releaseSchema, completedAt: timeSchema },
    personal: {},
    subject: null,
  },
  ErasedDataReturned: {
    version: 1,
    says: 'An older file was put back and brought erased data of the customer with it; nothing was served before it was destroyed again.',
    data: { ...ids, key: z.enum(returnedKeys), fenceLost: z.boolean(), payloads: count, identityRows: count, foundAt: timeSchema },
    personal: {},
    subject: null,
  },
  ErasedDataRemovedAgain: {
    version: 1,
    says: 'Erased data of the customer that had come back was destroyed and removed again; the stores were searched.',
    data: { ...ids, scannedFiles: count, scannedBytes: count, hits: count, removedAt: timeSchema },
    personal: {},
    subject: null,
  },
});

export type ErasureEvent<F extends Form> = EventOf<typeof erasureEvents, F>;

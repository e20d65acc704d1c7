import { z } from 'zod';
import { erasureReasons } from '#domain/erasure/events.ts';
import { personalClasses } from '#domain/personal.ts';
import { revealPurposes } from '#domain/reveal/events.ts';
import { auditKinds } from '#projections/audit/view.ts';
import { erasureSteps } from '#projections/erasure/view.ts';
import { contactCard } from './conversations.ts';
import { id, time } from './ids.ts';
import { actor, cursor, listOf, person, shown } from './shown.ts';

const count = z.number().int().min(0);
const counts = z.record(z.enum(personalClasses), count).describe('Sealed values by class');

export const purpose = z.enum(revealPurposes);
export const reason = z.enum(erasureReasons).describe('The ground of Article 17(1) GDPR, or of a local law');
export const auditKind = z.enum(auditKinds);

export const erasurePreview = z.object({
  contact: contactCard,
  counts,
  conversations: count,
  confirmation: z.string().describe('Give it back as `confirmation` to erase'),
});

export const erasure = z
  .object({
    erasureId: id,
    contactId: id,
    certificate: z.string(),
    reason,
    requestedBy: person.nullable(),
    counts,
    step: z.enum(erasureSteps),
    reached: z.partialRecord(z.enum(erasureSteps), time),
    removed: z.object({ payloads: count, mediaFiles: count, identityRows: count, streamsClosed: count }).nullable(),
    verified: z.object({ tried: count, opened: count, scannedFiles: count, scannedBytes: count, hits: count }).nullable(),
    heldUp: z
      .object({
        code: z.string(),
        at: time,
        processes: listOf(z.object({ processId: id, pid: count, roles: listOf(z.string()), frozen: z.boolean() })),
      })
      .nullable()
      .describe('Why it does not move, and which processes it waits for'),
    returnedAt: time
      .nullable()
      .describe('When an older file last brought erased data back; it was destroyed again before anything was served'),
    vkey: z.string().describe("The organisation's public key in C2SP form, for `npx vconnect verify`"),
    statement: z.unknown().describe("The certificate's statement, once complete"),
  })
  .meta({ id: 'Erasure' });

export const auditPage = z.object({
  items: listOf(
    z.object({
      id: z.string(),
      position: z.string(),
      at: time,
      type: z.string(),
      kind: auditKind,
      actor,
      subject: z.object({ id: z.string(), kind: z.enum(['contact', 'account', 'channel']), name: shown }).nullable(),
      conversationId: id.nullable(),
      facts: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])),
    }),
  ),
  next: cursor,
  position: z.string(),
});

export const channel = z.object({
  channelId: id,
  provider: z.enum(['meta', 'simulator']),
  label: shown,
  displayNumber: shown,
  state: z.enum(['waiting', 'live', 'stopped']),
  stopped: z.object({ reason: z.string(), providerCode: z.number().int() }).nullable(),
  webhookUrl: z.string(),
  verifyToken: shown,
  connectedAt: time,
});

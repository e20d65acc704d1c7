import { createHash } from 'node:crypto';
import { type EventId, type Id, type IsoTime, parseId, parseTime, streamName, type SubjectId, type TenantId } from '#domain/ids.ts';
import { periodOf } from '#domain/sealed-handle.ts';
import type { SealContext } from '#vault/vault.ts';

/** Ids that tests name: the same text gives the same id. */
export const id = <Kind extends string>(name: string): Id<Kind> => {
  const parsed = parseId<Kind>(createHash('sha256').update(name).digest('hex').slice(0, 32));
  if (parsed === null) throw new Error('expected an id');
  return parsed;
};

export const time = (text: string): IsoTime => {
  const parsed = parseTime(text);
  if (parsed === null) throw new Error('expected a time');
  return parsed;
};

export const TENANT: TenantId = id('tenant');
export const OTHER_TENANT: TenantId = id('other tenant');
export const NOUR: SubjectId = id('nour');
export const OMAR: SubjectId = id('omar');
export const START = time('2026-11-24T09:30:00.000Z');

export const context = (over: Partial<SealContext> = {}): SealContext => {
  const tenant = over.tenant ?? TENANT;
  const event: EventId = over.event ?? id('event');
  const base = { tenant, subject: NOUR, class: 'message', stream: streamName(tenant, 'message', event), event, field: 'body' } as const;
  const whole = { ...base, schema: 'MessageReceived/v1', ...over };
  return { ...whole, period: over.period ?? periodOf(whole.class, START) };
};

export const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
export const raw = (text: string): Buffer => Buffer.from(text, 'hex');

/** Bytes that tests name, of any length. */
export const bytes = (name: string, length: number): Uint8Array =>
  Buffer.concat(
    Array.from({ length: Math.ceil(length / 32) }, (_, index) =>
      createHash('sha256')
        .update(`${name}/${String(index)}`)
        .digest(),
    ),
  ).subarray(0, length);

/** The answer at the end of the steps. */
export const finish = <Answer>(steps: Generator<unknown, Answer>): Answer => {
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
  }
};

export const reasonOf = <T extends { readonly kind: string }>(answer: T): string =>
  'reason' in answer && typeof answer.reason === 'string' ? answer.reason : answer.kind;

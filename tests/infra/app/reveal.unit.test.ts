import { describe, expect, it } from 'vitest';
import { streamName } from '#domain/ids.ts';
import type { PersonalClass } from '#domain/personal.ts';
import type { SealedHandle } from '#domain/sealed-handle.ts';
import type { Outcome } from '#infra/app/handle-command.ts';
import { createRefusals } from '#infra/app/reveal-record.ts';
import { createReveal } from '#infra/app/reveal.ts';
import { createWorkInFlight } from '#infra/app/work-in-flight.ts';
import { silentLog } from '#infra/log.ts';
import { StoreFault } from '#infra/sqlite/store-fault.ts';
import { sampleDigest, sampleId } from '#tests/support/sample.ts';

const tenant = sampleId<'tenant'>(1);
const agent = { sessionId: sampleId<'session'>(2), accountId: sampleId<'account'>(3), tenant, role: 'agent' } as const;
const handle = (n: number, personalClass: PersonalClass): SealedHandle => ({
  tenant,
  subject: sampleId<'subject'>(10 + n),
  class: personalClass,
  period: personalClass === 'profile' ? 'static' : '2026-11',
  stream: personalClass === 'profile' ? streamName(tenant, 'contact', sampleId(10 + n)) : streamName(tenant, 'message', sampleId(50 + n)),
  event: sampleId<'event'>(70 + n),
  field: 'x',
  schema: 'X/v1',
  ref: sampleId<'payload'>(90 + n),
  digest: sampleDigest(n),
});
const page = [
  { handle: handle(1, 'profile'), mask: 'name' },
  { handle: handle(1, 'message'), mask: 'none' },
  { handle: null, mask: 'none' },
  { handle: handle(2, 'profile'), mask: 'name' },
  { handle: handle(2, 'message'), mask: 'none' },
] as const;

const done: Outcome = { kind: 'done', changed: true, position: 1n, events: [] };

/** What the log and the vault are asked, in order. */
const bench = (answer: (told: string) => Outcome | Error = () => done) => {
  const asked: string[] = [];
  const refusals = createRefusals();
  const reveal = createReveal({
    vault: {
      open: (handles) => {
        asked.push(`open ${String(handles.length)}`);
        return Promise.resolve(handles.map(() => ({ kind: 'value', value: 'Nadia Kamel' })));
      },
      openBytes: () => Promise.reject(new Error('expected no file')),
    },
    handler: {
      handle: (_aggregate, _id, command) => {
        const { type, level, reason, limit } = command as { type: string; level?: string; reason?: string; limit?: string };
        const told = [type, level, reason, limit].filter((part) => part !== undefined).join(' ');
        asked.push(told);
        const outcome = answer(told);
        return outcome instanceof Error ? Promise.reject(outcome) : Promise.resolve(outcome);
      },
    },
    inFlight: createWorkInFlight(),
    log: silentLog,
    refusals,
  });
  return { asked, reveal, counted: (reason: Parameters<typeof refusals.count>[0]) => refusals.counts().get(reason) };
};

describe('a page of personal values', () => {
  it('is recorded first, then opened in one batch, and masked', async () => {
    const { asked, reveal } = bench();
    const shown = await reveal.show(agent, 'answer-customer', page);
    expect(asked).toEqual(['RecordReveal full', 'RecordReveal masked', 'open 4']);
    expect(shown).toEqual([
      { state: 'value', text: 'Nadia K•••••', masked: true },
      { state: 'value', text: 'Nadia Kamel', masked: false },
      { state: 'absent' },
      { state: 'value', text: 'Nadia K•••••', masked: true },
      { state: 'value', text: 'Nadia Kamel', masked: false },
    ]);
  });

  it('opens nothing that was refused, and counts it', async () => {
    const { asked, reveal, counted } = bench();
    expect(await reveal.show({ ...agent, role: 'auditor' }, 'answer-customer', page)).toBe('denied');
    expect(asked).toEqual(['RecordDenial role']);
    expect(counted('role')).toBe(1);
  });

  it('opens nothing beyond a limit, and says so to the trail', async () => {
    const refused: Outcome = { kind: 'refused', refusal: { kind: 'conflict', code: 'limit-conversations' } };
    const { asked, reveal, counted } = bench((told) => (told === 'RecordReveal full' ? refused : done));
    expect(await reveal.show(agent, 'answer-customer', page)).toBe('limited');
    expect(await reveal.bytes(agent, 'answer-customer', handle(1, 'media'))).toBe('limited');
    expect(asked).toEqual(['RecordReveal full', 'RecordLimit conversations', 'RecordReveal full', 'RecordLimit conversations']);
    expect(counted('conversations')).toBe(2);
  });

  it.each(['STORE_FULL', 'STORE_READ_ONLY', 'STORE_DAMAGED'] as const)('opens nothing that cannot be recorded: %s', async (code) => {
    const { asked, reveal } = bench(() => new StoreFault(code, 'expected room'));
    const shown = await reveal.show(agent, 'answer-customer', page);
    expect(asked).toEqual(['RecordReveal full']);
    expect(shown).toEqual(
      page.map((each) => (each.handle === null ? { state: 'absent' } : { state: 'unavailable', reason: 'not-recorded' })),
    );
  });

  it('opens nothing when the log fails otherwise', async () => {
    const { asked, reveal } = bench(() => new Error('lost'));
    await expect(reveal.show(agent, 'answer-customer', page)).rejects.toThrow('lost');
    expect(asked).toEqual(['RecordReveal full']);
  });
});

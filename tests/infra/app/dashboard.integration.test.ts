import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ConversationId } from '#domain/ids.ts';
import type { DashboardPage } from '#projections/dashboard/page.ts';
import { eraseCustomer } from '#tests/support/erasing.ts';
import { eventually } from '#tests/support/eventually.ts';
import { type Desk, hire, type Member, must, openDesk, said } from '#tests/support/organisation.ts';
import { runProduct } from '#tests/support/running-product.ts';
import { addNeighbour } from '#tests/support/two-organisations.ts';

describe('the figures of a running product', () => {
  let desk: Desk;
  let auditor: Member;
  let conversationId: ConversationId;

  const figures = async (viewer = desk.owner.viewer): Promise<DashboardPage> => {
    const { ok: _, ...page } = await must(desk.running.application.dashboard(viewer, 7));
    return page;
  };
  const until = (what: string, wanted: (page: DashboardPage) => boolean) =>
    eventually(what, async () => {
      const page = await figures();
      return wanted(page) ? page : null;
    });

  beforeAll(async () => {
    desk = await openDesk(await runProduct());
    const { application, simulator } = desk.running;
    auditor = await hire(application, desk.owner.viewer, 'auditor');
    ({ conversationId } = await desk.writes(await simulator.newCustomer('Nadia'), { text: 'Where is my order?' }));
    await until('the message counts', ({ total }) => total.received === 1);
    await must(desk.reply(conversationId, 'On its way'));
    await must(application.assign(desk.owner.viewer, conversationId, desk.owner.viewer.accountId));
    await desk.writes(await simulator.newCustomer('Omar'), { text: 'Hello' });
  });
  afterAll(() => desk.running.close());

  it('tell what came in, what went out, how soon, and who has what, to who sees no content', async () => {
    await until('all counts', ({ total, now }) => total.received === 2 && total.sent === 1 && now.waiting === 1);
    const { total, now, agents, byDay, byHour } = await figures(auditor.viewer);
    expect(total).toMatchObject({ received: 2, sent: 1, opened: 2, resolved: 0, firstResponse: { count: 1 } });
    expect(total.firstResponse.medianMs).toBeLessThan(60_000);
    expect(now).toEqual({ open: 2, waiting: 1, unassigned: 1, unassignedWaiting: 1, resolved: 0 });
    expect(agents.map(({ person, ...work }) => [said(person.name), work])).toEqual([
      ['Mona Fahmy', { open: 1, waiting: 0, replies: 1, resolved: 0 }],
    ]);
    expect(byDay.at(-1)?.received).toBe(2);
    expect(byHour.flat().reduce((sum, count) => sum + count, 0)).toBe(2);
  });

  it('name colleagues for the purpose of knowing them, and the trail says so', async () => {
    const { items } = await must(desk.running.application.audit(desk.owner.viewer, { kind: 'reveal', actor: auditor.viewer.accountId }));
    const looks = items.filter(({ type }) => type === 'ValuesRevealed').map(({ facts }) => [facts['purpose'], facts['classes']]);
    expect(looks).toContainEqual(['know-colleagues', 'profile']);
    expect(looks.map(([purpose]) => purpose)).not.toContain('answer-customer');
  });

  it('stay as they are when a person is erased', async () => {
    const { application } = desk.running;
    await must(application.resolve(desk.owner.viewer, conversationId));
    const before = await until('the resolution counts', ({ total }) => total.resolved === 1);
    const { contactId } = (await must(application.conversation(desk.owner.viewer, conversationId, {}))).conversation.contact;
    await eraseCustomer(application, desk.owner.viewer, contactId);
    const after = await until('the erased conversation is no longer work', ({ now }) => now.resolved === 0);
    const { now: nowBefore, ...happened } = before;
    const { now: nowAfter, ...stillHappened } = after;
    expect(stillHappened).toEqual(happened);
    expect(nowAfter).toEqual({ ...nowBefore, resolved: 0 });
  });

  it('are the same after a rebuild', async () => {
    const before = await figures();
    const built = await desk.running.product.projections.rebuild(['dashboard'], {
      signal: AbortSignal.timeout(20_000),
      onProgress: () => undefined,
      accept: () => Promise.resolve(true),
    });
    expect(built.map(({ switched, comparison }) => [switched, comparison.kind])).toEqual([[true, 'equal']]);
    expect(await figures()).toEqual(before);
  });

  it('are nothing to another organisation', async () => {
    const other = await addNeighbour(desk.running);
    expect(await figures(other.owner.viewer)).toMatchObject({ total: { received: 0, sent: 0 }, now: { open: 0 }, agents: [] });
  });
});

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newId } from '#infra/app/new-id.ts';
import { eventually } from '#tests/support/eventually.ts';
import { conversationOf, type Desk, hire, type Member, must, openDesk, said } from '#tests/support/organisation.ts';
import { runProduct } from '#tests/support/running-product.ts';
import type { AuditQuery } from '#projections/pages.ts';

describe('the trail', () => {
  let desk: Desk;
  let agent: Member;
  let auditor: Member;
  beforeAll(async () => {
    desk = await openDesk(await runProduct());
    agent = await hire(desk.running.application, desk.owner.viewer, 'agent', 'Hala Mansour');
    auditor = await hire(desk.running.application, desk.owner.viewer, 'auditor');
  });
  afterAll(() => desk.running.close());

  const trail = async (query: AuditQuery) => (await must(desk.running.application.audit(auditor.viewer, { limit: 200, ...query }))).items;
  const begin = async (name: string) => {
    const { conversationId } = await desk.writes(await desk.running.simulator.newCustomer(name), { text: 'hello' });
    return {
      conversationId,
      contactId: (await conversationOf(desk.running.application, desk.owner.viewer, conversationId)).contact.contactId,
    };
  };

  it('has a line for everything that happens in a conversation, with who did it', async () => {
    const { application: app } = desk.running;
    const { conversationId, contactId } = await begin('Nadia Kamel');
    const { viewer } = agent;
    await must(app.assign(viewer, conversationId, viewer.accountId));
    await must(app.addNote(viewer, { conversationId, commandId: newId<'command'>(), text: 'a note' }));
    const { messageId } = await must(app.reply(viewer, { conversationId, commandId: newId<'command'>(), text: 'hello', upload: null }));
    await must(app.markRead(viewer, conversationId));
    await must(app.resolve(viewer, conversationId));
    await must(app.reopen(viewer, conversationId));
    await desk.untilMessage(conversationId, 'it is read', ({ id, state }) => id === messageId && state === 'read');
    const lines = async () => (await trail({ subject: contactId })).filter(({ kind }) => kind !== 'reveal').toReversed();
    await eventually(
      'the last status is in the trail',
      async () => (await lines()).filter(({ type }) => type === 'StatusReported').length === 3,
    );
    const own = (await lines())
      .filter(({ type }) => type !== 'StatusReported')
      .map(({ type, actor }) => `${actor.kind === 'person' ? said(actor.person.name) : actor.kind} ${type}`);
    expect(own.slice(0, 4)).toEqual([
      'customer ContactStarted',
      'customer ConversationStarted',
      'customer CustomerWrote',
      'customer MessageReceived',
    ]);
    expect(own.slice(4).sort()).toEqual(
      [
        'Hala Mansour ConversationAssigned',
        'Hala Mansour NoteAdded',
        'Hala Mansour MessageQueued',
        'machine SendAttempted',
        'machine SendAccepted',
        'Hala Mansour ConversationRead',
        'Hala Mansour ConversationResolved',
        'Hala Mansour ConversationReopened',
      ].sort(),
    );
    for (const { position, at } of await lines()) expect([BigInt(position) > 0n, Number.isNaN(Date.parse(at))]).toEqual([true, false]);
  });

  it('says once an hour who saw what of whom and why, however often a page loads anew', async () => {
    const { application: app } = desk.running;
    const { conversationId, contactId } = await begin('Omar Adel');
    for (let n = 0; n < 5; n += 1) await must(app.conversation(agent.viewer, conversationId, {}));
    await must(app.revealContact(agent.viewer, contactId, 'identify-customer'));
    await must(app.revealContact(agent.viewer, contactId, 'identify-customer'));
    await eventually('the reveal is in the trail', async () =>
      (await trail({ subject: contactId, kind: 'reveal' })).some(({ facts }) => facts['purpose'] === 'identify-customer'),
    );
    const seen = (await trail({ subject: contactId, kind: 'reveal' })).filter(
      ({ rawActor }) => rawActor.kind === 'account' && rawActor.id === agent.viewer.accountId,
    );
    const facts = seen.map(({ facts: { purpose, level, classes } }) => `${String(purpose)} ${String(level)} ${String(classes)}`).sort();
    expect(facts).toEqual(['answer-customer full message', 'answer-customer masked profile', 'identify-customer full profile']);
  });

  it('masks whom it is about, and never holds what they wrote', async () => {
    const { contactId } = await begin('Salma Farid');
    const [line] = await trail({ subject: contactId });
    expect(line?.subject).toMatchObject({ kind: 'contact', name: { state: 'value', masked: true } });
    expect(JSON.stringify(await trail({ subject: contactId }))).not.toContain('Salma Farid');
    expect(JSON.stringify(await trail({ subject: contactId }))).not.toContain('hello');
  });

  it('is filtered by person, kind and time, and paged without a gap', async () => {
    const { application: app } = desk.running;
    const all = await trail({});
    const paged = [];
    for (let after: string | null | undefined; after !== null;) {
      const page: Awaited<ReturnType<typeof app.audit>> = await app.audit(auditor.viewer, {
        limit: 7,
        to: all[0]?.at ?? desk.owner.expiresAt,
        ...(after === undefined ? {} : { after }),
      });
      if (!page.ok) throw new Error(page.code);
      paged.push(...page.items);
      after = page.next;
    }
    const known = new Set(paged.map(({ id }) => id));
    expect(all.filter(({ id }) => !known.has(id))).toEqual([]);
    expect(known.size).toBe(paged.length);
    const access = await trail({ kind: 'access' });
    expect(access.length).toBeGreaterThan(0);
    expect(access.every(({ kind }) => kind === 'access')).toBe(true);
    const own = await trail({ actor: agent.viewer.accountId, kind: 'conversation' });
    expect(own.every(({ rawActor }) => rawActor.kind === 'account' && rawActor.id === agent.viewer.accountId)).toBe(true);
  });
});

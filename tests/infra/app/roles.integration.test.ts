import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Role } from '#domain/message.ts';
import { newId } from '#infra/app/new-id.ts';
import type { Application } from '#projections/application.ts';
import type { Viewer } from '#projections/shown.ts';
import { eraseCustomer } from '#tests/support/erasing.ts';
import { eventually } from '#tests/support/eventually.ts';
import { type Desk, must, openDesk, PASSWORD, type Staff, staffOf } from '#tests/support/organisation.ts';
import { runProduct } from '#tests/support/running-product.ts';

const ROLES = ['owner', 'admin', 'dpo', 'agent', 'auditor'] as const satisfies readonly Role[];
/** Of no viewer, or open to everybody before sign-in. */
const WITHOUT_ROLE = ['needsSetup', 'setUp', 'signIn', 'signOut', 'session', 'simulatorPage', 'preparing'] as const;
type Guarded = Exclude<keyof Application, (typeof WITHOUT_ROLE)[number]>;

const EVERYBODY = ROLES;
const READERS = ['owner', 'admin', 'dpo', 'agent'] as const;
const ANSWERERS = ['owner', 'admin', 'agent'] as const;
const PRIVACY_READERS = ['owner', 'dpo', 'auditor'] as const;
const MANAGERS = ['owner', 'admin'] as const;

/** Who may do what: every function of the application, or this does not compile. */
const allowed: Readonly<Record<Guarded, readonly Role[]>> = {
  me: EVERYBODY,
  sessions: EVERYBODY,
  revokeSession: EVERYBODY,
  tokens: EVERYBODY,
  revokeToken: EVERYBODY,
  colleagues: EVERYBODY,
  createToken: ['owner', 'admin', 'dpo', 'auditor'],
  people: ['owner', 'admin', 'dpo', 'auditor'],
  addPerson: MANAGERS,
  changeRole: MANAGERS,
  removePerson: MANAGERS,
  channels: MANAGERS,
  connectChannel: MANAGERS,
  connectSimulator: MANAGERS,
  inbox: READERS,
  search: READERS,
  conversation: READERS,
  media: READERS,
  contact: EVERYBODY,
  revealContact: READERS,
  reply: ANSWERERS,
  retry: ANSWERERS,
  addNote: ANSWERERS,
  assign: ANSWERERS,
  resolve: ANSWERERS,
  reopen: ANSWERERS,
  // Reading marks nothing for who may not answer, without an error on the page.
  markRead: EVERYBODY,
  audit: PRIVACY_READERS,
  dashboard: ['owner', 'admin', 'dpo', 'auditor'],
  contacts: PRIVACY_READERS,
  erasures: PRIVACY_READERS,
  erasure: PRIVACY_READERS,
  certificate: PRIVACY_READERS,
  dataMap: PRIVACY_READERS,
  previewErasure: ['owner', 'dpo'],
  erase: ['owner', 'dpo'],
  systemStatus: MANAGERS,
  replayParked: MANAGERS,
};

describe('what a role may do', () => {
  let desk: Desk;
  let staff: Staff;
  let calls: Readonly<Record<Guarded, (viewer: Viewer) => Promise<unknown>>>;

  beforeAll(async () => {
    desk = await openDesk(await runProduct());
    const { application: app, simulator } = desk.running;
    staff = await staffOf(app, desk.owner);
    const { conversationId, message } = await desk.writes(await simulator.newCustomer('Nadia'), {
      document: { base64: 'aGVsbG8=', mimeType: 'text/plain', filename: 'a.txt' },
    });
    await desk.untilMessage(conversationId, 'the file is stored', ({ media }) => media?.state === 'stored');
    const { contact } = (await must(app.conversation(desk.owner.viewer, conversationId, {}))).conversation;
    const gone = await desk.writes(await simulator.newCustomer('Gone'), { text: 'bye' });
    const goneContact = (await must(app.conversation(desk.owner.viewer, gone.conversationId, {}))).conversation.contact.contactId;
    const { erasureId } = await eraseCustomer(app, staff.dpo.viewer, goneContact);
    const nobody = newId<'account'>();
    const commandId = () => newId<'command'>();
    calls = {
      me: (viewer) => app.me(viewer),
      sessions: (viewer) => app.sessions(viewer),
      revokeSession: (viewer) => app.revokeSession(viewer, newId<'session'>()),
      tokens: (viewer) => app.tokens(viewer),
      revokeToken: (viewer) => app.revokeToken(viewer, newId()),
      colleagues: (viewer) => app.colleagues(viewer),
      createToken: (viewer) => app.createToken(viewer, 1),
      people: (viewer) => app.people(viewer),
      addPerson: (viewer) => app.addPerson(viewer, { name: 'New', email: `${newId()}@x.example`, role: 'agent', password: PASSWORD }),
      changeRole: (viewer) => app.changeRole(viewer, nobody, 'agent'),
      removePerson: (viewer) => app.removePerson(viewer, nobody),
      channels: (viewer) => app.channels(viewer),
      connectChannel: (viewer) =>
        app.connectChannel(viewer, { label: 'x', phoneNumberId: '1', accessToken: 'x', appSecret: 'x', baseUrl: 'http://nowhere.example' }),
      connectSimulator: (viewer) => app.connectSimulator(viewer),
      search: (viewer) => app.search(viewer, 'Nadia'),
      inbox: (viewer) => app.inbox(viewer, { filter: 'open' }),
      conversation: (viewer) => app.conversation(viewer, conversationId, {}),
      media: (viewer) => app.media(viewer, message.id),
      contact: (viewer) => app.contact(viewer, contact.contactId),
      revealContact: (viewer) => app.revealContact(viewer, contact.contactId, 'identify-customer'),
      reply: (viewer) => app.reply(viewer, { conversationId, commandId: commandId(), text: 'x', upload: null }),
      retry: (viewer) => app.retry(viewer, message.id),
      addNote: (viewer) => app.addNote(viewer, { conversationId, commandId: commandId(), text: 'x' }),
      assign: (viewer) => app.assign(viewer, conversationId, null),
      resolve: (viewer) => app.resolve(viewer, conversationId),
      reopen: (viewer) => app.reopen(viewer, conversationId),
      markRead: (viewer) => app.markRead(viewer, conversationId),
      audit: (viewer) => app.audit(viewer, {}),
      dashboard: (viewer) => app.dashboard(viewer, 7),
      contacts: (viewer) => app.contacts(viewer, {}),
      erasures: (viewer) => app.erasures(viewer),
      erasure: (viewer) => app.erasure(viewer, erasureId),
      certificate: (viewer) => app.certificate(viewer, erasureId),
      dataMap: (viewer) => app.dataMap(viewer),
      previewErasure: (viewer) => app.previewErasure(viewer, contact.contactId),
      systemStatus: (viewer) => app.systemStatus(viewer),
      replayParked: (viewer) => app.replayParked(viewer, 'inbox', 'none'),
      erase: (viewer) =>
        app.erase(viewer, { contactId: contact.contactId, commandId: commandId(), reason: 'consent-withdrawn', confirmation: 'EC-0' }),
    };
  });
  afterAll(() => desk.running.close());

  it('names every function of the application', () => {
    const known = [...Object.keys(allowed), ...WITHOUT_ROLE].sort();
    expect(Object.keys(desk.running.application).sort()).toEqual(known);
  });

  it.each(ROLES)("allows the %s what is the role's, and nothing else", async (role) => {
    const { viewer } = staff[role];
    const got: Record<string, boolean> = {};
    for (const [name, call] of Object.entries(calls)) {
      const answer = await call(viewer);
      const refused = typeof answer === 'object' && answer !== null && 'status' in answer ? answer.status : null;
      if (refused === 403) expect(answer).toEqual({ ok: false, status: 403, code: 'forbidden' });
      got[name] = refused !== 403;
    }
    expect(got).toEqual(Object.fromEntries(Object.entries(allowed).map(([name, roles]) => [name, roles.includes(role)])));
  });

  it('lets only an owner make an owner, and spends no address on the attempt', async () => {
    const { application: app } = desk.running;
    const person = { name: 'New', email: `${newId()}@x.example`, role: 'owner', password: PASSWORD } as const;
    expect(await app.addPerson(staff.admin.viewer, person)).toEqual({ ok: false, status: 403, code: 'owner-only' });
    await must(app.addPerson(desk.owner.viewer, person));
  });

  it('tells each role what it may do, as pages show their controls by it', async () => {
    const permissions = await Promise.all(
      ROLES.map(async (role) => (await desk.running.application.me(staff[role].viewer)).permissions.includes('conversations.answer')),
    );
    expect(permissions).toEqual([true, true, false, true, false]);
  });

  it.each([
    'know-colleagues',
    'manage-people',
    'manage-channels',
    'investigate',
    'handle-request',
    'answer-customer',
    'identify-customer',
  ] as const)("never opens a customer's identifiers to an auditor for the purpose %s, and records the attempt", async (purpose) => {
    const { application: app } = desk.running;
    const { conversationId } = (await must(app.inbox(desk.owner.viewer, { filter: 'open' }))).items[0] ?? { conversationId: null };
    const contactId =
      conversationId === null ? null : (await must(app.conversation(desk.owner.viewer, conversationId, {}))).conversation.contact.contactId;
    if (contactId === null) throw new Error('expected an open conversation');
    const { viewer } = await must(app.signIn({ email: staff.auditor.email, password: PASSWORD, address: null, device: null }));
    expect(await app.revealContact(viewer, contactId, purpose)).toEqual({ ok: false, status: 403, code: 'forbidden' });
    expect(await app.revealContact(viewer, contactId, purpose)).toMatchObject({ ok: false });
    const denied = async () => {
      const { items } = await must(app.audit(staff.dpo.viewer, { subject: contactId, actor: viewer.accountId, limit: 200 }));
      return items.filter(
        ({ type, facts }) => type === 'RevealDenied' && facts['purpose'] === purpose && facts['sessionId'] === viewer.sessionId,
      );
    };
    await eventually('the attempt is in the trail', async () => (await denied()).length > 0);
    expect(await denied()).toHaveLength(1);
  });
});

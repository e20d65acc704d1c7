import type { Application } from '#projections/application.ts';
import type { ConversationDetail, InboxFilter, InboxItem, SignedIn, ThreadItem } from '#projections/pages.ts';
import type { Done, Viewer } from '#projections/shown.ts';
import type { Role } from '#domain/message.ts';
import type { ChannelId, ConversationId } from '#domain/ids.ts';
import { newId } from '#infra/app/new-id.ts';
import { eventually } from './eventually.ts';
import type { RunningProduct } from './running-product.ts';
import type { SimulatedCustomer, Written } from './simulator-client.ts';

export const PASSWORD = 'correct horse battery';

/** What was done, or a loud "no" with its code. */
export const must = async <T>(answer: Promise<Done<T>> | Done<T>): Promise<T & { readonly ok: true }> => {
  const done = await answer;
  if (!done.ok) throw new Error(`expected it to be done, got ${String(done.status)} ${done.code}`);
  return done;
};

export type Member = SignedIn & { readonly email: string };
export type Staff = Readonly<Record<Role, Member>>;

/** The first organisation and its owner. */
export const setUpOwner = async (application: Application, name = 'Mona Fahmy', organisation = 'Marsa Group'): Promise<Member> => {
  const email = 'owner@marsa.example';
  return {
    ...(await must(application.setUp({ organisation, name, email, password: PASSWORD, address: '127.0.0.1', device: 'test' }))),
    email,
  };
};

export const hire = async (
  application: Application,
  owner: Viewer,
  role: Role,
  name = `A ${role}`,
  email = `${role}.${newId()}@marsa.example`,
): Promise<Member> => {
  await must(application.addPerson(owner, { name, email, role, password: PASSWORD }));
  return { ...(await must(application.signIn({ email, password: PASSWORD, address: null, device: null }))), email };
};

/** One person of each role. */
export const staffOf = async (application: Application, owner: Member): Promise<Staff> => {
  const [admin, dpo, agent, auditor] = await Promise.all(
    (['admin', 'dpo', 'agent', 'auditor'] as const).map((role) => hire(application, owner.viewer, role)),
  );
  if (admin === undefined || dpo === undefined || agent === undefined || auditor === undefined) throw new Error('expected four people');
  return { owner, admin, dpo, agent, auditor };
};

export type Line = {
  readonly channelId: ChannelId;
  readonly phoneNumberId: string;
  readonly appSecret: string;
  readonly webhookUrl: string;
};

/** Connects a number of the simulator. */
export const connectLine = async ({ application, simulator }: RunningProduct, viewer: Viewer): Promise<Line> => {
  const before = new Set((await simulator.state()).numbers.map((number) => number.phoneNumberId));
  const { channelId } = await must(application.connectSimulator(viewer));
  const added = (await simulator.state()).numbers.find((number) => !before.has(number.phoneNumberId));
  if (added === undefined) throw new Error('expected a new number');
  const { phoneNumberId, appSecret, webhookUrl } = await simulator.number(added.phoneNumberId);
  return { channelId, phoneNumberId, appSecret, webhookUrl: webhookUrl ?? '' };
};

export const inboxOf = async (application: Application, viewer: Viewer, filter: InboxFilter = 'open'): Promise<readonly InboxItem[]> =>
  (await must(application.inbox(viewer, { filter, limit: 100 }))).items;

export const conversationOf = async (application: Application, viewer: Viewer, id: ConversationId): Promise<ConversationDetail> =>
  (await must(application.conversation(viewer, id, { limit: 100 }))).conversation;

export type MessageItem = Extract<ThreadItem, { entry: 'message' }>;
export const messagesIn = (conversation: Pick<ConversationDetail, 'entries'>): readonly MessageItem[] =>
  conversation.entries.flatMap((entry) => (entry.entry === 'message' ? [entry] : []));

/** The text of a shown value, or its state in brackets. */
export const said = (shown: { readonly state: string; readonly text?: string }): string => shown.text ?? `[${shown.state}]`;

export type Desk = {
  readonly running: RunningProduct;
  readonly owner: Member;
  readonly line: Line;
  /** A customer writes; resolves when the thread shows it. */
  readonly writes: (
    customer: SimulatedCustomer,
    written: Written,
  ) => Promise<{ readonly conversationId: ConversationId; readonly message: MessageItem }>;
  readonly reply: (conversationId: ConversationId, text: string, commandId?: string) => ReturnType<Application['reply']>;
  /** Waits until the message of the thread is as wanted. */
  readonly untilMessage: (
    conversationId: ConversationId,
    what: string,
    wanted: (message: MessageItem) => boolean,
    timeoutMs?: number,
  ) => Promise<MessageItem>;
};

/** An organisation with its owner and one number of the simulator. */
export const openDesk = async (running: RunningProduct): Promise<Desk> => {
  const { application, simulator } = running;
  const owner = await setUpOwner(application);
  const line = await connectLine(running, owner.viewer);
  const { viewer } = owner;
  const untilMessage: Desk['untilMessage'] = (conversationId, what, wanted, timeoutMs) =>
    eventually(what, async () => messagesIn(await conversationOf(application, viewer, conversationId)).find(wanted) ?? null, timeoutMs);
  return {
    running,
    owner,
    line,
    untilMessage,
    writes: async (customer, written) => {
      const seen = new Set<string>();
      for (const { conversationId } of await inboxOf(application, viewer))
        for (const { id } of messagesIn(await conversationOf(application, viewer, conversationId))) seen.add(id);
      await simulator.write(customer, line.phoneNumberId, written);
      return eventually('the message stands in a thread', async () => {
        for (const { conversationId } of await inboxOf(application, viewer)) {
          const message = messagesIn(await conversationOf(application, viewer, conversationId)).find(
            ({ id, direction }) => direction === 'in' && !seen.has(id),
          );
          if (message !== undefined) return { conversationId, message };
        }
        return null;
      });
    },
    reply: (conversationId, text, commandId = newId<'command'>()) =>
      application.reply(viewer, { conversationId, commandId, text, upload: null }),
  };
};

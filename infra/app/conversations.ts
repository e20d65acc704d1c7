import type { AccountId, CommandId, ConversationId } from '#domain/ids.ts';
import type { ConversationCommand, ConversationFacts } from '#domain/conversation/commands.ts';
import type { MessageCommand, MessageFacts } from '#domain/message/commands.ts';
import { plain } from '#domain/personal.ts';
import type { Application } from '#projections/application.ts';
import type { Upload } from '#projections/pages.ts';
import type { Done, Viewer } from '#projections/shown.ts';
import type { InboxRow } from '#projections/inbox/view.ts';
import { MEMBER, type MemberView } from '#projections/organisation/view.ts';
import { THREAD, type ThreadEntry } from '#projections/thread/view.ts';
import type { Vault } from '#vault/vault.ts';
import { forbidden, may, notFound, permissionsOf } from './access.ts';
import { conversationAggregate, messageAggregate } from './aggregates.ts';
import { type App, settled } from './app.ts';
import { viewerContext } from './context.ts';
import { derivedId } from './new-id.ts';
import { ownCommandId } from './own-command-id.ts';
import { ownConversation } from './pages/conversation.ts';
import { answerOf, refusedBy } from './refused.ts';

type Parts = Pick<App, 'views' | 'handler' | 'inFlight' | 'shown'> & { readonly vault: Pick<Vault, 'open'> };
type Commands = Pick<Application, 'reply' | 'retry' | 'addNote' | 'assign' | 'resolve' | 'reopen' | 'markRead'>;

/** What people do in a conversation. */
export const conversationCommands = (app: Parts): Commands => ({
  reply: async (viewer, { conversationId, commandId, text, upload, replyTo }) => {
    const row = await answerable(app, viewer, conversationId);
    if ('status' in row && 'code' in row) return row;
    const command = ownCommandId(viewer, commandId, row.conversationId);
    const messageId = derivedId<'message'>(command, 'message');
    const body = text.trim() === '' ? null : plain(text);
    const ids = { messageId, conversationId: row.conversationId, contactId: row.contactId, channelId: row.channelId };
    // The quoted message's name is opened here and gone when it is sealed again: an erasure waits for it.
    const queued = await app.inFlight.during(row.tenant, async () => {
      const quoted = replyTo === undefined ? null : await wamidOf(app, row, replyTo);
      const queue: MessageCommand = { type: 'QueueMessage', ...ids, kind: kindOf(upload), body, replyTo: quoted, media: mediaOf(upload) };
      return app.handler.handle(messageAggregate, messageId, queue, viewerContext(viewer, command), () =>
        messageFacts(app, viewer, row, text.trim() === '' ? 0 : text.length),
      );
    });
    const outcome = await settled(app, queued);
    if (outcome.kind === 'refused') return refusedBy(outcome.refusal);
    return { ok: true, messageId, position: String(outcome.position) };
  },
  retry: async (viewer, messageId) => {
    const entry = await app.views.get<ThreadEntry>(THREAD, messageId);
    if (entry?.entry !== 'message' || entry.tenant !== viewer.tenant) return notFound;
    if (!may(viewer, 'conversations.answer')) return forbidden;
    const facts: MessageFacts = { windowOpenUntil: null, bodyLength: 0, conversationErased: false };
    return answerOf(
      await settled(app, await app.handler.handle(messageAggregate, messageId, { type: 'RetrySend' }, viewerContext(viewer), () => facts)),
    );
  },
  addNote: (viewer, { conversationId, commandId, text }) => {
    const id = ownCommandId(viewer, commandId, conversationId);
    const command: ConversationCommand = { type: 'AddNote', noteId: derivedId<'note'>(id, 'note'), body: plain(text) };
    return send(app, viewer, conversationId, command, { assigneeIsMember: false, noteLength: text.trim() === '' ? 0 : text.length }, id);
  },
  assign: async (viewer, conversationId, assignee) =>
    send(
      app,
      viewer,
      conversationId,
      { type: 'AssignConversation', assignee },
      { assigneeIsMember: await mayBeAssigned(app, viewer, assignee), noteLength: 0 },
    ),
  resolve: (viewer, conversationId) => send(app, viewer, conversationId, { type: 'ResolveConversation' }),
  reopen: (viewer, conversationId) => send(app, viewer, conversationId, { type: 'ReopenConversation' }),
  markRead: async (viewer, conversationId) => {
    const row = await ownConversation(app, viewer, conversationId);
    const upTo = row?.unread.toSorted().at(-1);
    if (upTo === undefined || !may(viewer, 'conversations.answer')) return { ok: true };
    return send(app, viewer, conversationId, { type: 'MarkConversationRead', upTo });
  },
});

const NO_FACTS: ConversationFacts = { assigneeIsMember: false, noteLength: 0 };

const send = async (
  app: Parts,
  viewer: Viewer,
  conversationId: ConversationId,
  command: ConversationCommand,
  facts: ConversationFacts = NO_FACTS,
  commandId?: CommandId,
): Promise<Done> => {
  const row = await answerable(app, viewer, conversationId);
  if ('status' in row && 'code' in row) return row;
  const outcome = await app.handler.handle(conversationAggregate, conversationId, command, viewerContext(viewer, commandId), () => facts);
  return answerOf(await settled(app, outcome));
};

/** The row of a conversation that the viewer may answer, or the refusal. */
const answerable = async (app: Parts, viewer: Viewer, conversationId: ConversationId): Promise<InboxRow | typeof forbidden> => {
  const row = await ownConversation(app, viewer, conversationId);
  if (row === null) return notFound;
  return may(viewer, 'conversations.answer') ? row : forbidden;
};

const messageFacts = async (app: Parts, viewer: Viewer, row: InboxRow, bodyLength: number): Promise<MessageFacts> => {
  const { state } = await app.handler.load(conversationAggregate, viewer.tenant, row.conversationId);
  const live = state.kind === 'open' || state.kind === 'resolved';
  return { windowOpenUntil: live ? state.windowUntil : null, bodyLength, conversationErased: state.kind === 'erased' };
};

const mayBeAssigned = async (app: Parts, viewer: Viewer, assignee: AccountId | null): Promise<boolean> => {
  if (assignee === null) return false;
  const member = await app.views.get<MemberView>(MEMBER, `${viewer.tenant}:${assignee}`);
  return member?.state === 'member' && permissionsOf(member.role).includes('conversations.answer');
};

/** Only of the same conversation: another customer's message names that customer, to this one and under this one's key. */
const wamidOf = async (app: Parts, { tenant, conversationId }: InboxRow, messageId: string) => {
  const entry = await app.views.get<ThreadEntry>(THREAD, messageId);
  if (entry?.entry !== 'message' || entry.tenant !== tenant || entry.conversationId !== conversationId || entry.wamid === null) return null;
  const [opened] = await app.vault.open([entry.wamid]);
  return opened?.kind === 'value' ? plain(opened.value) : null;
};

const IMAGE_TYPES = ['image/jpeg', 'image/png'];

const kindOf = (upload: Upload | null): 'text' | 'image' | 'document' => {
  if (upload === null) return 'text';
  return IMAGE_TYPES.includes(upload.type) ? 'image' : 'document';
};

const mediaOf = (upload: Upload | null): Extract<MessageCommand, { type: 'QueueMessage' }>['media'] =>
  upload === null
    ? null
    : { bytes: plain(upload.bytes), type: plain(upload.type), fileName: plain(upload.fileName), sizeBytes: upload.bytes.length };

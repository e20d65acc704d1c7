import { randomBytes } from 'node:crypto';
import { error, fail, redirect, type RequestEvent } from '@sveltejs/kit';
import { isRevealPurpose } from '#lib/inbox/purposes.ts';
import { inboxHref, parseFilter } from '#lib/inbox/views.ts';
import { orErrorPage, refusal, viewerOf } from '#lib/server/answers.server.ts';
import { idFrom, textFrom, uploadFrom } from '#lib/server/form.server.ts';
import type { Done } from '#projections/shown.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, params, url, depends }) => {
  const conversationId = idFrom<'conversation'>(params.conversation);
  const before = url.searchParams.get('before');
  const viewer = viewerOf(locals);
  const [answer, colleagues] = await Promise.all([
    locals.application.conversation(viewer, conversationId, before === null ? {} : { before }),
    locals.application.colleagues(viewer),
  ]);
  const { conversation } = orErrorPage(answer);
  // The row tells of new entries, each entry of its own ticks; other people's conversations load nothing here.
  depends(
    `view:inbox:${conversationId}`,
    `view:contact:${conversation.contact.contactId}`,
    ...conversation.entries.map((entry) => `view:thread:${entry.id}` as const),
  );
  // The id of the next command stands in the form, so that a form posted twice counts once, also before script.
  return { conversation, colleagues, commandId: randomBytes(16).toString('hex') };
};

type Event = RequestEvent<{ conversation: string }>;
const of = (event: Event) => ({
  app: event.locals.application,
  viewer: viewerOf(event.locals),
  id: idFrom<'conversation'>(event.params.conversation),
});
const answer = <T extends object>(done: Done<T>, about?: string) => (done.ok ? { done: true } : refusal(done, about));

export const actions: Actions = {
  reply: async (event) => {
    const { app, viewer, id } = of(event);
    const form = await event.request.formData();
    const [text, upload] = [textFrom(form, 'text').trim(), await uploadFrom(form, 'file')];
    if (text === '' && upload === null) return fail(422, { code: 'message-empty', about: null });
    const quoted = textFrom(form, 'replyTo');
    const sent = await app.reply(viewer, {
      conversationId: id,
      commandId: idFrom(textFrom(form, 'commandId')),
      text,
      upload,
      ...(quoted === '' ? {} : { replyTo: idFrom<'message'>(quoted) }),
    });
    if (!sent.ok) return refusal(sent);
    if (textFrom(form, 'then') !== 'resolve') return { done: true, messageId: sent.messageId };
    const resolved = await app.resolve(viewer, id);
    return resolved.ok ? { done: true, messageId: sent.messageId, resolved: true } : refusal(resolved);
  },
  note: async (event) => {
    const { app, viewer, id } = of(event);
    const form = await event.request.formData();
    return answer(
      await app.addNote(viewer, {
        conversationId: id,
        commandId: idFrom(textFrom(form, 'commandId')),
        text: textFrom(form, 'text').trim(),
      }),
    );
  },
  retry: async (event) => {
    const message = textFrom(await event.request.formData(), 'message');
    return answer(await event.locals.application.retry(viewerOf(event.locals), idFrom<'message'>(message)), message);
  },
  assign: async (event) => {
    const { app, viewer, id } = of(event);
    const person = textFrom(await event.request.formData(), 'person');
    return answer(await app.assign(viewer, id, person === '' ? null : idFrom<'account'>(person)));
  },
  resolve: async (event) => {
    const { app, viewer, id } = of(event);
    const done = await app.resolve(viewer, id);
    if (!done.ok) return refusal(done);
    // A script goes back to the list by itself and keeps the focus.
    if (event.request.headers.get('x-sveltekit-action') === 'true') return { done: true };
    redirect(303, inboxHref(parseFilter(event.url.searchParams.get('view'))));
  },
  reopen: async (event) => {
    const { app, viewer, id } = of(event);
    return answer(await app.reopen(viewer, id));
  },
  read: async (event) => {
    const { app, viewer, id } = of(event);
    return answer(await app.markRead(viewer, id));
  },
  /** Opened values go back in this one answer and live in the panel that shows them. */
  reveal: async (event) => {
    const { app, viewer } = of(event);
    const form = await event.request.formData();
    const purpose = textFrom(form, 'purpose');
    if (!isRevealPurpose(purpose)) error(400, 'purpose', { code: 'purpose' });
    const opened = await app.revealContact(viewer, idFrom<'contact'>(textFrom(form, 'contact')), purpose);
    return opened.ok ? { revealed: opened.contact, purpose } : refusal(opened);
  },
};

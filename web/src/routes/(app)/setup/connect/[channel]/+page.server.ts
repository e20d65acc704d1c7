import { error } from '@sveltejs/kit';
import { orErrorPage, viewerOf } from '#lib/server/answers.server.ts';
import { idFrom } from '#lib/server/form.server.ts';
import type { PageServerLoad } from './$types';

/** A first message is among the newest conversations; an old number with thousands of them has long been answered. */
const lookAt = 50;

export const load: PageServerLoad = async ({ locals, params, depends, parent }) => {
  depends('view:channel', 'view:inbox');
  const viewer = viewerOf(locals);
  const channelId = idFrom<'channel'>(params.channel);
  const { me } = await parent();
  const { channels } = orErrorPage(await locals.application.channels(viewer));
  const channel = channels.find((one) => one.channelId === channelId);
  if (channel === undefined) error(404, 'not-found', { code: 'not-found' });
  const inbox = me.permissions.includes('conversations.read')
    ? await locals.application.inbox(viewer, { filter: 'open', limit: lookAt })
    : null;
  const arrived = inbox?.ok === true && inbox.items.some((item) => item.channel.id === channelId);
  // Only states leave this page's load, not the names of customers.
  return { channel, arrived, first: channels.length === 1 };
};

import { type CommandId, parseId } from '#domain/ids.ts';
import type { Viewer } from '#projections/shown.ts';
import { derivedId, newId } from './new-id.ts';

/**
 * The id that a form or a script sent makes a repeated post harmless; without one each post is its own. What it makes harmless is this
 * person's command on this object: the same id of somebody else, or for something else, is another command, and no id that the machine
 * derives can be sent ahead of it.
 */
export const ownCommandId = ({ tenant, accountId }: Viewer, sent: string, about: string): CommandId =>
  derivedId<'command'>(parseId<'command'>(sent) ?? newId<'command'>(), 'sent', tenant, accountId, about);

import type { I18n } from '#lib/i18n/context.ts';
import { textOf } from '#lib/shown.ts';
import type { InboxItem } from '#projections/pages.ts';
import type { ActorShown, Person } from '#projections/shown.ts';
import type { Entry } from './group-thread.ts';

const countedTo = 1000;
const unreadShownTo = 9;

/** The server counts no further than 1,000. */
export function countText(count: number, { t, format }: I18n): string {
  return count >= countedTo ? t('inbox.countOver', { count: countedTo }) : format.number(count);
}

export function unreadText(count: number, { t, format }: I18n): string {
  return count > unreadShownTo ? t('inbox.unreadOver', { count: unreadShownTo }) : format.number(count);
}

export function personName(person: Person, { t }: I18n): string {
  return textOf(person.name) ?? t('person.unnamed');
}

export function actorName(actor: ActorShown, i18n: I18n): string {
  switch (actor.kind) {
    case 'person':
      return personName(actor.person, i18n);
    case 'customer':
      return i18n.t('actor.customer');
    case 'machine':
      return i18n.t('actor.machine');
  }
}

/** One line about something that happened to the conversation. */
export function chipText(chip: Entry<'chip'>, i18n: I18n): string {
  const actor = actorName(chip.actor, i18n);
  if (chip.chip === 'assigned' && chip.assignee !== null) {
    const own = chip.actor.kind === 'person' && chip.actor.person.accountId === chip.assignee.accountId;
    return own ? i18n.t('chip.took', { actor }) : i18n.t('chip.assigned', { actor, assignee: personName(chip.assignee, i18n) });
  }
  return i18n.t(`chip.${chip.chip === 'assigned' ? 'unassigned' : chip.chip}`, { actor });
}

/** What a message without words is. */
export function kindText(kind: NonNullable<InboxItem['preview']>['kind'], { t }: I18n): string {
  return kind === 'text' ? '' : t(`kind.${kind}`);
}

/** Arabic letters get the Arabic face a pixel larger, whatever the language of the page. */
export function langOf(text: string | undefined): 'ar' | undefined {
  return text !== undefined && /[\u0600-\u06ff]/u.test(text) ? 'ar' : undefined;
}

import { accept, type At, type Decider, type Decision, nothing, refuse } from '../decider.ts';
import type { ContactId, ErasureId } from '../ids.ts';
import { present } from '../personal.ts';
import type { ContactCommand, ContactFacts, ContactProfile } from './commands.ts';
import type { ContactEvent } from './events.ts';

export type ContactState =
  | { readonly kind: 'none' }
  | { readonly kind: 'known'; readonly contactId: ContactId }
  | { readonly kind: 'erased'; readonly erasureId: ErasureId };

type Command<T extends ContactCommand['type']> = Extract<ContactCommand, { type: T }> & At;
type Events = Decision<ContactEvent<'plain'>>;

const record = (state: ContactState, { contactId, channelId, profile, at }: Command<'RecordContact'>, facts: ContactFacts): Events => {
  switch (state.kind) {
    case 'none':
      return accept({ type: 'ContactStarted', data: { contactId, channelId, startedAt: at }, personal: present(profile) });
    case 'known': {
      const changed = present(onlyChanged(profile, facts.unchanged));
      if (Object.keys(changed).length === 0) return nothing();
      return accept({ type: 'ContactProfileChanged', data: { contactId: state.contactId, changedAt: at }, personal: changed });
    }
    case 'erased':
      return refuse('conflict', 'contact-erased');
  }
};

/** A value that is not given is not known this time; that takes nothing away. */
const onlyChanged = (profile: ContactProfile, unchanged: ContactFacts['unchanged']): ContactProfile => ({
  profileName: unchanged.profileName ? null : profile.profileName,
  phone: unchanged.phone ? null : profile.phone,
  bsuid: unchanged.bsuid ? null : profile.bsuid,
  username: unchanged.username ? null : profile.username,
});

const erase = (state: ContactState, { erasureId, certificate, at }: Command<'EraseContact'>): Events => {
  switch (state.kind) {
    case 'none':
      return refuse('conflict', 'contact-unknown');
    case 'known':
      return accept({ type: 'ContactErased', data: { contactId: state.contactId, erasureId, certificate, erasedAt: at }, personal: {} });
    case 'erased':
      return state.erasureId === erasureId ? nothing() : refuse('conflict', 'contact-erased');
  }
};

const decide = (state: ContactState, command: ContactCommand & At, facts: ContactFacts): Events => {
  switch (command.type) {
    case 'RecordContact':
      return record(state, command, facts);
    case 'EraseContact':
      return erase(state, command);
  }
};

const evolve = (state: ContactState, event: ContactEvent<'sealed'>): ContactState => {
  switch (event.type) {
    case 'ContactStarted':
      return { kind: 'known', contactId: event.data.contactId };
    case 'ContactProfileChanged':
      return state;
    case 'ContactErased':
      return { kind: 'erased', erasureId: event.data.erasureId };
  }
};

export const contactDecider: Decider<ContactState, ContactCommand & At, ContactFacts, ContactEvent<'plain'>, ContactEvent<'sealed'>> = {
  category: 'contact',
  initial: { kind: 'none' },
  decide,
  evolve,
};

import type { AccountCommand, AccountFacts } from '#domain/account/commands.ts';
import { accountDecider, type AccountState } from '#domain/account/decider.ts';
import { accountEvents } from '#domain/account/events.ts';
import type { ChannelCommand, ChannelFacts } from '#domain/channel/commands.ts';
import { channelDecider, type ChannelState } from '#domain/channel/decider.ts';
import { channelEvents } from '#domain/channel/events.ts';
import type { ContactCommand, ContactFacts } from '#domain/contact/commands.ts';
import { contactDecider, type ContactState } from '#domain/contact/decider.ts';
import { contactEvents } from '#domain/contact/events.ts';
import type { ConversationCommand, ConversationFacts } from '#domain/conversation/commands.ts';
import { conversationDecider, type ConversationState } from '#domain/conversation/decider.ts';
import { conversationEvents } from '#domain/conversation/events.ts';
import type { ErasureCommand, ErasureFacts } from '#domain/erasure/commands.ts';
import { erasureDecider, type ErasureState } from '#domain/erasure/decider.ts';
import { erasureEvents } from '#domain/erasure/events.ts';
import type { MessageCommand, MessageFacts } from '#domain/message/commands.ts';
import { messageDecider, type MessageState } from '#domain/message/decider.ts';
import { messageEvents } from '#domain/message/events.ts';
import type { OrganisationCommand, OrganisationFacts } from '#domain/organisation/commands.ts';
import { organisationDecider, type OrganisationState } from '#domain/organisation/decider.ts';
import { organisationEvents } from '#domain/organisation/events.ts';
import type { RevealCommand } from '#domain/reveal/commands.ts';
import { revealDecider, type RevealState } from '#domain/reveal/decider.ts';
import { revealEvents } from '#domain/reveal/events.ts';
import type { Aggregate } from './handle-command.ts';

/** Each aggregate's rules with its table of events, as the command handler takes them. */
export const organisationAggregate: Aggregate<OrganisationState, OrganisationCommand, OrganisationFacts> = {
  decider: organisationDecider,
  catalogue: organisationEvents,
};
export const accountAggregate: Aggregate<AccountState, AccountCommand, AccountFacts> = {
  decider: accountDecider,
  catalogue: accountEvents,
};
export const channelAggregate: Aggregate<ChannelState, ChannelCommand, ChannelFacts> = {
  decider: channelDecider,
  catalogue: channelEvents,
};
export const contactAggregate: Aggregate<ContactState, ContactCommand, ContactFacts> = {
  decider: contactDecider,
  catalogue: contactEvents,
};
export const conversationAggregate: Aggregate<ConversationState, ConversationCommand, ConversationFacts> = {
  decider: conversationDecider,
  catalogue: conversationEvents,
};
export const messageAggregate: Aggregate<MessageState, MessageCommand, MessageFacts> = {
  decider: messageDecider,
  catalogue: messageEvents,
};
export const revealAggregate: Aggregate<RevealState, RevealCommand, null> = { decider: revealDecider, catalogue: revealEvents };
export const erasureAggregate: Aggregate<ErasureState, ErasureCommand, ErasureFacts> = {
  decider: erasureDecider,
  catalogue: erasureEvents,
};

import { randomBytes } from 'node:crypto';
import type {
  AccountId,
  CertificateNumber,
  ChannelId,
  ContactId,
  ConversationId,
  ErasureId,
  Id,
  IsoTime,
  MessageId,
  TenantId,
} from '#domain/ids.ts';
import { certificateNumber, parseId, parseTime } from '#domain/ids.ts';
import type { ContactCard, ConversationDetail, ErasureDetail, InboxPage } from '#projections/pages.ts';
import type { Shown } from '#projections/shown.ts';

export const at = (text: string): IsoTime => {
  const time = parseTime(text);
  if (time === null) throw new Error('expected a time');
  return time;
};

export const newTestId = <Kind extends string>(): Id<Kind> => asId<Kind>(randomBytes(16).toString('hex'));
export const asId = <Kind extends string>(text: string): Id<Kind> => {
  const id = parseId<Kind>(text);
  if (id === null) throw new Error('expected an id');
  return id;
};

const hex = <Kind extends string>(digit: string): Id<Kind> => asId<Kind>(digit.repeat(32));
export const ids = {
  tenant: hex<'tenant'>('a') satisfies TenantId,
  otherTenant: hex<'tenant'>('b') satisfies TenantId,
  account: hex<'account'>('c') satisfies AccountId,
  channel: hex<'channel'>('d') satisfies ChannelId,
  contact: hex<'contact'>('e') satisfies ContactId,
  conversation: hex<'conversation'>('f') satisfies ConversationId,
  /** Exists, in the other organisation. */
  otherConversation: hex<'conversation'>('1') satisfies ConversationId,
  message: hex<'message'>('2') satisfies MessageId,
  erasure: hex<'erasure'>('3') satisfies ErasureId,
} as const;
export const CERTIFICATE: CertificateNumber = certificateNumber(2026, 1);
export const NOW = at('2026-11-24T09:30:00.000Z');

export const shown = (text: string): Shown => ({ state: 'value', text, masked: false });
export const absent: Shown = { state: 'absent' };

export const contact: ContactCard = {
  contactId: ids.contact,
  name: shown('Grace'),
  phone: { state: 'value', text: '+20 ••• 67', masked: true },
  bsuid: absent,
  username: absent,
  startedAt: NOW,
  conversations: [{ conversationId: ids.conversation, status: 'open', lastAt: NOW }],
  erased: null,
};

export const conversation: ConversationDetail = {
  conversationId: ids.conversation,
  contact,
  channel: { id: ids.channel, label: shown('Support'), state: 'live' },
  status: 'open',
  assignee: null,
  windowUntil: NOW,
  unread: 1,
  entries: [
    {
      entry: 'message',
      id: ids.message,
      at: NOW,
      direction: 'in',
      author: null,
      kind: 'text',
      text: shown('Hello'),
      quote: null,
      media: null,
      state: null,
      reached: {},
      failure: null,
      erased: null,
    },
    {
      entry: 'chip',
      id: 'chip',
      at: NOW,
      chip: 'erased',
      actor: { kind: 'machine', part: 'erasure' },
      assignee: null,
      certificate: CERTIFICATE,
    },
  ],
  earlier: null,
  position: '7',
};

export const inbox: InboxPage = {
  items: [
    {
      conversationId: ids.conversation,
      contactId: ids.contact,
      channel: { id: ids.channel, label: shown('Support') },
      status: 'open',
      name: shown('Grace'),
      assignee: null,
      lastAt: NOW,
      preview: { from: 'customer', kind: 'text', text: { state: 'erased', certificate: CERTIFICATE, at: NOW }, state: null },
      unread: 1,
      windowUntil: null,
      erased: null,
    },
  ],
  next: null,
  counts: { mine: 0, unassigned: 1, open: 1, resolved: 0 },
};

export const counts = { message: 1, profile: 1, media: 0, note: 0, ai: 0, audit: 0, credential: 0 } as const;

export const erasure: ErasureDetail = {
  erasureId: ids.erasure,
  contactId: ids.contact,
  certificate: CERTIFICATE,
  reason: 'consent-withdrawn',
  requestedBy: null,
  counts,
  step: 'completed',
  reached: { requested: NOW, completed: NOW },
  removed: { payloads: 2, mediaFiles: 0, identityRows: 2, streamsClosed: 2 },
  verified: { tried: 2, opened: 0, scannedFiles: 3, scannedBytes: 4, hits: 0 },
  heldUp: null,
  returnedAt: null,
  vkey: 'vconnect+00000000+key',
  statement: { stage: 'executed' },
};

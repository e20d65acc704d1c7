// A day at Marsa Group: invented people and messages in the shapes that pages receive. For looking at pages, never shipped.
import { certificateNumber, parseId, parseTime, type Id, type IsoTime } from '#domain/ids.ts';
import type { InboxItem, ThreadItem } from '#projections/pages.ts';
import type { Person, Shown } from '#projections/shown.ts';

export const id = <Kind extends string>(n: number): Id<Kind> => {
  const made = parseId<Kind>(n.toString(16).padStart(32, '0'));
  if (made === null) throw new Error(`expected a number below 2^53, got ${String(n)}`);
  return made;
};

export const time = (ms: number): IsoTime => {
  const made = parseTime(new Date(ms).toISOString());
  if (made === null) throw new Error('expected a time');
  return made;
};

export const full = (text: string): Shown => ({ state: 'value', text, masked: false });
export const masked = (text: string): Shown => ({ state: 'value', text, masked: true });
export const absent: Shown = { state: 'absent' };
export const minute = 60_000;
export const hour = 60 * minute;
export const day = 24 * hour;
export const certificate = certificateNumber(2026, 147);

export const mona: Person = { accountId: id(101), name: full('Mona Farid'), role: 'agent' };
export const karim: Person = { accountId: id(102), name: full('Karim Adel'), role: 'agent' };
export const tom: Person = { accountId: id(103), name: full('Tom Becker'), role: 'admin' };
export const lina: Person = { accountId: id(104), name: full('Lina Haddad'), role: 'dpo' };
export const colleagues = [mona, karim, tom, lina] as const;

type Seed = Readonly<{
  name: Shown;
  text: string;
  agoMs: number;
  from?: 'customer' | 'us' | 'note';
  kind?: 'text' | 'image' | 'document' | 'unsupported';
  left?: number;
  unread?: number;
  who?: Person | null;
  channel?: string;
  failed?: boolean;
  erased?: boolean;
}>;

const seeds: readonly Seed[] = [
  { name: masked('Nadia K•••••'), text: 'تمام، شكرًا. والكراسي هتيجي معاها؟', agoMs: 2 * minute, left: 23.3, who: mona, channel: 'Cairo' },
  {
    name: masked('Omar S•••••'),
    text: 'Nine days and still no refund for 40233',
    agoMs: 6 * minute,
    left: 14.6,
    unread: 3,
    who: null,
    channel: 'Dubai',
  },
  { name: masked('•••••• •••••••'), text: 'Is the clinic open on Friday?', agoMs: 9 * minute, left: 21, who: lina, channel: 'Cairo' },
  {
    name: masked('Lukas B••••••'),
    text: 'The courier calls half an hour before',
    agoMs: 18 * minute,
    from: 'us',
    left: 10.5,
    who: tom,
    channel: 'Berlin',
  },
  { name: masked('Hessa M••••'), text: 'Can Dr Samir see me on Thursday?', agoMs: 31 * minute, left: 17.2, who: mona, channel: 'Dubai' },
  { name: masked('Fatma A•••••'), text: '', kind: 'document', agoMs: hour, left: 1.6, unread: 1, who: karim, channel: 'Cairo' },
  { name: absent, text: '', agoMs: 2 * hour, erased: true, who: null, channel: 'Cairo' },
  {
    name: full('@sand.dune'),
    text: 'Is this the right size for the rug?',
    kind: 'image',
    agoMs: 2.2 * hour,
    left: 13,
    who: null,
    channel: 'Dubai',
  },
  {
    name: masked('Yousef H••••'),
    text: 'invoice 40655',
    from: 'us',
    failed: true,
    agoMs: 3 * hour,
    left: 8.6,
    who: karim,
    channel: 'Dubai',
  },
  { name: masked('Sofia R••••'), text: 'We will write again on Monday', from: 'us', agoMs: 26 * hour, who: tom, channel: 'Berlin' },
  { name: masked('Amélie D•••••'), text: 'Merci, c’est parfait pour samedi.', agoMs: 29 * hour, who: tom, channel: 'Berlin' },
  { name: masked('Khaled T••••'), text: 'وصلت الطاولة، شكرًا جزيلًا', agoMs: 2.4 * day, who: mona, channel: 'Cairo' },
  { name: masked('Greta W••••'), text: 'Ask the depot first', from: 'note', agoMs: 3.2 * day, who: karim, channel: 'Berlin' },
];

/** The rows of the design, then as many more as asked. */
export function inboxItems(now: number, more: number): InboxItem[] {
  const extra = Array.from({ length: more }, (_, n): Seed => ({
    name: masked(`Customer ${String(n + 1)}••••`),
    text: `Question number ${String(n + 1)} about an order`,
    agoMs: 4 * day + n * minute,
    who: n % 3 === 0 ? mona : karim,
    channel: 'Cairo',
  }));
  return [...seeds, ...extra].map((seed, index) => itemOf(seed, index, now));
}

function itemOf(seed: Seed, index: number, now: number): InboxItem {
  const lastAt = time(now - seed.agoMs);
  return {
    conversationId: id(1000 + index),
    contactId: id(500_000 + index),
    channel: { id: id(50), label: full(seed.channel ?? 'Cairo') },
    status: seed.erased === true ? 'erased' : 'open',
    name: seed.erased === true ? { state: 'erased', certificate, at: lastAt } : seed.name,
    assignee: seed.who ?? null,
    lastAt,
    preview:
      seed.erased === true
        ? null
        : {
            from: seed.from ?? 'customer',
            kind: seed.kind ?? 'text',
            text: seed.text === '' ? absent : full(seed.text),
            state: seed.failed === true ? 'failed' : seed.from === 'us' ? 'read' : null,
          },
    unread: seed.unread ?? 0,
    windowUntil: seed.left === undefined ? null : time(now + seed.left * hour),
    erased: seed.erased === true ? { certificate, at: time(now - 3 * day) } : null,
  };
}

type Message = Extract<ThreadItem, { entry: 'message' }>;
let last = 9000;
export const nextId = (): number => ++last;

export function message(at: number, direction: 'in' | 'out', text: string, rest: Partial<Message> = {}): Message {
  const reached = direction === 'out' ? { sent: time(at + 3000), delivered: time(at + 9000), read: time(at + minute) } : {};
  return {
    entry: 'message',
    id: id(nextId()),
    at: time(at),
    direction,
    author: direction === 'out' ? mona : null,
    kind: 'text',
    text: text === '' ? absent : full(text),
    quote: null,
    media: null,
    state: direction === 'out' ? 'read' : null,
    reached,
    failure: null,
    erased: null,
    ...rest,
  };
}

/** Every kind of entry once, in the order of the design. */
export function threadItems(now: number): ThreadItem[] {
  const then = now - 2 * day;
  const media = (type: string, name: string, url: string): Message['media'] => ({
    state: 'stored',
    url,
    type: full(type),
    fileName: name === '' ? absent : full(name),
    sizeBytes: 184_320,
    failure: null,
  });
  const chip = (at: number, kind: Extract<ThreadItem, { entry: 'chip' }>['chip'], assignee: Person | null): ThreadItem => ({
    entry: 'chip',
    id: String(nextId()),
    at: time(at),
    chip: kind,
    actor: { kind: 'person', person: tom },
    assignee,
    certificate: null,
  });
  const map = message(then + 10 * minute, 'in', 'Street 7, building 14');
  return [
    {
      ...message(then - 5 * minute, 'in', ''),
      erased: certificateNumber(2026, 131),
      text: { state: 'erased', certificate: certificateNumber(2026, 131), at: time(then) },
    },
    {
      entry: 'chip',
      id: String(nextId()),
      at: time(then - minute),
      chip: 'started',
      actor: { kind: 'customer', contactId: id(500_000) },
      assignee: null,
      certificate: null,
    },
    chip(then - 1000, 'assigned', mona),
    message(then, 'in', 'Good morning. The app says my Siwa dining table was delivered, but nothing came.'),
    message(then + minute, 'in', 'This is my door at nine o’clock', {
      kind: 'image',
      media: media('image/svg+xml', '', '/api/v1/media/door'),
    }),
    message(then + 8 * minute, 'out', 'I am sorry, Nadia. I am asking the driver and the depot now and come back within the hour.'),
    {
      entry: 'note',
      id: id(nextId()),
      at: time(then + 9 * minute),
      author: karim,
      text: full('The driver closed 40817 at 08:40, 1.2 km from the address. Please do not promise a time before the depot answers.'),
      erased: null,
    },
    map,
    message(then + 11 * minute, 'in', '', {
      kind: 'document',
      media: media('application/pdf', 'Order 40817 – العقد.pdf', '/api/v1/media/contract'),
    }),
    message(then + 20 * minute, 'out', 'Thank you, that helps. The van comes back to your street today between 14:00 and 16:00.', {
      quote: { id: map.id, text: full('Street 7, building 14'), direction: 'in' },
    }),
    message(then + 30 * minute, 'in', '', { kind: 'unsupported' }),
    message(now - 30 * minute, 'in', 'I am home until four, please let the driver call first.'),
    message(now - 28 * minute, 'out', 'Of course. He rings half an hour before he arrives.'),
    message(now - 26 * minute, 'out', 'Here is the invoice for order 40817.', {
      state: 'failed',
      reached: { failed: time(now - 25 * minute) },
      failure: { code: 'undeliverable', providerCode: 131026, details: absent, mayRetry: true },
    }),
    message(now - 24 * minute, 'out', 'The van left the depot.', {
      state: 'unknown',
      reached: { sending: time(now - 24 * minute) },
      failure: { code: 'unknown_outcome', providerCode: null, details: absent, mayRetry: true },
    }),
    chip(now - 20 * minute, 'assigned', karim),
    chip(now - 19 * minute, 'assigned', mona),
    message(now - 2 * minute, 'in', 'تمام، شكرًا. والكراسي هتيجي معاها؟ دفعت تمن ستة.'),
  ];
}

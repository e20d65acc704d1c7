import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { accountEvents } from '#domain/account/events.ts';
import { channelEvents } from '#domain/channel/events.ts';
import { contactEvents } from '#domain/contact/events.ts';
import { conversationEvents } from '#domain/conversation/events.ts';
import { erasureEvents } from '#domain/erasure/events.ts';
import { messageEvents } from '#domain/message/events.ts';
import { organisationEvents } from '#domain/organisation/events.ts';
import { revealEvents } from '#domain/reveal/events.ts';
import { classesOf } from '#lib/audit/classes.ts';
import { lookersOf, sawFull } from '#lib/audit/lookers.ts';
import { filterFrom, hrefWith, queryOf } from '#lib/audit/query.ts';
import { sentenceOf, type SentencePart } from '#lib/audit/sentence.ts';
import { timelineOf } from '#lib/audit/timeline.ts';
import { areaTexts, type AreaMessages } from '#lib/i18n/area.ts';
import { formatter } from '#lib/i18n/format.ts';
import { locales, type Locale } from '#lib/i18n/locales.ts';
import { translator, type Messages } from '#lib/i18n/translate.ts';
import type { AuditItem } from '#projections/pages.ts';
import { day, id, karim, lina, masked, mona, time } from '#tests/support/web-fixture-data.ts';
import { trailItems } from '#tests/support/web-fixture-trail.ts';

const folder = join(import.meta.dirname, '../../web/src/messages');
const read = (file: string): unknown => JSON.parse(readFileSync(join(folder, file), 'utf8'));
const textsOf = (locale: Locale) => {
  const t = translator(locale, read(`${locale}.json`) as Messages);
  const texts = areaTexts<'audit'>(locale, read(`${locale}/audit.json`) as AreaMessages<'audit'>);
  const list = new Intl.ListFormat(locales[locale].tag);
  return {
    texts,
    format: formatter(locale, 'UTC', t),
    role: (code: string) => code,
    list: (words: readonly string[]) => list.format(words),
  };
};
const said = (parts: readonly SentencePart[]) =>
  parts.map((part) => (typeof part === 'string' ? part : part.slot === 'who' ? '[who]' : '[whom]')).join('');
const now = Date.UTC(2026, 10, 24, 12);
const item = (given: Partial<AuditItem>): AuditItem => ({
  id: '1.0',
  position: '1',
  at: time(now),
  type: 'SignedIn',
  kind: 'access',
  actor: { kind: 'person', person: lina },
  rawActor: { kind: 'machine', part: 'cli' },
  subject: null,
  conversationId: null,
  facts: {},
  ...given,
});

describe('the sentence of an event', () => {
  const catalogues = {
    ...accountEvents,
    ...channelEvents,
    ...contactEvents,
    ...conversationEvents,
    ...erasureEvents,
    ...messageEvents,
    ...organisationEvents,
    ...revealEvents,
  };
  const subjects: readonly AuditItem['subject'][] = [
    null,
    { id: id(5), kind: 'contact', name: masked('N•••••') },
    { id: karim.accountId, kind: 'account', name: karim.name },
    { id: id(6), kind: 'channel', name: masked('C') },
  ];
  const actors: readonly AuditItem['actor'][] = [
    { kind: 'person', person: lina },
    { kind: 'customer', contactId: id(5) },
    { kind: 'machine', part: 'webhook' },
  ];
  const cases = Object.keys(catalogues).flatMap((type) => actors.flatMap((actor) => subjects.map((subject) => ({ type, actor, subject }))));

  it.each(['en', 'ar'] as const)('is never the sentence for unknown events, for every event × actor × subject, in %s', (locale) => {
    const given = textsOf(locale);
    const unknown = cases.filter(({ type, actor, subject }) => said(sentenceOf(item({ type, actor, subject }), given)).includes(type));
    expect(unknown).toEqual([]);
  });

  it('names whom it is about only where that is known', () => {
    const given = textsOf('en');
    const empty = cases.filter(
      ({ type, actor, subject }) => subject === null && said(sentenceOf(item({ type, actor, subject }), given)).includes('[whom]'),
    );
    // A machine that adds a person always says whom.
    expect(empty).toEqual([]);
  });

  it('is written from the facts', () => {
    const given = textsOf('en');
    const contact = subjects[1] ?? null;
    const seen = item({
      type: 'ValuesRevealed',
      kind: 'reveal',
      subject: contact,
      facts: { level: 'full', purpose: 'investigate', classes: 'profile+message' },
    });
    expect(said(sentenceOf(seen, given))).toBe(
      '[who] saw messages and name and identifiers of [whom] to “look into a legal matter or complaint”',
    );
    expect(said(sentenceOf(item({ type: 'ConversationAssigned', facts: { assignee: null } }), given))).toBe(
      '[who] took a conversation from its assignee; nobody has it now',
    );
    expect(said(sentenceOf(item({ type: 'StatusReported', kind: 'message', subject: contact, facts: { status: 'failed' } }), given))).toBe(
      'A reply to [whom] was not delivered',
    );
  });
});

describe('the trail on a page', () => {
  it('folds long runs of reports, but never the event that is open', () => {
    const items = trailItems(now);
    const runs = (open: string | null) =>
      timelineOf(items, (at) => at.slice(0, 10), open).flatMap(({ entries }) => entries.filter(({ run }) => run !== null));
    expect(runs(null)).toHaveLength(1);
    const inside = items.find(({ type }) => type === 'SendAccepted')?.id ?? '';
    expect(runs(inside)).toHaveLength(0);
  });

  it('folds one look at several people, and only lines of the same look', () => {
    const look = (line: string, level: string) =>
      item({ id: line, type: 'ValuesRevealed', kind: 'reveal', facts: { level, classes: 'profile' } });
    const entries =
      timelineOf([look('a.0', 'masked'), look('a.1', 'masked'), look('a.2', 'full'), look('b.0', 'full')], () => 'day', null)[0]?.entries ??
      [];
    expect(entries.map((entry) => (entry.run === null ? entry.item.id : entry.items.map(({ id: line }) => line)))).toEqual([
      ['a.0', 'a.1'],
      'a.2',
      'b.0',
    ]);
  });

  it('loses no event to folding', () => {
    const items = trailItems(now);
    const shown = timelineOf(items, (at) => at.slice(0, 10), null).flatMap(({ entries }) =>
      entries.flatMap((entry) => (entry.run === null ? [entry.item] : entry.items)),
    );
    expect(shown.map((one) => one.id)).toEqual(items.map((one) => one.id));
  });

  it('keeps the strongest look of each person at each class', () => {
    const look = (person: typeof mona, level: string, classes: string) =>
      item({
        type: 'ValuesRevealed',
        kind: 'reveal',
        actor: { kind: 'person', person },
        facts: { level, classes, purpose: 'investigate' },
      });
    const lookers = lookersOf([look(mona, 'masked', 'profile+message'), look(mona, 'full', 'profile'), look(karim, 'masked', 'profile')]);
    expect(lookers.find(({ person }) => person === mona)?.seen).toEqual({ profile: 'full', message: 'masked' });
    expect(lookers.filter(sawFull).map(({ person }) => person)).toEqual([mona]);
  });

  it('reads several classes out of one fact', () => {
    expect(classesOf({ classes: 'message+profile' })).toEqual(['message', 'profile']);
    expect(classesOf({})).toEqual([]);
  });
});

describe('the filters in the address', () => {
  it('come back as they were written, whatever they hold', () => {
    const text = fc.string({ maxLength: 20 });
    fc.assert(
      fc.property(fc.record({ kind: text, actor: text, subject: text, span: text, from: text, to: text, after: text }), (filter) => {
        expect(filterFrom(new URL(hrefWith('/audit', filter, { after: filter.after }), 'http://x').searchParams)).toEqual(filter);
      }),
    );
  });

  it('leave out what is no filter instead of failing', () => {
    const nonsense = filterFrom(new URLSearchParams('kind=x&actor=y&subject=z&span=w&from=v&to=u'));
    expect(queryOf(nonsense, now, () => 0)).toEqual({});
  });

  it('cover the whole last day', () => {
    const { from, to } = queryOf(filterFrom(new URLSearchParams('from=2026-11-01&to=2026-11-02')), now, () => 0);
    expect([from, to]).toEqual(['2026-11-01T00:00:00.000Z', '2026-11-02T23:59:59.999Z']);
    expect(queryOf(filterFrom(new URLSearchParams('span=7')), now, () => 0).from).toBe(time(now - 7 * day));
  });
});

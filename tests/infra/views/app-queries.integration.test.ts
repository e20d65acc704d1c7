import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { CollectionSpec, ViewQuery, ViewValue } from '#domain/ports.ts';
import { ROOT } from '#infra/tooling/root.ts';
import { cursorText, indexForQuery } from '#infra/views/query.ts';
import { countStatement, findStatements } from '#infra/views/sql.ts';
import { allProjections } from '#projections/all.ts';
import { openPlans, type Plans } from './plans.ts';

type Where = Readonly<Record<string, ViewValue>>;
type Asked =
  | {
      readonly kind: 'find';
      readonly collection: string;
      readonly fields: readonly string[];
      readonly sort: string;
      readonly bounded?: true;
    }
  | { readonly kind: 'count'; readonly collection: string; readonly fields: readonly string[] };

const find = (collection: string, ...fields: readonly string[]): Asked => ({
  kind: 'find',
  collection,
  fields: fields.slice(0, -1),
  sort: fields.at(-1) ?? '',
});
const bounded = (collection: string, ...fields: readonly string[]): Asked => ({
  kind: 'find',
  collection,
  fields: fields.slice(0, -1),
  sort: fields.at(-1) ?? '',
  bounded: true,
});
const count = (collection: string, ...fields: readonly string[]): Asked => ({ kind: 'count', collection, fields });

/**
 * Every place of the application that asks the views, with all shapes that it asks in. `places`: how often the file calls `find` or `count`;
 * a call that is added must be entered here.
 */
const ASKED: readonly { readonly file: string; readonly places: number; readonly shapes: readonly Asked[] }[] = [
  { file: 'accounts.ts', places: 1, shapes: [find('member', 'accountId', 'state', 'addedAt')] },
  { file: 'erasure-process.ts', places: 1, shapes: [find('erasure', 'tenant', 'step', 'requestedAt')] },
  { file: 'erasure-scope.ts', places: 1, shapes: [find('thread', 'tenant', 'conversationId', 'order')] },
  { file: 'erasures.ts', places: 2, shapes: [find('erasure', 'tenant', 'requestedAt'), count('erasure', 'tenant')] },
  { file: 'health.ts', places: 1, shapes: [count('organisation')] },
  { file: 'media-worker.ts', places: 1, shapes: [find('mediaQueue', 'receivedAt')] },
  { file: 'members.ts', places: 1, shapes: [find('organisation', 'createdAt')] },
  { file: 'outbox.ts', places: 1, shapes: [find('outbox', 'state', 'dueAt'), bounded('outbox', 'state', 'dueAt')] },
  {
    file: 'pages/audit.ts',
    places: 1,
    shapes: [['tenant'], ['tenant', 'kind'], ['tenant', 'actorId'], ['tenant', 'subject']].map((fields) =>
      find('audit', ...fields, 'order'),
    ),
  },
  { file: 'pages/channels.ts', places: 1, shapes: [find('channel', 'tenant', 'connectedAt')] },
  { file: 'pages/contact.ts', places: 1, shapes: [find('contact', 'tenant', 'startedAt')] },
  { file: 'pages/conversation.ts', places: 1, shapes: [find('thread', 'tenant', 'conversationId', 'order')] },
  { file: 'pages/dashboard.ts', places: 1, shapes: [bounded('dashboardDay', 'tenant', 'day')] },
  {
    file: 'pages/inbox.ts',
    places: 2,
    shapes: [
      find('inbox', 'tenant', 'list', 'lastAt'),
      find('inbox', 'tenant', 'list', 'assignee', 'lastAt'),
      count('inbox', 'tenant', 'status'),
      count('inbox', 'tenant', 'status', 'assignee'),
    ],
  },
  { file: 'pages/people.ts', places: 1, shapes: [find('member', 'tenant', 'state', 'addedAt')] },
  { file: 'pages/search.ts', places: 1, shapes: [find('channel', 'tenant', 'connectedAt')] },
  { file: 'reconnect-simulator.ts', places: 1, shapes: [find('channel', 'tenant', 'connectedAt')] },
  { file: 'sample.ts', places: 1, shapes: [find('channel', 'tenant', 'connectedAt')] },
];

const CALL = /\bviews\s*\.\s*(find|count)\s*[<(]/g;

test('every place of the application that asks the views is looked at here', () => {
  const folder = join(ROOT, 'infra/app');
  const found = globSync('**/*.ts', { cwd: folder }).flatMap((file) => {
    const places = readFileSync(join(folder, file), 'utf8').match(CALL)?.length ?? 0;
    return places === 0 ? [] : [{ file, places }];
  });
  const byFile = (a: { readonly file: string }, b: { readonly file: string }) => (a.file < b.file ? -1 : 1);
  expect(found.sort(byFile)).toEqual(ASKED.map(({ file, places }) => ({ file, places })).sort(byFile));
});

describe('every question of the application', () => {
  let plans: Plans;
  beforeAll(async () => {
    plans = await openPlans(allProjections);
  });
  afterAll(() => plans.close());

  const shapes = ASKED.flatMap(({ file, shapes }) => shapes.map((shape) => ({ file, shape, name: nameOf(shape) })));

  test.each(shapes)('$file: $name is answered by its index, without sorting', ({ shape }) => {
    const { projection, spec } = owner(shape.collection);
    const where: Where = Object.fromEntries(shape.fields.map((field) => [field, 'x']));
    if (shape.kind === 'count') {
      const plan = plans.of(projection, countStatement(spec, where));
      expect(plan).toMatch(shape.fields.length === 0 ? /^(?:SCAN \S+ USING COVERING INDEX|CO-ROUTINE)/ : /SEARCH \S+ USING COVERING INDEX/);
      expect(plan).not.toContain('TEMP B-TREE');
      return;
    }
    for (const query of pagesOf(shape, where)) {
      const index = `${spec.name}__${indexForQuery(spec, query).join('__')}`;
      for (const statement of findStatements(spec, query)) {
        const plan = plans.of(projection, statement);
        expect(plan).toMatch(new RegExp(`^SEARCH ${spec.name} USING (COVERING )?INDEX ${index} `));
        expect(plan).not.toMatch(/TEMP B-TREE|SCAN/);
        // The planner comes to the same without being told which index to take.
        expect(plans.of(projection, { ...statement, sql: statement.sql.replace(/ INDEXED BY "[^"]+"/, '') })).toContain('SEARCH');
      }
    }
  });

  test('one document is read by its id', () => {
    for (const { name, collections } of allProjections)
      for (const spec of collections) {
        const plan = plans.of(name, { sql: `SELECT json(body) FROM "${spec.name}" WHERE id = ? LIMIT ?`, values: ['x'] });
        expect(plan).toBe(`SEARCH ${spec.name} USING INDEX sqlite_autoindex_${spec.name}_1 (id=?)`);
      }
  });

  test('a collection is walked in order of id without sorting', () => {
    const plan = plans.of('inbox', { sql: 'SELECT id, json(body) FROM inbox WHERE id > ? ORDER BY id LIMIT ?', values: ['x'] });
    expect(plan).toBe('SEARCH inbox USING INDEX sqlite_autoindex_inbox_1 (id>?)');
  });
});

const nameOf = (shape: Asked): string =>
  `${shape.kind} ${shape.collection} by ${[...shape.fields, ...(shape.kind === 'find' ? [shape.sort] : [])].join(', ') || 'nothing'}`;

const owner = (collection: string): { readonly projection: string; readonly spec: CollectionSpec } => {
  for (const { name, collections } of allProjections) {
    const spec = collections.find((one) => one.name === collection);
    if (spec !== undefined) return { projection: name, spec };
  }
  throw new Error(`expected a collection of a projection, got ${collection}`);
};

/** Both directions, first and later pages; a cursor may stand at a document without the sort field. */
const pagesOf = ({ sort, bounded = false }: { readonly sort: string; readonly bounded?: boolean }, where: Where): readonly ViewQuery[] =>
  (['ascending', 'descending'] as const).flatMap((direction) => {
    const first: ViewQuery = { where, sort: { field: sort, direction }, limit: 50, ...(bounded ? { from: 'a', to: 'z' } : {}) };
    const later = ['m', null].map((value): ViewQuery => ({ ...first, after: cursorText(sort, { value, id: 'x' }) }));
    return [first, ...later];
  });

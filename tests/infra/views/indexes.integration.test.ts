import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { CollectionSpec, ViewQuery } from '#domain/ports.ts';
import { parkedCollection } from '#infra/projector/parked.ts';
import { cursorText } from '#infra/views/query.ts';
import { countStatement, findStatements, type Statement } from '#infra/views/sql.ts';
import { allProjections } from '#projections/all.ts';
import { openPlans, type Plans } from './plans.ts';
import { sampleProjection } from './samples.ts';

const rows: CollectionSpec = { name: 'rows', indexes: [['tenant', 'status', 'at'], ['tenant', 'at'], ['at']] };
const projections = [sampleProjection('sample', { collections: [rows] }), ...allProjections];
const declared = [
  { projection: 'sample', spec: parkedCollection },
  ...projections.flatMap(({ name, collections }) => collections.map((spec) => ({ projection: name, spec }))),
];

describe('every query of a declared shape', () => {
  let plans: Plans;
  beforeAll(async () => {
    plans = await openPlans(projections);
  });
  afterAll(() => plans.close());
  const planOf = (statement: Statement): string => plans.of('sample', statement);

  const shapes = declared.flatMap(({ projection, spec }) =>
    spec.indexes.map((fields) => ({ projection, spec, fields, name: `${spec.name} by ${fields.join(', ')}` })),
  );

  test.each(shapes)('$name is answered by its index alone, in order, on every page', ({ projection, spec, fields }) => {
    const field = fields.at(-1) ?? '';
    const where = Object.fromEntries(fields.slice(0, -1).map((name, index) => [name, index % 2 === 0 ? 'x' : null]));
    const index = `INDEX ${spec.name}__${fields.join('__')}`;
    for (const direction of ['ascending', 'descending'] as const) {
      const query: ViewQuery = { where, sort: { field, direction }, limit: 50 };
      const pages: ViewQuery[] = [
        query,
        { ...query, from: 'a', to: 'b' },
        { ...query, after: cursorText(field, { value: 'm', id: 'x' }) },
        { ...query, after: cursorText(field, { value: null, id: 'x' }) },
        { ...query, from: 'a', after: cursorText(field, { value: 'm', id: 'x' }) },
      ];
      for (const statement of pages.flatMap((page) => findStatements(spec, page))) {
        const plan = plans.of(projection, statement);
        expect(plan).toContain(index);
        expect(plan).toContain('SEARCH');
        expect(plan).not.toMatch(/TEMP B-TREE|SCAN/);
      }
    }
  });

  test('a page behind a cursor starts at the cursor, not at the beginning', () => {
    const after = cursorText('at', { value: 'm', id: 'x' });
    const plans = (['ascending', 'descending'] as const).map((direction) =>
      findStatements(rows, { where: { tenant: 't' }, sort: { field: 'at', direction }, limit: 50, after }).map(planOf),
    );
    expect(plans).toEqual([
      [expect.stringContaining('(<expr>=? AND <expr>=? AND id>?)'), expect.stringContaining('(<expr>=? AND <expr>>?)')],
      [
        expect.stringContaining('(<expr>=? AND <expr>=? AND id<?)'),
        expect.stringContaining('(<expr>=? AND <expr>>? AND <expr><?)'),
        expect.anything(),
      ],
    ]);
  });

  test('a count is answered by an index', () => {
    expect(planOf(countStatement(rows, { status: 'open', tenant: 't' }))).toContain(
      'SEARCH rows USING COVERING INDEX rows__tenant__status__at',
    );
    expect(planOf(countStatement(rows, { tenant: 't' }))).toContain('SEARCH rows USING COVERING INDEX');
  });
});

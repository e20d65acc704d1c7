import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { openViewGenerations } from '#infra/views/generations-sqlite.ts';
import type { Statement } from '#infra/views/sql.ts';
import type { Projection } from '#projections/projection.ts';

export type Plans = { readonly of: (projection: string, statement: Statement) => string; readonly close: () => void };

/** Ready generations of the projections, to ask SQLite how it would answer. */
export const openPlans = async (projections: readonly Projection[]): Promise<Plans> => {
  const folder = mkdtempSync(join(tmpdir(), 'vconnect-plans-'));
  const { generations, close } = openViewGenerations({ folder, projections });
  const files = new Map<string, DatabaseSync>();
  for (const { name, version } of projections) {
    await generations.markReady(await generations.begin(name, version));
    files.set(name, new DatabaseSync(join(folder, `${name}.1.db`), { readOnly: true }));
  }
  await close();
  return {
    of: (projection, { sql, values }) => {
      const db = files.get(projection);
      if (db === undefined) throw new Error(`expected a projection, got ${projection}`);
      const steps = db.prepare(`EXPLAIN QUERY PLAN ${sql}`).all(...values, 50);
      return steps.map((step) => String(step['detail'])).join('; ');
    },
    close: () => {
      for (const db of files.values()) db.close();
      rmSync(folder, { recursive: true });
    },
  };
};

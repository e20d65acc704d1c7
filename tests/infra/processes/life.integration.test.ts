import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { newId } from '#infra/app/new-id.ts';
import { beginLife, isAlive } from '#infra/processes/life.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'vconnect-life-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

it('lives from its beginning to its end', () => {
  const id = newId<'process'>();
  expect(isAlive(folder, id)).toBe(false);
  const end = beginLife(folder, id);
  expect(isAlive(folder, id)).toBe(true);
  end();
  expect(isAlive(folder, id)).toBe(false);
});

it('counts as living while its lock is there and cannot be asked, as when no file descriptor is free', () => {
  const id = newId<'process'>();
  // SQLite answers the same as without a free descriptor: unable to open.
  mkdirSync(join(folder, 'processes', `${id}.lock`), { recursive: true });
  expect(isAlive(folder, id)).toBe(true);
});

import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { isSound, numberIn } from './file.ts';
import type { Finding } from './examine.ts';

/** A file per filling of a projection (`infra/views`). */
const GENERATION_FILE = /^([a-zA-Z][a-zA-Z0-9_]*)\.[0-9]+\.db$/;
const CATALOG = 'catalog.db';
/** What releases before generations kept all views in. */
const OLD_VIEWS = 'views.db';

/** Everything here can be built from the log again, so nothing of it needs a backup. */
export const lookAtViews = (folder: string): readonly Finding[] => [...lookAtFolder(join(folder, 'views'), folder), ...lookForOld(folder)];

const lookAtFolder = (views: string, folder: string): readonly Finding[] => {
  const part = 'views';
  if (!existsSync(views)) return [{ part, state: 'note', says: 'none yet: they are built from the log at the next start' }];
  const names = readdirSync(views);
  if (names.includes(CATALOG) && !isSound(join(views, CATALOG))) {
    const wayOut = 'stop the server, move the folder views away and start: everything in it is built anew from the log';
    return [{ part: join(part, CATALOG), state: 'wrong', says: 'damaged', damage: true, wayOut }];
  }
  const generations = names.flatMap((name) => {
    const projection = GENERATION_FILE.exec(name)?.[1];
    return projection === undefined ? [] : [{ name, projection }];
  });
  const bad = generations.filter(({ name }) => !isSound(join(views, name)));
  const ahead = lookAhead(
    views,
    folder,
    generations.filter((each) => !bad.includes(each)).map(({ name }) => name),
  );
  const good = generations.length - bad.length;
  return [
    ...bad.map(({ name, projection }): Finding => ({
      part: join(part, name),
      state: 'wrong',
      says: 'damaged',
      damage: true,
      wayOut: `"vconnect rebuild ${projection}" builds it anew from the log`,
    })),
    ...(good > 0 ? [{ part, state: 'ok', says: `${String(good)} files sound` } as const] : []),
    ...ahead,
  ];
};

/** A log from whose end whole records were cut is sound in itself; what the views have taken in tells. */
const lookAhead = (views: string, folder: string, names: readonly string[]): readonly Finding[] => {
  // The views first: the log only grows, and a server may be writing.
  const seen = names.map((name) => numberIn(join(views, name), 'SELECT checkpoint FROM "vconnect.progress"') ?? 0);
  const furthest = Math.max(0, ...seen);
  const head = numberIn(join(folder, 'events.db'), 'SELECT coalesce(max(position), 0) FROM events');
  if (head === null || furthest <= head) return [];
  return [
    {
      part: 'events.db',
      state: 'wrong',
      says: `its end is missing: it holds ${String(head)} events, the views have seen ${String(furthest)}`,
      damage: true,
      wayOut: 'stop the server, keep a copy of the data folder as it is, and restore all of it from the newest backup',
    },
  ];
};

const lookForOld = (folder: string): readonly Finding[] =>
  existsSync(join(folder, OLD_VIEWS))
    ? [{ part: OLD_VIEWS, state: 'note', says: 'left by an earlier release, read by nobody', wayOut: `delete ${OLD_VIEWS}* in ${folder}` }]
    : [];

import type { Keyring } from './keyring.ts';
import { bytesOf, hexOf, idBytes } from './values.ts';

/** An idle process notices this soon that others destroyed or rotated, and holds no key longer than its time plus this. A look costs 2 µs. */
const LOOK_MS = 500;

type Options = {
  readonly keyring: Keyring;
  /** Drops cached keys whose time is over. */
  readonly sweep: () => void;
  /** This process, as the others know it; null when nobody asks for it. */
  readonly holder: string | null;
};

/** What a process owes to the others although nobody asks it for anything. @returns how to stop */
export const keepUp = ({ keyring, sweep, holder }: Options): (() => void) => {
  const look = (): void => {
    sweep();
    try {
      keyring.refresh();
      if (holder !== null) acknowledge(keyring, holder);
    } catch {
      // A busy or damaged file is named to whoever wants something of it; here the next look tries again.
    }
  };
  look();
  const timer = setInterval(look, LOOK_MS).unref();
  return () => {
    clearInterval(timer);
  };
};

/** Writes down that this process has the next root key: the old one is destroyed only when everybody has. */
const acknowledge = ({ database, roots }: Keyring, holder: string): void => {
  const row = database.prepare(`SELECT id FROM roots WHERE state = 'next'`).get();
  const next = row === undefined ? null : hexOf(bytesOf(row, 'id'));
  if (next === null || roots.get(next) === null || hasSeen(database, next)(holder)) return;
  database.transact(() => database.prepare('INSERT OR REPLACE INTO adopted VALUES (?, ?)').run(holder, idBytes(next)));
};

export const hasSeen =
  (database: Keyring['database'], root: string) =>
  (holder: string): boolean =>
    database.prepare('SELECT 1 FROM adopted WHERE holder = ? AND root = ?').get(holder, idBytes(root)) !== undefined;

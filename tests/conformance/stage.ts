import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { SealedHandle } from '#domain/sealed-handle.ts';
import type { Opened, Vault } from '#vault/vault.ts';
import { folder, openVault } from '../infra/vaultstore/support.ts';

type Rows = ReturnType<ReturnType<DatabaseSync['prepare']>['all']>;

/** A vault of its own, and its files as an attacker or a careless operator finds them. */
export type Stage = {
  readonly path: string;
  readonly vault: Vault;
  readonly open: (one: SealedHandle, of?: Vault) => Promise<Opened<string> | undefined>;
  readonly rows: (file: string, sql: string) => Rows;
  readonly change: (file: string, work: (database: DatabaseSync) => void) => void;
  /** Every byte that the vault has written, its write-ahead logs included. */
  readonly bytes: () => Buffer;
  /** Closed and opened again. */
  readonly reopen: () => Promise<Vault>;
  readonly close: () => Promise<void>;
};

export const newStage = async (): Promise<Stage> => {
  const { path, remove } = folder();
  let vault = await openVault(path);
  const change: Stage['change'] = (file, work) => {
    const database = new DatabaseSync(join(path, file));
    try {
      work(database);
    } finally {
      database.close();
    }
  };
  return {
    path,
    get vault() {
      return vault;
    },
    open: async (one, of = vault) => (await of.open([one]))[0],
    rows: (file, sql) => {
      let rows: Rows = [];
      change(file, (database) => (rows = database.prepare(sql).all()));
      return rows;
    },
    change,
    bytes: () => bytesIn(path),
    reopen: async () => {
      await vault.close();
      vault = await openVault(path);
      return vault;
    },
    close: async () => {
      await vault.close();
      remove();
    },
  };
};

export const bytesIn = (path: string): Buffer =>
  Buffer.concat(
    readdirSync(path, { recursive: true, encoding: 'utf8' })
      .map((name) => join(path, name))
      .filter((file) => statSync(file).isFile())
      .map((file) => readFileSync(file)),
  );

/** The bytes of a column. */
export const asBuffer = (value: unknown): Buffer => {
  if (!(value instanceof Uint8Array)) throw new Error('expected bytes of a column');
  return Buffer.from(value);
};

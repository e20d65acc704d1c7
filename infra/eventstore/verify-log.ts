import { existsSync } from 'node:fs';
import type { DatabaseSync } from 'node:sqlite';
import { nextTurn } from '#infra/eventloop/turns.ts';
import { cutOff, openAsItIs } from '#infra/sqlite/as-it-is.ts';
import type { CatalogueOf } from './codec.ts';
import { hasSums } from './log-file.ts';
import { numberOr, type Row, rowStatement, type RowStatement } from './rows.ts';
import { type FileFault, reading, structureFaults } from './verify-file.ts';
import { type CheckedRecord, createRecordCheck, type LookAtEnvelope, type RecordFault, type RecordFaultCode } from './verify-record.ts';

export type VerifyLogOptions = {
  readonly file: string;
  readonly catalogueOf: CatalogueOf;
  /** Null: the file of the sealed values is not there; that is a fault as soon as an event names one. */
  readonly lookAtEnvelope: LookAtEnvelope | null;
  readonly onProgress?: (done: bigint, all: bigint) => void;
};

export type LogReport = {
  /** Position of the last event when the check began. */
  readonly head: number;
  readonly events: number;
  readonly streams: number;
  /** Events written before the log kept sums: their content can be checked against its declaration alone. */
  readonly unsummed: number;
  readonly sealed: { readonly sound: number; readonly removed: number; readonly faulty: number };
  readonly file: readonly FileFault[];
  /** In order of position; at most `NAMED_FAULTS`. */
  readonly records: readonly RecordFault[];
  readonly faults: number;
  /** False when it stopped at `COUNTED_FAULTS`, or where nothing more could be read. */
  readonly complete: boolean;
};

/** Faulty records that are named one by one, and how many are counted before it is enough: the file is beyond repair by then. */
export const NAMED_FAULTS = 100;
export const COUNTED_FAULTS = 10_000;
/** Records read at one go: about 0.5 MB. */
const BATCH = 1_000;
/** So many unreadable positions in a row, behind the last batch that could be read, mean that nothing more comes. */
const UNREADABLE_IN_A_ROW = 2_000;

/**
 * Walks the whole log in order of position, reading only, without any key, also beside a running server. Memory: a number for each stream
 * (about 50 bytes, so 15 MB for 300,000 streams) and one batch. Throws only when the file cannot be reached (`STORE_…`).
 */
export const verifyLog = async (options: VerifyLogOptions): Promise<LogReport> => {
  if (!existsSync(options.file)) return nothingRead([{ code: 'missing', detail: null }]);
  const left = cutOff(options.file);
  const cut: readonly FileFault[] = left === null ? [] : [{ code: 'truncated', detail: left }];
  const db = reading(() => openAsItIs(options.file));
  if (db === null) return nothingRead(cut.length > 0 ? cut : [{ code: 'not-a-log', detail: null }]);
  try {
    const file = [...cut, ...structureFaults(db)];
    const foreign = file.some(({ code }) => code === 'not-a-log');
    const walk = foreign ? null : reading(() => openWalk(db));
    if (walk === null) return nothingRead(file.length > 0 ? file : [{ code: 'structure', detail: null }]);
    const found = await walkLog(walk, options);
    const all = [...file, ...found.file];
    return { ...found, file: all, faults: found.faults + all.length };
  } finally {
    db.close();
  }
};

const nothingRead = (file: readonly FileFault[]): LogReport => ({
  head: 0,
  events: 0,
  streams: 0,
  unsummed: 0,
  sealed: { sound: 0, removed: 0, faulty: 0 },
  file,
  records: [],
  faults: file.length,
  complete: false,
});

type Walk = {
  readonly after: RowStatement;
  readonly at: RowStatement;
  readonly head: RowStatement;
  readonly repeated: RowStatement;
  readonly empty: RowStatement;
};

const openWalk = (db: DatabaseSync): Walk => {
  const columns = `e.position, e.stream, s.name, e.revision, e.id, e.type, e.version, e.body, ${hasSums(db) ? 'e.sum' : 'NULL'}`;
  // LEFT: a record whose stream is not named must be seen. The order is told, or SQLite might begin with the streams.
  const from = 'FROM events e LEFT JOIN streams s ON s.key = e.stream';
  return {
    after: rowStatement(db, `SELECT ${columns} ${from} WHERE e.position > ? ORDER BY e.position LIMIT ?`),
    at: rowStatement(db, `SELECT ${columns} ${from} WHERE e.position = ?`),
    head: rowStatement(db, 'SELECT max(position) FROM events'),
    repeated: rowStatement(db, 'SELECT max(position) FROM events GROUP BY id HAVING count(*) > 1 LIMIT ?'),
    empty: rowStatement(db, 'SELECT s.key FROM streams s WHERE NOT EXISTS (SELECT 1 FROM events e WHERE e.stream = s.key) LIMIT ?'),
  };
};

const walkLog = async (walk: Walk, { catalogueOf, lookAtEnvelope, onProgress }: VerifyLogOptions): Promise<LogReport> => {
  const head = reading(() => numberOr(walk.head.get(), 0));
  const check = createRecordCheck(catalogueOf);
  const tally = createTally(lookAtEnvelope);
  let position = 0;
  while ((head === null || position < head) && !tally.isFull()) {
    const rows = reading(() => walk.after.all(position, BATCH)) ?? readOneByOne(walk, position, head);
    if (rows.length === 0) break;
    for (const row of rows) {
      const at = row[0];
      // What a damaged tree gives out of order has been seen, or is named as missing at its own place.
      if (typeof at !== 'number' || at <= position) continue;
      if (at > position + 1) tally.fault('position-missing', position + 1);
      position = at;
      if (row.length === UNREADABLE) tally.fault('unreadable', at);
      else tally.record(check(row, at));
    }
    onProgress?.(BigInt(position), BigInt(head ?? position));
    await nextTurn();
  }
  for (const [at] of reading(() => walk.repeated.all(NAMED_FAULTS)) ?? []) tally.fault('id-repeated', Number(at));
  const empty = reading(() => walk.empty.all(1)) ?? [];
  const file: readonly FileFault[] = [
    ...(head === null ? [{ code: 'end-unreadable', detail: null } as const] : []),
    ...(empty.length > 0 ? [{ code: 'stream-empty', detail: null } as const] : []),
    ...(tally.unseen() ? [{ code: 'values-missing', detail: null } as const] : []),
  ];
  return { ...tally.report(), head: head ?? position, file, complete: head !== null && position >= head && !tally.isFull() };
};

/** A row of the position alone stands for a record that cannot be read. */
const UNREADABLE = 1;

/** Where a batch cannot be read, each position is tried, so that what stands on other pages is still looked at. */
const readOneByOne = (walk: Walk, after: number, head: number | null): readonly Row[] => {
  const rows: Row[] = [];
  const last = Math.min(head ?? Number.MAX_SAFE_INTEGER, after + UNREADABLE_IN_A_ROW);
  for (let position = after + 1; position <= last && rows.length < BATCH; position += 1) {
    const row = reading(() => walk.at.get(position) ?? 'none');
    if (row === 'none') continue;
    rows.push(row !== null && row[0] === position ? row : [position]);
  }
  return rows;
};

const createTally = (lookAtEnvelope: LookAtEnvelope | null) => {
  const lastRevisions = new Map<number, number>();
  const records: RecordFault[] = [];
  const sealed = { sound: 0, removed: 0, faulty: 0 };
  let [faults, events, unsummed] = [0, 0, 0];
  let unseen = false;

  const add = (fault: RecordFault): void => {
    faults += 1;
    if (records.length < NAMED_FAULTS) records.push(fault);
  };
  /** Whether its revision is the next of its stream; one that cannot be read is another fault. */
  const follows = ({ key, place: { revision } }: CheckedRecord): boolean => {
    if (key === null || revision === null) return true;
    const wanted = (lastRevisions.get(key) ?? -1) + 1;
    lastRevisions.set(key, revision);
    return revision === wanted;
  };
  const lookAtSealed = ({ handles, place }: CheckedRecord): void => {
    for (const handle of handles) {
      if (lookAtEnvelope === null) {
        unseen = true;
        return;
      }
      const state = lookAtEnvelope(handle);
      if (state === 'sound' || state === 'removed') sealed[state] += 1;
      else {
        sealed.faulty += 1;
        add({ ...place, code: `envelope-${state}`, field: handle.field });
      }
    }
  };
  return {
    unseen: () => unseen,
    isFull: () => faults >= COUNTED_FAULTS,
    fault: (code: RecordFaultCode, position: number) => add({ position, stream: null, revision: null, code, field: null }),
    record: (record: CheckedRecord): void => {
      events += 1;
      if (record.unsummed) unsummed += 1;
      const code = follows(record) || (record.code !== null && record.code !== 'changed') ? record.code : 'revision';
      if (code !== null) add({ ...record.place, code, field: null });
      lookAtSealed(record);
    },
    report: (): Omit<LogReport, 'head' | 'file' | 'complete'> => ({
      events,
      streams: lastRevisions.size,
      unsummed,
      sealed,
      records: records.toSorted((one, other) => one.position - other.position),
      faults,
    }),
  };
};

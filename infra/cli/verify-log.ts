import type { FileFault, FileFaultCode } from '../eventstore/verify-file.ts';
import type { LogReport } from '../eventstore/verify-log.ts';
import type { RecordFault, RecordFaultCode } from '../eventstore/verify-record.ts';
import { EXIT, type ExitCode } from './exit-codes.ts';
import { progressBar } from './progress.ts';
import { type Context, result } from './verb.ts';

/** Faulty records that are shown to a person; all that are named go into the JSON. */
const SHOWN_FAULTS = 20;

export const verifyLog = async (context: Context): Promise<ExitCode> => {
  const { dataFolder } = context.parts.config();
  context.io.say('Checking the structure of the file, then every event. Nothing is changed.');
  const progress = progressBar(context.io, 'log');
  const report = await context.parts.verifyLog(dataFolder, progress.at);
  progress.end();
  const sound = report.faults === 0 && report.complete;
  const says = sound ? soundSentence(report) : faultySentence(report);
  const { file, records, ...counts } = report;
  const named = {
    file: file.map((fault) => ({ ...fault, says: FILE[fault.code] })),
    records: records.map((fault) => ({ ...fault, says: RECORD[fault.code] })),
  };
  result(context, { ok: sound, says, ...counts, first: named.records[0] ?? null, ...named }, [says, ...detailsOf(report)]);
  if (!sound) for (const line of wayOut(report)) context.io.say(line);
  return sound ? EXIT.done : EXIT.integrity;
};

const soundSentence = ({ events, streams, sealed }: LogReport): string =>
  `The log is sound: ${String(events)} events in ${String(streams)} streams; ${String(sealed.sound)} sealed values match their digests, ${String(sealed.removed)} were removed by an erasure.`;

const faultySentence = ({ faults, complete, events }: LogReport): string =>
  `The log is not sound: ${complete ? '' : 'at least '}${String(faults)} ${faults === 1 ? 'fault' : 'faults'} in ${String(events)} events that were read.`;

const detailsOf = ({ file, records, faults, unsummed }: LogReport): readonly string[] => {
  const [first] = records;
  const more = faults - file.length - Math.min(records.length, SHOWN_FAULTS);
  return [
    ...(unsummed > 0 ? [`  ${String(unsummed)} events were written before the log kept sums: only their form was checked.`] : []),
    ...file.map((fault) => `  file: ${fileLine(fault)}`),
    ...(first === undefined ? [] : [`  first bad record: ${recordLine(first)}`]),
    ...records.slice(1, SHOWN_FAULTS).map((fault) => `  ${recordLine(fault)}`),
    ...(more > 0 ? [`  and ${String(more)} more`] : []),
  ];
};

const fileLine = ({ code, detail }: FileFault): string => `${FILE[code]}${detail === null ? '' : ` (${detail})`}`;

const recordLine = ({ position, stream, revision, code, field }: RecordFault): string => {
  const place = [
    `position ${String(position)}`,
    ...(stream === null ? [] : [`stream ${stream}`]),
    ...(revision === null ? [] : [`revision ${String(revision)}`]),
  ];
  return `${place.join(', ')}: ${RECORD[code]}${field === null ? '' : ` (field ${field})`}`;
};

const wayOut = ({ file, records }: LogReport): readonly string[] => {
  if (file.some(({ code }) => code === 'missing')) return ['→ check VCONNECT_DATA: this folder holds no log'];
  if (file.length === 0 && records.every(({ code }) => code === 'version-unknown')) return ['→ run the newer program that wrote them'];
  if (file.length === 0 && records.every(({ code }) => code.startsWith('envelope-')))
    return ['→ keep a copy of the data folder as it is; restore payloads.db and the folder media from a backup'];
  return ['→ keep a copy of the data folder as it is, and restore all of it from a backup; what is sound goes on being shown meanwhile'];
};

/** The sentences hold no stored value. */
const FILE: Readonly<Record<FileFaultCode, string>> = {
  missing: 'there is no log',
  'not-a-log': 'it is not a log of this program, or one of another format',
  truncated: 'it is shorter than it says: its end was cut off',
  structure: 'its structure is damaged',
  'end-unreadable': 'the end of the log cannot be read',
  'stream-empty': 'it names a stream that holds no event',
  'values-missing': 'payloads.db, which keeps the sealed values, is missing or damaged',
};

const RECORD: Readonly<Record<RecordFaultCode, string>> = {
  'position-missing': 'no record stands here: one or more were cut out',
  unreadable: 'the record cannot be read: its part of the file is damaged',
  columns: 'a column holds another kind of value than the log writes',
  'stream-unknown': 'the record belongs to a stream that the log does not name',
  'stream-name': 'its stream is not named <organisation>.<category>-<id> with a category of this program',
  revision: 'its revision does not follow the one before in its stream',
  'id-repeated': 'its event id stands in the log twice',
  'type-unknown': 'its type is not declared for its stream',
  'version-unknown': 'a newer program wrote its version',
  json: 'its body is not JSON',
  frame: 'its body is not data, personal and meta as the log writes them',
  time: 'the time at which it was recorded is none',
  shape: 'its content is not what is declared for its type and version',
  upcast: 'this program has no way from its version to the present one',
  changed: 'its content is not what was written: it does not fit its sum',
  'envelope-missing': 'a sealed value is missing, though the person was not erased',
  'envelope-changed': 'a sealed value is not the one that was recorded: its digest differs',
  'envelope-misplaced': 'a sealed value is kept under another event, field or person',
  'envelope-unreadable': 'a sealed value cannot be read: its part of the file is damaged',
};

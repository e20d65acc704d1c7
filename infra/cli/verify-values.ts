import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { parseId } from '#domain/ids.ts';
import type { ErasureExamination, ValueState } from '../app/product.ts';
import { CliFault, EXIT, type ExitCode, UsageFault } from './exit-codes.ts';
import { withOperator } from './operator.ts';
import { saidNo } from './refused.ts';
import { type Context, result } from './verb.ts';

/** Decimal, as the trail shows it. */
const POSITION = /^[0-9]{1,15}$/;

/** The four answers for each sealed value of one event, and never a value. */
export const verifyEvent = async (which: string | undefined, context: Context): Promise<ExitCode> => {
  if (which === undefined || !POSITION.test(which))
    throw new UsageFault('expected the position of an event in the log, from the audit trail');
  const position = BigInt(which);
  const done = await withOperator(context, (operator) => operator.examineEvent(position));
  if (!done.ok) return saidNo(context, done);
  const { type, values } = done;
  const states = new Set(values.map(({ state }) => state));
  const title = `${type} at position ${String(position)}${values.length === 0 ? ': it carries no personal value' : ''}`;
  const ok = !states.has('tampered') && !states.has('unavailable');
  result(context, { ok, position, type, values }, [title, ...values.map((value) => `  ${value.field}: ${stateSentence(value)}`)]);
  if (states.has('tampered')) return EXIT.integrity;
  return states.has('unavailable') ? EXIT.refused : EXIT.done;
};

const stateSentence = ({ state, certificate, erasedAt, reason }: ValueState): string => {
  switch (state) {
    case 'value':
      return 'a value; it opens, and is not shown';
    case 'erased':
      return `erased on ${String(erasedAt)}, certificate ${String(certificate)}`;
    case 'unavailable':
      return `unavailable: ${String(reason)}`;
    case 'tampered':
      return `tampered: ${String(reason)}`;
  }
};

/** Holds an erasure against the stores of now and, when given, against a copy of the data folder. */
export const verifyErasure = async (id: string | undefined, copy: string | undefined, context: Context): Promise<ExitCode> => {
  if (id === undefined || parseId(id) === null) throw new UsageFault('expected the id of an erasure, from the address of its page');
  if (copy !== undefined && !existsSync(join(copy, 'payloads.db')))
    throw new CliFault('FILE_NOT_READABLE', `The folder ${copy} holds no payloads.db: expected a copy of the data folder.`);
  const done = await withOperator(context, (operator) => operator.examineErasure(id, copy ?? null));
  if (!done.ok) return saidNo(context, done);
  const { ok: _done, ...found } = done;
  const verdict = verdictOf(found);
  result(context, { ok: verdict.exit === EXIT.done, says: verdict.says, ...found }, [verdict.says, ...linesOf(found)]);
  return verdict.exit;
};

const verdictOf = ({ step, answers, remains, scan, copy }: ErasureExamination): { readonly exit: ExitCode; readonly says: string } => {
  if (step !== 'completed') return { exit: EXIT.refused, says: `The erasure is not complete: it is ${step}.` };
  const isBack = remains.key !== 'destroyed' || !remains.fenced || remains.payloads + remains.identityRows > 0;
  if (isBack || answers.value > 0 || (scan?.hits ?? 0) > 0)
    return { exit: EXIT.integrity, says: 'The erasure does not hold: something of the person is there.' };
  if ((copy?.answers.value ?? 0) > 0)
    return { exit: EXIT.integrity, says: 'The erasure does not hold: the keys of now open what the copy holds.' };
  if (copy?.key === 'usable')
    return {
      exit: EXIT.refused,
      says: "The erasure holds here, but the copy still has the person's key: whoever has the copy and the root key can open it. Destroy the copy.",
    };
  return { exit: EXIT.done, says: copy === null ? 'The erasure holds.' : 'The erasure holds, also against the copy.' };
};

const linesOf = ({ tried, answers, scan, copy }: ErasureExamination): readonly string[] => [
  `  references of the log: ${String(tried)} tried, ${String(answers.value)} opened, ${String(answers.erased)} answer "erased"`,
  ...(scan === null
    ? []
    : [`  stores: ${String(scan.files)} files, ${String(scan.bytes)} bytes searched, ${String(scan.hits)} traces found`]),
  ...(copy === null
    ? []
    : [
        `  copy: ${String(copy.tried)} envelopes tried with the keys of now, ${String(copy.answers.value)} opened; its keyring: ${COPY_KEY[copy.key]}`,
      ]),
];

const COPY_KEY = {
  none: 'holds no key of the person',
  destroyed: 'holds the record of a destroyed key',
  usable: 'still holds the key',
} as const;

import { parseStream } from '#domain/ids.ts';
import type { Product } from '../../app/product.ts';
import type { Parked } from '../../projector/parked.ts';
import type { ProjectionStatus } from '../../projector/watch.ts';
import { EXIT, type ExitCode, UsageFault } from '../exit-codes.ts';
import { withReadModels } from '../read-models.ts';
import { table } from '../table.ts';
import { type Context, result, type Verb } from '../verb.ts';

/** Parked streams listed of each projection; the count beside them is of all. */
const MOST_LISTED = 100;

export const projections: Verb = {
  name: 'projections',
  summary: 'Show how far each projection is, and take up what it set aside',
  usage: ['projections', 'projections parked', 'projections replay PROJECTION STREAM'],
  says: 'For each projection: the generation that pages read, the position it has applied, how many events it is behind the log, the seconds since it last moved, the streams it set aside because it could not apply an event, and what is being built beside it. "parked" lists those streams with the event, the error and its place in the program. "replay" takes one up again after a repair; the view is then as if it had never failed. May run beside the server; needs no key.',
  options: {},
  run: async (args, context) => {
    const [form, ...rest] = args.positionals;
    return withReadModels(context, (readModels) => {
      if (form === undefined) return list(readModels, context);
      if (form === 'parked' && rest.length === 0) return listParked(readModels, context);
      if (form === 'replay') return replay(readModels, rest, context);
      throw new UsageFault('expected nothing, "parked", or "replay PROJECTION STREAM"');
    });
  },
};

const list = async (readModels: Product['projections'], context: Context): Promise<ExitCode> => {
  const reports = await readModels.status();
  const head = ['projection', 'generation', 'version', 'checkpoint', 'behind', 'seconds', 'parked', 'fault', 'beside it'];
  result(context, { ok: true, projections: reports }, table(head, reports.map(row)));
  return EXIT.done;
};

const row = (each: ProjectionStatus): readonly string[] => [
  each.name,
  each.generation === 0 ? 'none' : String(each.generation),
  String(each.version),
  String(each.checkpoint),
  String(each.lag),
  each.secondsSinceProgress.toFixed(0),
  String(each.parkedStreams),
  each.fault ?? '',
  [
    ...(each.building === null ? [] : [`building ${String(each.building.generation)} at ${String(each.building.checkpoint)}`]),
    ...(each.previous === null ? [] : [`${String(each.previous)} kept`]),
  ].join(', '),
];

const listParked = async (readModels: Product['projections'], context: Context): Promise<ExitCode> => {
  const parked = await readModels.parked(MOST_LISTED);
  result(context, { ok: true, parked }, parked.length === 0 ? ['Nothing is parked.'] : parked.flatMap(parkedLines));
  return EXIT.done;
};

const parkedLines = ({ projection, stream, revision, position, eventType, code, frames, parkedAt }: Parked): readonly string[] => [
  `${projection}  ${stream}  from revision ${String(revision)} (position ${String(position)}): ${eventType ?? 'unreadable event'}, ${code}, since ${parkedAt}`,
  ...frames.map((frame) => `    ${frame}`),
  `  → after a repair: vconnect projections replay ${projection} ${stream}`,
];

const replay = async (readModels: Product['projections'], rest: readonly string[], context: Context): Promise<ExitCode> => {
  const [name = '', given = ''] = rest;
  const stream = parseStream(given);
  const known = (await readModels.status()).map((each) => each.name);
  if (!known.includes(name)) throw new UsageFault(`there is no such projection; there are ${known.join(', ')}`);
  if (stream === null || rest.length !== 2) throw new UsageFault('expected the stream as "projections parked" prints it');
  const answer = await readModels.replay(name, stream);
  const says = {
    'caught-up': 'Taken up: the views are as if it had never failed.',
    'not-parked': 'This stream is not parked there: nothing to do.',
    parked: `It fails again${answer.kind === 'parked' ? ` (${answer.code})` : ''}: "vconnect projections parked" shows where.`,
  }[answer.kind];
  result(context, { ok: answer.kind !== 'parked', ...answer }, [says]);
  return answer.kind === 'parked' ? EXIT.refused : EXIT.done;
};

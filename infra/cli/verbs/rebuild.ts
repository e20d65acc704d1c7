import { setPriority } from 'node:os';
import type { Product } from '../../app/product.ts';
import type { Comparison } from '../../projector/compare.ts';
import type { Switched } from '../../projector/maintenance.ts';
import type { Built } from '../../projector/rebuild.ts';
import { confirm, YES } from '../confirm.ts';
import { CliFault, EXIT, UsageFault } from '../exit-codes.ts';
import { progressBar } from '../progress.ts';
import { withReadModels } from '../read-models.ts';
import { type Args, type Context, result, type Verb } from '../verb.ts';

/** This process and its threads give way to the servers of the machine: pages come first. */
const NICENESS = 10;

export const rebuild: Verb = {
  name: 'rebuild',
  summary: 'Build a projection anew beside the live one, compare, and switch',
  usage: ['rebuild PROJECTION [--yes]', 'rebuild --all [--yes]'],
  says: 'Fills a new generation of the projection from the log while pages go on reading the live one, compares all documents of the two, and switches in one step; the old one is kept for "vconnect rollback". Where documents differ, the difference is listed and you are asked first. Runs beside the server or without one, needs no key, and goes on where it was when it is interrupted and called again. "vconnect projections" lists the names.',
  options: { all: { type: 'boolean', says: 'Every projection, side by side: the log is read once.' }, yes: YES },
  run: async (args, context) => {
    const [name, ...more] = args.positionals;
    if (more.length > 0 || (name === undefined) !== args.flag('all')) throw new UsageFault('expected the name of one projection, or --all');
    return withReadModels(context, async (readModels) => {
      const wanted = await wantedOf(readModels, name);
      const { switched, interrupted } = await build(readModels, wanted, args, context);
      result(
        context,
        { ok: !interrupted, rebuilt: switched },
        switched.map((each) => line(each, interrupted)),
      );
      return switched.every((each) => each.switched) ? EXIT.done : EXIT.refused;
    });
  },
};

const wantedOf = async (readModels: Product['projections'], name: string | undefined): Promise<readonly string[]> => {
  const known = (await readModels.status()).map((each) => each.name);
  const wanted = known.filter((each) => name === undefined || each === name);
  if (wanted.length === 0) throw new UsageFault(`there is no such projection; there are ${known.join(', ')}`);
  return wanted;
};

const build = async (
  readModels: Product['projections'],
  wanted: readonly string[],
  args: Args,
  context: Context,
): Promise<{ readonly switched: readonly Switched[]; readonly interrupted: boolean }> => {
  setPriority(NICENESS);
  const progress = progressBar(context.io, wanted.length === 1 ? (wanted[0] ?? '') : 'all projections');
  const stopping = new AbortController();
  const stop = (): void => stopping.abort();
  let ended = false;
  process.once('SIGINT', stop);
  try {
    const switched = await readModels.rebuild(wanted, {
      signal: stopping.signal,
      onProgress: ({ done, total }) => progress.at(done, total),
      accept: async (built) => {
        if (!ended) progress.end();
        ended = true;
        context.io.say(compared(built));
        return accepted(built, args, context);
      },
    });
    return { switched, interrupted: stopping.signal.aborted };
  } finally {
    process.off('SIGINT', stop);
  }
};

/** The same documents, or a first filling: nothing to ask. */
const accepted = async (built: Built, args: Args, context: Context): Promise<boolean> => {
  if (built.comparison.kind !== 'different' && built.parked <= built.parkedBefore) return true;
  try {
    await confirm(args, context, { warning: `Pages will show the new documents of ${built.projection}.`, word: 'switch' });
    return true;
  } catch (error) {
    if (error instanceof CliFault && error.code === 'NOT_CONFIRMED') return false;
    throw error;
  }
};

const compared = ({ projection, comparison, parked, parkedBefore }: Built): string =>
  [
    `${projection}: ${COMPARED[comparison.kind](comparison)}`,
    ...(comparison.kind === 'different'
      ? comparison.differences.map(
          ({ collection, missing, added, changed, ids }) =>
            `  ${collection}: ${String(changed)} changed, ${String(added)} added, ${String(missing)} missing (${ids.join(', ')}${changed + added + missing > ids.length ? ', …' : ''})`,
        )
      : []),
    ...(parked + parkedBefore > 0 ? [`  parked streams: ${String(parked)} (before: ${String(parkedBefore)})`] : []),
  ].join('\n');

const REASONS = {
  'nothing-live': 'there was none before',
  'other-version': 'the live one has another version',
  'live-not-readable': 'the live one cannot be read',
  'ahead-of-live': 'the live one stands behind; its projector does not run',
} as const;

const COMPARED: Readonly<Record<Comparison['kind'], (comparison: Comparison) => string>> = {
  equal: (comparison) => `equal to the live one in all ${comparison.kind === 'equal' ? String(comparison.documents) : ''} documents`,
  different: () => 'differs from the live one',
  'not-compared': (comparison) => `not compared: ${comparison.kind === 'not-compared' ? REASONS[comparison.reason] : ''}`,
};

const line = ({ projection, generation, switched }: Switched, interrupted: boolean): string => {
  if (switched) return `Rebuilt: ${projection}, generation ${String(generation.number)} is live`;
  return interrupted
    ? `Interrupted: ${projection} stays as it was; the next rebuild goes on where this one stopped`
    : `Not switched: ${projection} stays as it was; the new generation was dropped`;
};

import { confirm, YES } from '../confirm.ts';
import { EXIT, UsageFault } from '../exit-codes.ts';
import { withOperator } from '../operator.ts';
import { progressBar } from '../progress.ts';
import { type Context, result, type Verb } from '../verb.ts';

export const rebuild: Verb = {
  name: 'rebuild',
  summary: 'Build a projection anew from the log',
  usage: ['rebuild PROJECTION [--yes]', 'rebuild --all [--yes]'],
  says: 'Empties the views of the projection and applies the whole log to them again. No event is lost and no key is needed; pages that use the views show old or partial lists until it is done. "vconnect projections" lists the names.',
  options: { all: { type: 'boolean', says: 'Every projection, one after the other.' }, yes: YES },
  run: async (args, context) => {
    const [name, ...more] = args.positionals;
    if (more.length > 0 || (name === undefined) !== args.flag('all')) throw new UsageFault('expected the name of one projection, or --all');
    return withOperator(context, async (operator) => {
      const known = (await operator.projections()).map(({ projection }) => projection);
      const wanted = known.filter((each) => name === undefined || each === name);
      if (wanted.length === 0) throw new UsageFault(`there is no such projection; there are ${known.join(', ')}`);
      await confirm(args, context, {
        warning: `Pages show old or partial lists until ${wanted.join(', ')} are built again.`,
        word: 'rebuild',
      });
      for (const each of wanted) await one(each, context, (onProgress) => operator.rebuild(each, onProgress));
      result(context, { ok: true, rebuilt: wanted }, [`Rebuilt: ${wanted.join(', ')}`]);
      return EXIT.done;
    });
  },
};

const one = async (
  name: string,
  { io }: Context,
  run: (onProgress: (done: bigint, head: bigint) => void) => Promise<void>,
): Promise<void> => {
  const progress = progressBar(io, name);
  await run(progress.at);
  progress.end();
};

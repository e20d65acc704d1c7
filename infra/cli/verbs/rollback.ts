import { EXIT, UsageFault } from '../exit-codes.ts';
import { withReadModels } from '../read-models.ts';
import { result, type Verb } from '../verb.ts';

export const rollback: Verb = {
  name: 'rollback',
  summary: 'Switch a projection back to the generation before',
  usage: ['rollback PROJECTION'],
  says: 'Brings the generation that was live before the last rebuild to the head of the log and switches back to it in one step. Pages go on meanwhile. To go back to an older release, start that release: it takes up the generation of its own version by itself.',
  options: {},
  run: async (args, context) => {
    const [name, ...more] = args.positionals;
    if (name === undefined || more.length > 0) throw new UsageFault('expected the name of one projection');
    return withReadModels(context, async (readModels) => {
      const known = (await readModels.status()).map((each) => each.name);
      if (!known.includes(name)) throw new UsageFault(`there is no such projection; there are ${known.join(', ')}`);
      const generation = await readModels.rollback(name, new AbortController().signal);
      const says =
        generation === null
          ? `No earlier generation of ${name} is kept: nothing was changed.`
          : `Generation ${String(generation.number)} of ${name} is live again.`;
      result(context, { ok: generation !== null, generation }, [says]);
      return generation === null ? EXIT.refused : EXIT.done;
    });
  },
};

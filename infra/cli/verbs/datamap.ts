import { EXIT, UsageFault } from '../exit-codes.ts';
import { result, type Verb } from '../verb.ts';

export const datamap: Verb = {
  name: 'datamap',
  summary: 'Print which personal data is processed, where it stands and how it ends',
  usage: ['datamap > data-map.md', 'datamap --json'],
  says: 'Prints the data map of this release as Markdown: every personal field of every event with its class, whose it is, what it is processed for, where it stands, how it ends and who else gets it; then every place that the program writes to, and the processors. It is made from the declarations that the program runs on, needs no data folder and no key, and names nobody. The page "Data map" of the privacy centre shows the same.',
  options: {},
  run: async (args, context) => {
    if (args.positionals.length > 0) throw new UsageFault('expected no further word');
    // Loaded here: it reads the declarations of all events, which other verbs need not wait for.
    const [{ dataMap }, { dataMapMarkdown }] = await Promise.all([
      import('../../data-map/data-map.ts'),
      import('../../data-map/markdown.ts'),
    ]);
    const map = dataMap();
    result(context, { ok: true, ...map }, dataMapMarkdown(map).trimEnd().split('\n'));
    return EXIT.done;
  },
};

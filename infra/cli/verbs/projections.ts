import { EXIT } from '../exit-codes.ts';
import { withOperator } from '../operator.ts';
import { table } from '../table.ts';
import { result, type Verb } from '../verb.ts';

export const projections: Verb = {
  name: 'projections',
  summary: 'Show how far each projection is',
  usage: ['projections'],
  says: 'For each projection: its version, the position it has applied, how many events it is behind the log, the seconds since it last moved, and the events it set aside because it could not apply them.',
  options: {},
  run: async (_args, context) => {
    const reports = await withOperator(context, (operator) => operator.projections());
    result(
      context,
      { ok: true, projections: reports },
      table(
        ['projection', 'version', 'checkpoint', 'behind', 'seconds', 'parked'],
        reports.map((each) => [
          each.projection,
          String(each.version),
          each.checkpoint,
          String(each.lag),
          each.secondsSinceProgress.toFixed(0),
          String(each.parked),
        ]),
      ),
    );
    return EXIT.done;
  },
};

import { examine, type Finding } from '../doctor/examine.ts';
import { EXIT } from '../exit-codes.ts';
import { result, type Verb } from '../verb.ts';

const MARK = { ok: '✓', note: '·', wrong: '✗' } as const;

export const doctor: Verb = {
  name: 'doctor',
  summary: 'Say what is wrong, and the way out',
  usage: ['doctor'],
  says: 'Looks at Node, the configuration, the data folder, the root key, the disk, every database, the ports and the simulator. Changes nothing that is stored, except that erased data which an older file brought back is destroyed again, as at every start; may run beside the server.',
  options: {},
  run: async (_args, context) => {
    const findings = await examine(context.parts);
    result(context, { ok: findings.every(({ state }) => state !== 'wrong'), findings }, findings.map(line));
    if (findings.some(({ damage }) => damage === true)) return EXIT.integrity;
    return findings.some(({ state }) => state === 'wrong') ? EXIT.refused : EXIT.done;
  },
};

const line = ({ part, state, says, wayOut }: Finding): string =>
  `${MARK[state]} ${part}: ${says}${wayOut === undefined ? '' : `\n  → ${wayOut}`}`;

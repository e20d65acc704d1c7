import { EXIT, UsageFault } from '../exit-codes.ts';
import { withOperator } from '../operator.ts';
import { saidNo } from '../refused.ts';
import { result, type Verb } from '../verb.ts';

const DEFAULT_DAYS = '30';
const MOST_DAYS = 365;

export const token: Verb = {
  name: 'token',
  summary: 'Make an API token',
  usage: ['token --email EMAIL [--days DAYS]'],
  says: 'Prints a bearer token for the HTTP API with the rights of the person. It is shown once.',
  options: {
    email: { type: 'string', value: 'EMAIL', says: 'Whose token it is.' },
    days: { type: 'string', value: 'DAYS', says: `How long it holds, from 1 to ${String(MOST_DAYS)}. Default: ${DEFAULT_DAYS}.` },
  },
  run: async (args, context) => {
    const email = args.text('email');
    if (email === undefined || args.positionals.length > 0) throw new UsageFault('--email is missing');
    const days = args.text('days') ?? DEFAULT_DAYS;
    if (!/^\d{1,3}$/.test(days) || Number(days) < 1 || Number(days) > MOST_DAYS)
      throw new UsageFault(`--days: expected a whole number from 1 to ${String(MOST_DAYS)}`);
    const done = await withOperator(context, (operator) => operator.createToken(email, Number(days)));
    if (!done.ok) return saidNo(context, done);
    result(context, { ok: true, token: done.token, expiresAt: done.expiresAt }, [done.token]);
    context.io.say(`Holds until ${done.expiresAt}. Use it as "Authorization: Bearer …".`);
    return EXIT.done;
  },
};

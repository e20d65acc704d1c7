import type { TenantId } from '#domain/ids.ts';
import { parseId } from '#domain/ids.ts';
import { type Role, roles } from '#domain/message.ts';
import type { Operator } from '../../app/product.ts';
import { EXIT, type ExitCode, UsageFault } from '../exit-codes.ts';
import { withOperator } from '../operator.ts';
import { saidNo } from '../refused.ts';
import { table } from '../table.ts';
import { type Args, type Context, result, type Verb } from '../verb.ts';

export const user: Verb = {
  name: 'user',
  summary: 'Add and list people, set a password',
  usage: [
    'user list [--organisation ID]',
    'user add --email EMAIL --name NAME --role ROLE [--organisation ID] [--password-stdin]',
    'user password --email EMAIL [--password-stdin]',
  ],
  says: `Works on this machine's data without a sign-in: whoever may read the data folder may use it. ROLE is one of: ${roles.join(', ')}. The password is asked for, or read from stdin; never given as an option, where the list of processes would show it.`,
  options: {
    email: { type: 'string', value: 'EMAIL', says: 'E-mail address of the person.' },
    name: { type: 'string', value: 'NAME', says: 'Name as colleagues see it.' },
    role: { type: 'string', value: 'ROLE', says: 'What the person may do.' },
    organisation: { type: 'string', value: 'ID', says: 'Needed only where there is more than one organisation.' },
    'password-stdin': { type: 'boolean', says: 'Read the password from stdin.' },
  },
  run: async (args, context) => {
    const [action, ...more] = args.positionals;
    if (more.length > 0) throw new UsageFault('expected one of list, add, password');
    switch (action ?? '') {
      case 'list':
        return withOperator(context, (operator) => list(args, context, operator));
      case 'add':
        return add(args, context);
      case 'password':
        return setPassword(args, context);
      default:
        throw new UsageFault('expected one of list, add, password');
    }
  },
};

const list = async (args: Args, context: Context, operator: Operator): Promise<ExitCode> => {
  const organisation = await organisationOf(args, operator);
  const people = await operator.people(organisation);
  result(
    context,
    { ok: true, organisation, people },
    table(
      ['account', 'role'],
      people.map(({ accountId, role }) => [accountId, role]),
    ),
  );
  return EXIT.done;
};

const add = async (args: Args, context: Context): Promise<ExitCode> => {
  const input = { email: needed(args, 'email'), name: needed(args, 'name'), role: roleOf(needed(args, 'role')) };
  const password = await passwordFrom(args, context);
  return withOperator(context, async (operator) => {
    const done = await operator.addPerson(await organisationOf(args, operator), { ...input, password });
    if (!done.ok) return saidNo(context, done);
    result(context, { ok: true, accountId: done.accountId }, [`Added: ${done.accountId}`]);
    return EXIT.done;
  });
};

const setPassword = async (args: Args, context: Context): Promise<ExitCode> => {
  const email = needed(args, 'email');
  const password = await passwordFrom(args, context);
  const done = await withOperator(context, (operator) => operator.setPassword(email, password));
  if (!done.ok) return saidNo(context, done);
  result(context, { ok: true }, ['The password is set.']);
  return EXIT.done;
};

const needed = (args: Args, name: string): string => {
  const value = args.text(name);
  if (value === undefined || value === '') throw new UsageFault(`--${name} is missing`);
  return value;
};

const roleOf = (text: string): Role => {
  const role = roles.find((each) => each === text);
  if (role === undefined) throw new UsageFault(`--role: expected one of ${roles.join(', ')}`);
  return role;
};

const passwordFrom = async (args: Args, { io }: Context): Promise<string> => {
  if (args.flag('password-stdin')) return io.readStdin();
  if (!io.canAsk) throw new UsageFault('nobody is there to type a password: give --password-stdin');
  const password = await io.askHidden('Password: ');
  if ((await io.askHidden('The same again: ')) !== password) throw new UsageFault('the two passwords differ');
  return password;
};

/** The one that is named, or the only one there is. */
const organisationOf = async (args: Args, operator: Operator): Promise<TenantId> => {
  const all = await operator.organisations();
  const given = args.text('organisation');
  const chosen = given === undefined ? all : all.filter(({ tenant }) => tenant === parseId<'tenant'>(given));
  const [only, ...others] = chosen;
  if (only === undefined)
    throw new UsageFault(
      given === undefined
        ? 'there is no organisation yet: open the first page and make one'
        : '--organisation: there is no such organisation',
    );
  if (others.length > 0) throw new UsageFault(`--organisation: expected one of ${all.map(({ tenant }) => tenant).join(', ')}`);
  return only.tenant;
};

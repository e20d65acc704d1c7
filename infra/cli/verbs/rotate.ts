import { parseId, type TenantId } from '#domain/ids.ts';
import type { KeysDesk } from '../../compose/keys.ts';
import type { Config } from '../../config.ts';
import type { RootReport, TenantKeys } from '../../vaultstore/open-keys.ts';
import { confirm, YES } from '../confirm.ts';
import { CliFault, EXIT, type ExitCode, UsageFault } from '../exit-codes.ts';
import { progressBar } from '../progress.ts';
import { table } from '../table.ts';
import { type Args, type Context, result, type Verb } from '../verb.ts';

export const rotate: Verb = {
  name: 'rotate',
  summary: 'Replace the root key, or the key of an organisation',
  usage: ['rotate root [--yes]', 'rotate tenant TENANT', 'rotate tenant --all', 'rotate status'],
  says: 'Makes a new key, wraps everything that stands under the old one anew, searches the keyring for what is left of the old wrappings, and destroys the old key. Sealed values are not touched. "root" goes to the source that a VCONNECT_NEXT_ROOT_… variable names (file, key, passphrase, Transit), or else to a new key in the same file or under the same Transit key. "status" shows the keys and whether a rotation is unfinished. Runs beside the servers, which need no restart; killed at any point, it goes on when it is called again.',
  options: { all: { type: 'boolean', says: 'Every organisation, one after the other.' }, yes: YES },
  run: async (args, context) => {
    const [form, ...rest] = args.positionals;
    if (args.flag('all') && form !== 'tenant') throw new UsageFault('--all belongs to "rotate tenant"');
    if (form === 'root' && rest.length === 0) return withKeys(context, (keys, config) => ofRoot(keys, config, args, context));
    if (form === 'tenant' && rest.length === (args.flag('all') ? 0 : 1)) {
      const tenant = rest[0] === undefined ? null : parseId<'tenant'>(rest[0]);
      if (rest[0] !== undefined && tenant === null) throw new UsageFault('expected an organisation id of 32 hexadecimal digits');
      return withKeys(context, (keys) => ofTenants(keys, tenant, context));
    }
    if (form === 'status' && rest.length === 0) return withKeys(context, (keys) => status(keys, context));
    throw new UsageFault('expected "root", "tenant TENANT", "tenant --all" or "status"');
  },
};

const withKeys = async ({ parts }: Context, work: (keys: KeysDesk, config: Config) => Promise<ExitCode> | ExitCode): Promise<ExitCode> => {
  const config = parts.config();
  const keys = await parts.openKeys(config, parts.log(config));
  try {
    return await work(keys, config);
  } finally {
    await keys.close();
  }
};

const ofRoot = async (keys: KeysDesk, config: Config, args: Args, context: Context): Promise<ExitCode> => {
  await confirm(args, context, {
    warning:
      'This destroys the present root key here, its file too. Backups of the keyring made until now open only with it: keep a copy of it elsewhere as long as you keep them.',
    word: 'rotate',
  });
  const progress = bar(context, 'root key');
  const root = await keys.rotateRoot(progress);
  progress.end();
  result(context, { ok: true, root }, [`The root key is replaced: ${root.id}, from ${SOURCE[root.source]}.`]);
  context.io.say(NOW[(config.nextRootKey ?? config.rootKey).kind]);
  if (config.nextRootKey !== null) context.io.say('Then remove the VCONNECT_NEXT_ROOT_… variable. What runs goes on without a restart.');
  return EXIT.done;
};

const SOURCE = { file: 'a file', bytes: 'the environment', passphrase: 'a passphrase', transit: 'a key service' } as const;
const NOW = {
  file: 'Keep a copy of the new file elsewhere. If it has another name than the old one, set VCONNECT_ROOT_KEY_FILE to it.',
  bytes: 'Set VCONNECT_ROOT_KEY to the new key: a start with the old one is refused.',
  passphrase: 'Set VCONNECT_ROOT_PASSPHRASE to the new passphrase: a start with the old one is refused.',
  transit: 'Set VCONNECT_ROOT_TRANSIT_KEY to the key that wraps it now: a start without it is refused.',
} as const;

const ofTenants = async (keys: KeysDesk, tenant: TenantId | null, context: Context): Promise<ExitCode> => {
  const wanted = tenant === null ? keys.tenants().flatMap((each) => parseId<'tenant'>(each.tenant) ?? []) : [tenant];
  const rotated: TenantId[] = [];
  for (const one of wanted) {
    const progress = bar(context, one);
    const known = await keys.rotateTenant(one, progress);
    if (!known && tenant !== null)
      throw new CliFault('ORGANISATION_UNKNOWN', 'There is no organisation with this id here: nothing was done.');
    progress.end();
    if (known) rotated.push(one);
  }
  result(
    context,
    { ok: true, rotated },
    rotated.map((one) => `The key of organisation ${one} is replaced.`),
  );
  return EXIT.done;
};

const bar = ({ io }: Context, what: string) => {
  const progress = progressBar(io, what, undefined, 'keys');
  return { onProgress: (done: number, all: number) => progress.at(BigInt(done), BigInt(all)), end: () => progress.end() };
};

const status = (keys: KeysDesk, context: Context): ExitCode => {
  const [roots, tenants] = [keys.roots(), keys.tenants()];
  const open = [
    ...roots.filter(({ state }) => state === 'next' || state === 'retiring'),
    ...tenants.filter(({ keyIds }) => keyIds.length > 1),
  ];
  result(context, { ok: true, roots, tenants, unfinished: open.length }, [
    ...table(['root key', 'from', 'state', 'since', 'until'], roots.map(rootRow)),
    '',
    ...table(['organisation', 'tenant keys', 'people', 'destroyed', 'periods', 'destroyed', 'holds'], tenants.map(tenantRow)),
    ...(open.length === 0 ? [] : ['', 'A rotation is not finished: call it again, it goes on where it stopped.']),
  ]);
  return EXIT.done;
};

const rootRow = ({ id, source, state, createdAt, retiredAt }: RootReport): readonly string[] => [
  id,
  source,
  state,
  createdAt,
  retiredAt ?? '',
];

const tenantRow = ({ tenant, keyIds, counts }: TenantKeys): readonly string[] => {
  const of = (kind: string) => counts.find((one) => one.kind === kind) ?? { living: 0, destroyed: 0 };
  const [people, periods] = [of('subject'), of('bucket')];
  return [tenant, ...[keyIds.length, people.living, people.destroyed, periods.living, periods.destroyed, of('hold').living].map(String)];
};

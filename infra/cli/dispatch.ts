import { parseArgs, type ParseArgsOptionsConfig } from 'node:util';
import { EXIT, type ExitCode, failureOf, UsageFault } from './exit-codes.ts';
import { helpOf, overview } from './help.ts';
import type { Io } from './io.ts';
import type { Args, CliParts, Context, OptionSpec, Verb } from './verb.ts';

/** Options that every verb understands. */
export const COMMON = {
  help: { type: 'boolean', short: 'h', says: 'Show this help.' },
  json: { type: 'boolean', says: 'Print the result as one line of JSON on stdout.' },
} as const;

/** Runs one command line and says how it ended. Throws nothing. */
export const dispatch = async (verbs: readonly Verb[], argv: readonly string[], parts: CliParts, io: Io): Promise<ExitCode> => {
  const [name, ...rest] = argv;
  if (name === undefined || name === 'help' || name === '--help' || name === '-h') {
    io.out(overview(verbs));
    return name === undefined ? EXIT.usage : EXIT.done;
  }
  const verb = verbs.find((each) => each.name === name);
  if (verb === undefined) {
    io.say(`vconnect: there is no verb "${name}"; "vconnect --help" lists them.`);
    return EXIT.usage;
  }
  const json = rest.includes('--json');
  try {
    const args = readArgs(verb, rest);
    if (args.flag('help')) {
      io.out(helpOf(verb, COMMON));
      return EXIT.done;
    }
    return await verb.run(args, { io, parts, json });
  } catch (error) {
    return fail(verb, error, { io, parts, json });
  }
};

const readArgs = (verb: Verb, argv: readonly string[]): Args => {
  const specs: Readonly<Record<string, OptionSpec>> = { ...COMMON, ...verb.options };
  const options: ParseArgsOptionsConfig = Object.fromEntries(
    Object.entries(specs).map(([name, { type, short }]) => [name, short === undefined ? { type } : { type, short }]),
  );
  const parsed = parse(options, argv);
  return {
    positionals: parsed.positionals,
    text: (name) => {
      const value = parsed.values[name];
      return typeof value === 'string' ? value : undefined;
    },
    flag: (name) => parsed.values[name] === true,
  };
};

const parse = (options: ParseArgsOptionsConfig, argv: readonly string[]) => {
  try {
    return parseArgs({ args: [...argv], options, allowPositionals: true, strict: true });
  } catch (error) {
    // The message names the option; it goes to the terminal it was typed on.
    throw new UsageFault(error instanceof Error ? (error.message.split('. ', 1)[0] ?? '') : 'the options cannot be read');
  }
};

const fail = (verb: Verb, error: unknown, { io, json, parts }: Context): ExitCode => {
  const failure = failureOf(error);
  io.say(`vconnect ${verb.name}: ${failure.says}`);
  if (failure.exit === EXIT.usage) io.say(`"vconnect ${verb.name} --help" shows how it is used.`);
  if (json) io.out(JSON.stringify({ ok: false, code: failure.code, says: failure.says }));
  if (isUnexpected(failure.says, failure.code)) logUnexpected(parts, error);
  return failure.exit;
};

const isUnexpected = (says: string, code: string): boolean => says.includes(`(${code})`);

const logUnexpected = (parts: CliParts, error: unknown): void => {
  try {
    parts.log(parts.config()).error('cli.failed', { err: error });
  } catch {
    // The configuration itself is what failed, and has been said.
    return;
  }
};

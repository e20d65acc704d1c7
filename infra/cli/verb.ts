import type { Config } from '../config.ts';
import type { Product, ReadModels } from '../app/product.ts';
import type { KeysDesk } from '../compose/keys.ts';
import type { OpenAs } from '../processes/roles.ts';
import type { LogReport } from '../eventstore/verify-log.ts';
import type { Log } from '../log.ts';
import type { WebHandler } from '../http/web-handler.ts';
import type { ExitCode } from './exit-codes.ts';
import type { Io } from './io.ts';

export type OptionSpec = {
  readonly type: 'string' | 'boolean';
  readonly short?: string;
  /** What stands for the value in the help: `EMAIL`. */
  readonly value?: string;
  readonly says: string;
};

export type Args = {
  readonly positionals: readonly string[];
  readonly text: (name: string) => string | undefined;
  readonly flag: (name: string) => boolean;
};

/** Heavy or outside parts, loaded only by the verb that needs them. */
export type CliParts = {
  readonly config: () => Config;
  readonly log: (config: Config) => Log;
  /** Without the vault: the log for reading, and the views. */
  readonly openReadModels: (config: Config, log: Log, role: 'projector' | 'cli') => Promise<ReadModels>;
  readonly openProduct: (config: Config, log: Log, role: OpenAs) => Promise<Product>;
  /** The keyring alone. */
  readonly openKeys: (config: Config, log: Log) => Promise<KeysDesk>;
  readonly webHandler: () => Promise<WebHandler>;
  readonly startSimulator: (options: { readonly port: number; readonly host: string }) => Promise<RunningSimulator>;
  readonly runDemo: (product: Product, config: Config, print: (line: string) => void) => Promise<void>;
  readonly verify: (input: VerifyInput) => Promise<Verified>;
  /** Reads the log and the sealed values of a data folder, without any key. */
  readonly verifyLog: (folder: string, onProgress: (done: bigint, all: bigint) => void) => Promise<LogReport>;
};

export type RunningSimulator = { readonly url: string; readonly close: () => Promise<void> };

export type VerifyInput = {
  readonly certificate: Uint8Array;
  readonly vkey: string;
  readonly salt: string | null;
  readonly subject: string | null;
};
export type Verified =
  | { readonly ok: true; readonly says: string; readonly facts: Readonly<Record<string, string | number | boolean | null>> }
  | { readonly ok: false; readonly code: string; readonly says: string };

export type Context = { readonly io: Io; readonly parts: CliParts; readonly json: boolean };

/** One verb, one file. A test holds `name`, `summary`, `usage` and every option against the README. */
export type Verb = {
  readonly name: string;
  /** One line, for the list of verbs. */
  readonly summary: string;
  /** Forms of the command line after `vconnect`. */
  readonly usage: readonly string[];
  /** A paragraph for `--help`. */
  readonly says: string;
  readonly options: Readonly<Record<string, OptionSpec>>;
  readonly run: (args: Args, context: Context) => Promise<ExitCode>;
};

/** Prints a result: as JSON on one line, or as text. */
export const result = ({ io, json }: Context, value: object, lines: readonly string[]): void => {
  if (json) io.out(JSON.stringify(value, (_key, each: unknown) => (typeof each === 'bigint' ? each.toString() : each)));
  else for (const line of lines) io.out(line);
};

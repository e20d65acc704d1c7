import { join, resolve } from 'node:path';
import { type LogLevel, type Variable, variables } from './config-variables.ts';
import type { StartRole } from './processes/roles.ts';
import type { TransitKey } from './vaultstore/kms/transit.ts';
import type { RootKeySource } from './vaultstore/root-key.ts';

export type Config = {
  readonly host: string;
  /** 0: any free port, said when the server listens. */
  readonly port: number;
  /** Without a slash at its end; null when each request's own host counts. */
  readonly publicUrl: string | null;
  readonly trustedProxies: readonly string[];
  /** Absolute. */
  readonly dataFolder: string;
  readonly role: StartRole;
  readonly rootKey: RootKeySource;
  /** What a rotation of the root key goes to; null when nothing is named. */
  readonly nextRootKey: RootKeySource | null;
  readonly whatsapp: { readonly baseUrl: string; readonly allowedHosts: readonly string[] };
  readonly simulator: { readonly port: number };
  readonly demoPassword: string | null;
  readonly logLevel: LogLevel;
  readonly tests: { readonly eventstoreUrl: string | null; readonly mongodbUrl: string | null };
};

/** The environment is not usable. The message names the variable and what was expected, never its value. */
export class ConfigFault extends Error {
  readonly code = 'CONFIG_INVALID';
  readonly variable: string;
  constructor(variable: string, expected: string) {
    super(`${variable}: expected ${expected}`);
    this.name = 'ConfigFault';
    this.variable = variable;
  }
}

export type Environment = Readonly<Record<string, string | undefined>>;

/** Reads and checks the environment. Throws `ConfigFault`. */
export const loadConfig = (environment: Environment = process.env): Config => {
  refuseUnknown(environment);
  const read = reader(environment);
  const dataFolder = resolve(read('VCONNECT_DATA', variables.VCONNECT_DATA));
  // Checked although nothing is done with them: a release that has only the embedded engines must say so.
  read('VCONNECT_EVENTSTORE_URL', variables.VCONNECT_EVENTSTORE_URL);
  read('VCONNECT_VIEWS_URL', variables.VCONNECT_VIEWS_URL);
  read('VCONNECT_PAYLOADS_URL', variables.VCONNECT_PAYLOADS_URL);
  read('VCONNECT_KEYRING_URL', variables.VCONNECT_KEYRING_URL);
  return {
    host: read('VCONNECT_HOST', variables.VCONNECT_HOST),
    port: read('VCONNECT_PORT', variables.VCONNECT_PORT),
    publicUrl: withoutSlash(read('VCONNECT_PUBLIC_URL', variables.VCONNECT_PUBLIC_URL)),
    trustedProxies: read('VCONNECT_TRUSTED_PROXIES', variables.VCONNECT_TRUSTED_PROXIES),
    dataFolder,
    role: read('VCONNECT_ROLE', variables.VCONNECT_ROLE),
    rootKey: rootKeyOf(read, 'ROOT') ?? { kind: 'file', path: join(dataFolder, 'keyring', 'root.key') },
    nextRootKey: rootKeyOf(read, 'NEXT_ROOT'),
    whatsapp: {
      baseUrl: read('VCONNECT_WHATSAPP_BASE_URL', variables.VCONNECT_WHATSAPP_BASE_URL),
      allowedHosts: read('VCONNECT_WHATSAPP_ALLOWED_HOSTS', variables.VCONNECT_WHATSAPP_ALLOWED_HOSTS),
    },
    simulator: { port: read('VCONNECT_SIMULATOR_PORT', variables.VCONNECT_SIMULATOR_PORT) },
    demoPassword: read('VCONNECT_DEMO_PASSWORD', variables.VCONNECT_DEMO_PASSWORD),
    logLevel: read('VCONNECT_LOG_LEVEL', variables.VCONNECT_LOG_LEVEL),
    tests: {
      eventstoreUrl: read('VCONNECT_TEST_EVENTSTORE_URL', variables.VCONNECT_TEST_EVENTSTORE_URL),
      mongodbUrl: read('VCONNECT_TEST_MONGODB_URL', variables.VCONNECT_TEST_MONGODB_URL),
    },
  };
};

/**
 * What adapter-node reads from the environment when `web/build/handler.js` is loaded. Without PROTOCOL_HEADER it takes every request
 * for https and refuses form posts over http with 403; without BODY_SIZE_LIMIT a form of 600 kB is refused. Must run before the import.
 */
export const prepareWebEnvironment = (protocolHeader: string, bodyLimitBytes: number): void => {
  process.env.PROTOCOL_HEADER = protocolHeader;
  process.env.BODY_SIZE_LIMIT = String(bodyLimitBytes);
  // Names this common may be set for something else; adapter-node would believe them.
  for (const name of ['HOST_HEADER', 'PORT_HEADER', 'ADDRESS_HEADER', 'XFF_DEPTH']) Reflect.deleteProperty(process.env, name);
};

type Read = <T>(name: string, variable: Variable<T>) => T;

const reader =
  (environment: Environment): Read =>
  (name, { fallback, schema }) => {
    const given = environment[name] ?? '';
    const result = schema.safeParse(given === '' ? fallback : given);
    if (result.success) return result.data;
    throw new ConfigFault(name, result.error.issues[0]?.message ?? 'another value');
  };

/** Used by bin.mjs between the two processes it may be. */
const INTERNAL = new Set(['VCONNECT_REPEATED_UNDER_OWN_NODE']);

/** A misspelt name must not silently mean the default. */
const refuseUnknown = (environment: Environment): void => {
  for (const name of Object.keys(environment)) {
    if (!name.startsWith('VCONNECT_') || name in variables || INTERNAL.has(name)) continue;
    throw new ConfigFault(/^[A-Z0-9_]{1,64}$/.test(name) ? name : 'VCONNECT_…', 'a variable that .env.example lists');
  }
};

const rootKeyOf = (read: Read, which: 'ROOT' | 'NEXT_ROOT'): RootKeySource | null => {
  const path = read(`VCONNECT_${which}_KEY_FILE`, variables[`VCONNECT_${which}_KEY_FILE`]);
  const digits = read(`VCONNECT_${which}_KEY`, variables[`VCONNECT_${which}_KEY`]);
  const passphrase = read(`VCONNECT_${which}_PASSPHRASE`, variables[`VCONNECT_${which}_PASSPHRASE`]);
  const address = read(`VCONNECT_${which}_TRANSIT_KEY`, variables[`VCONNECT_${which}_TRANSIT_KEY`]);
  if ([path, digits, passphrase, address].filter((each) => each !== null).length > 1) {
    const names = ['_KEY_FILE', '_KEY', '_PASSPHRASE'].map((end) => `VCONNECT_${which}${end}`);
    throw new ConfigFault(`VCONNECT_${which}_KEY`, `only one of ${names.join(', ')} and VCONNECT_${which}_TRANSIT_KEY`);
  }
  if (digits !== null) return { kind: 'bytes', key: Uint8Array.from(Buffer.from(digits, 'hex')) };
  if (passphrase !== null) return { kind: 'passphrase', passphrase };
  if (address !== null) return { kind: 'transit', key: transitKeyOf(read, address) };
  return path === null ? null : { kind: 'file', path: resolve(path) };
};

const transitKeyOf = (read: Read, address: string): TransitKey => {
  const token = read('VCONNECT_TRANSIT_TOKEN', variables.VCONNECT_TRANSIT_TOKEN);
  const file = read('VCONNECT_TRANSIT_TOKEN_FILE', variables.VCONNECT_TRANSIT_TOKEN_FILE);
  const namespace = read('VCONNECT_TRANSIT_NAMESPACE', variables.VCONNECT_TRANSIT_NAMESPACE);
  if ((token === null) === (file === null))
    throw new ConfigFault(
      'VCONNECT_TRANSIT_TOKEN',
      'a token, or VCONNECT_TRANSIT_TOKEN_FILE, and not both, for a root key that Transit wraps',
    );
  if (file !== null) return { address, token: { kind: 'file', path: resolve(file) }, namespace };
  return { address, token: { kind: 'text', token: token ?? '' }, namespace };
};

const withoutSlash = (url: string | null): string | null => url?.replace(/\/+$/, '') ?? null;

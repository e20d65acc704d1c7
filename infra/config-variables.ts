import { isIP } from 'node:net';
import { z } from 'zod';
import { startRoles } from './processes/roles.ts';
import { parseKeyAddress } from './transit-key-address.ts';

/**
 * Every variable of the environment that the product knows. `fallback` is what an empty or missing one means, `says` becomes its
 * sentence in `.env.example`, and the schema's own text ends the sentence "<name>: expected …", which never repeats the value.
 */
export type Variable<T> = { readonly fallback: string; readonly says: string; readonly schema: z.ZodType<T, string> };

export const logLevels = ['silent', 'error', 'warn', 'info', 'debug'] as const;
export type LogLevel = (typeof logLevels)[number];

const ROOT_KEY = /^[0-9a-fA-F]{64}$/;
const HOST = /^[A-Za-z0-9](?:[A-Za-z0-9.-]{0,252})$/;
const HOST_AND_PORT = /^[A-Za-z0-9](?:[A-Za-z0-9.-]{0,252})(?::\d{1,5})?$/;
const HIGHEST_PORT = 65_535;

const variable = <T>(fallback: string, says: string, schema: z.ZodType<T, string>): Variable<T> => ({ fallback, says, schema });

const text = z.string().transform((value) => (value === '' ? null : value));
const port = z
  .string()
  .regex(/^\d{1,5}$/, 'a whole number from 0 to 65535')
  .transform(Number)
  .refine((value) => value <= HIGHEST_PORT, 'a whole number from 0 to 65535');
const host = z.string().refine((value) => isIP(value) !== 0 || HOST.test(value), 'an address or a host name without scheme and port');
const url = (...schemes: readonly string[]) =>
  z.string().refine((value) => schemes.includes(schemeOf(value)), `an address that starts with ${schemes.join(' or ')}`);
const orNull = (schema: z.ZodType<string, string>) =>
  z.string().transform((value, context): string | null => {
    if (value === '') return null;
    const result = schema.safeParse(value);
    if (result.success) return result.data;
    context.addIssue(result.error.issues[0]?.message ?? 'another value');
    return z.NEVER;
  });
const list = (pattern: (part: string) => boolean, expected: string) =>
  z
    .string()
    .transform((value): readonly string[] =>
      value
        .split(',')
        .map((part) => part.trim())
        .filter((part) => part !== ''),
    )
    .refine((parts) => parts.every(pattern), expected);
const rootKeyText = orNull(z.string().regex(ROOT_KEY, '64 hexadecimal digits'));
const transitKey = orNull(
  z.string().refine((value) => parseKeyAddress(value) !== null, 'https://…/v1/<mount>/keys/<name> (plain http:// only for this machine)'),
);
/** The embedded engine is the only one of this release; a value would promise what it cannot keep. */
const notYet = z.string().refine((value) => value === '', 'nothing: other engines than the embedded one are not in this release yet');

const schemeOf = (value: string): string => (URL.canParse(value) ? new URL(value).protocol.concat('//') : '');
const isNetwork = (part: string): boolean => {
  const [address = '', bits, ...rest] = part.split('/');
  const family = isIP(address);
  return family !== 0 && rest.length === 0 && (bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (family === 4 ? 32 : 128)));
};

export const variables = {
  VCONNECT_PORT: variable('8080', 'Port of the one server: pages, API, webhooks, health and metrics.', port),
  VCONNECT_HOST: variable(
    '127.0.0.1',
    'Address to listen on. The default is reachable from this machine only; 0.0.0.0 opens it to the network.',
    host,
  ),
  VCONNECT_PUBLIC_URL: variable(
    '',
    'Address that browsers and Meta use when it is not the one above, such as https://inbox.example.com behind a TLS proxy. Empty: what each request names, over plain HTTP.',
    orNull(url('http://', 'https://')),
  ),
  VCONNECT_TRUSTED_PROXIES: variable(
    '',
    "Addresses or networks (10.0.0.0/8), comma-separated, of the proxies whose X-Forwarded-For is believed. Everybody else's forwarded headers are dropped.",
    list(isNetwork, 'addresses or networks, separated by commas'),
  ),
  VCONNECT_DATA: variable('./data', 'Folder of everything that is stored. Made with mode 0700 at the first start.', z.string()),
  VCONNECT_ROLE: variable(
    'all',
    `What this process does, where several share a data folder: ${startRoles.join(', ')}. The option --role of "vconnect start" goes before it.`,
    z.enum(startRoles, `one of ${startRoles.join(', ')}`),
  ),
  VCONNECT_ROOT_KEY_FILE: variable(
    '',
    'File of the root key, 64 hexadecimal digits, mode 0600. Empty: keyring/root.key in the data folder, made at the first start. Without the root key nothing that is stored can be read: keep a copy elsewhere.',
    text,
  ),
  VCONNECT_ROOT_KEY: variable('', 'The root key itself, 64 hexadecimal digits, instead of a file.', rootKeyText),
  VCONNECT_ROOT_PASSPHRASE: variable('', 'A passphrase from which the root key is derived by scrypt, instead of a file.', text),
  VCONNECT_ROOT_TRANSIT_KEY: variable(
    '',
    'Address of a key in the Transit engine of HashiCorp Vault or OpenBao that wraps the root key, instead of a file: https://bao.example.com:8200/v1/transit/keys/vconnect. Asked once at each start; what runs goes on without it. A private CA: NODE_EXTRA_CA_CERTS.',
    transitKey,
  ),
  VCONNECT_TRANSIT_TOKEN: variable(
    '',
    'Token for Transit. Its policy needs "update" on <mount>/encrypt/<name> and <mount>/decrypt/<name>.',
    text,
  ),
  VCONNECT_TRANSIT_TOKEN_FILE: variable(
    '',
    'File with that token, read at each use, such as the sink of an agent, instead of the token.',
    text,
  ),
  VCONNECT_TRANSIT_NAMESPACE: variable('', 'Namespace of Transit, where the service has namespaces.', text),
  VCONNECT_NEXT_ROOT_KEY_FILE: variable(
    '',
    'For "vconnect rotate root" alone: the file of the next root key, made when missing. With none of the four, a new key takes the place of the old one where that is kept (file or Transit).',
    text,
  ),
  VCONNECT_NEXT_ROOT_KEY: variable('', 'For "vconnect rotate root" alone: the next root key itself.', rootKeyText),
  VCONNECT_NEXT_ROOT_PASSPHRASE: variable('', 'For "vconnect rotate root" alone: the passphrase of the next root key.', text),
  VCONNECT_NEXT_ROOT_TRANSIT_KEY: variable(
    '',
    'For "vconnect rotate root" alone: the Transit key that wraps the next root key.',
    transitKey,
  ),
  VCONNECT_EVENTSTORE_URL: variable(
    '',
    'Event store on a server (esdb://, kurrentdb://). Empty: embedded. Not in this release yet.',
    notYet,
  ),
  VCONNECT_VIEWS_URL: variable('', 'Read models on a server (mongodb://). Empty: embedded. Not in this release yet.', notYet),
  VCONNECT_PAYLOADS_URL: variable('', 'Sealed values on a server (mongodb://). Empty: embedded. Not in this release yet.', notYet),
  VCONNECT_KEYRING_URL: variable('', 'Keyring on a server (mongodb://). Empty: embedded. Not in this release yet.', notYet),
  VCONNECT_WHATSAPP_BASE_URL: variable('https://graph.facebook.com', "Address of Meta's Graph API.", url('https://', 'http://')),
  VCONNECT_WHATSAPP_ALLOWED_HOSTS: variable(
    '',
    'Further hosts, comma-separated, that a channel may name as its Graph API. The simulator of this machine is always allowed.',
    list((part) => HOST_AND_PORT.test(part), 'host names, each with or without a port, separated by commas'),
  ),
  VCONNECT_SIMULATOR_PORT: variable('8090', 'Port of the WhatsApp simulator.', port),
  VCONNECT_DEMO_PASSWORD: variable('', 'One password for all people of the demo. Empty: one is made and printed.', text),
  VCONNECT_LOG_LEVEL: variable('info', `What is logged: ${logLevels.join(', ')}.`, z.enum(logLevels, `one of ${logLevels.join(', ')}`)),
  VCONNECT_TEST_EVENTSTORE_URL: variable(
    '',
    'An event store that the tests may use, and empty. Never one with data.',
    orNull(url('esdb://', 'esdb+discover://', 'kurrentdb://', 'kurrentdb+discover://')),
  ),
  VCONNECT_TEST_MONGODB_URL: variable(
    '',
    'A MongoDB that the tests may use, and empty. Never one with data.',
    orNull(url('mongodb://', 'mongodb+srv://')),
  ),
} as const satisfies Readonly<Record<string, Variable<unknown>>>;

/** The text of `.env.example`: each variable with its sentence, commented out at its default. */
export const renderEnvExample = (): string =>
  [
    '# Everything that can be set, each with what it means when it is empty. Copy to .env and start with',
    '#   node --env-file=.env infra/cli/main.ts start',
    '# or set the variables in the environment. A value is checked at the start; what is wrong is said in one sentence.',
    ...Object.entries(variables).flatMap(([name, { fallback, says }]) => ['', `# ${says}`, `# ${name}=${fallback}`]),
    '',
  ].join('\n');

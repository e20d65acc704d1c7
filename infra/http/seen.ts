import type { IncomingMessage } from 'node:http';
import { BlockList, isIP } from 'node:net';

/** What the server itself knows of a request: who is at the other end, and under which address the browser sees us. */
export type Seen = { readonly address: string | null; readonly baseUrl: string; readonly secure: boolean };

export type Origins = { readonly publicUrl: string | null; readonly trustedProxies: readonly string[] };

/** Set by us alone; adapter-node reads the scheme from it (`prepareWebEnvironment`). */
export const PROTOCOL_HEADER = 'x-forwarded-proto';

const CLIENT_HEADERS = [
  'forwarded',
  'x-forwarded-for',
  'x-forwarded-host',
  'x-forwarded-port',
  'x-forwarded-proto',
  'x-forwarded-server',
  'x-real-ip',
  'x-original-url',
  'x-rewrite-url',
];
const HOST = /^(?:[A-Za-z0-9._-]{1,253}|\[[0-9A-Fa-f:.]{2,45}\])(?::\d{1,5})?$/;

export type Adopt = (request: IncomingMessage) => Seen | null;

/**
 * Takes a request in: drops every forwarded header a client may have made up, keeps the address that a trusted proxy names, and says
 * scheme and host ourselves. Null when the request names no usable host.
 */
export const createAdopt = ({ publicUrl, trustedProxies }: Origins): Adopt => {
  const proxies = networks(trustedProxies);
  const fixed = publicUrl === null ? null : new URL(publicUrl);
  return (request) => {
    const address = addressOf(request, proxies);
    for (const name of CLIENT_HEADERS) Reflect.deleteProperty(request.headers, name);
    if (fixed !== null) request.headers.host = fixed.host;
    const { host } = request.headers;
    if (host === undefined || !HOST.test(host)) return null;
    const scheme = fixed === null ? 'http' : fixed.protocol.slice(0, -1);
    request.headers[PROTOCOL_HEADER] = scheme;
    return { address, baseUrl: fixed?.origin ?? `${scheme}://${host}`, secure: scheme === 'https' };
  };
};

/** The peer, or, when it is a trusted proxy, the nearest hop before it that is not one. */
const addressOf = (request: IncomingMessage, proxies: BlockList): string | null => {
  const hops = (request.headers['x-forwarded-for'] ?? '')
    .toString()
    .split(',')
    .map((hop) => hop.trim());
  let address = plainAddress(request.socket.remoteAddress ?? '');
  while (isTrusted(address, proxies)) {
    const before = plainAddress(hops.pop() ?? '');
    if (isIP(before) === 0) break;
    address = before;
  }
  return address === '' ? null : address;
};

const isTrusted = (address: string, proxies: BlockList): boolean =>
  isIP(address) !== 0 && proxies.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4');

/** `::ffff:127.0.0.1` is an IPv4 peer seen by a socket of both families. */
const plainAddress = (address: string): string => (address.startsWith('::ffff:') ? address.slice('::ffff:'.length) : address);

const networks = (parts: readonly string[]): BlockList => {
  const list = new BlockList();
  for (const part of parts) {
    const [address = '', bits] = part.split('/');
    const family = isIP(address) === 6 ? 'ipv6' : 'ipv4';
    if (bits === undefined) list.addAddress(address, family);
    else list.addSubnet(address, Number(bits), family);
  }
  return list;
};

/** Requests that came in through the front server, until they are gone. */
const adopted = new WeakMap<IncomingMessage, Seen>();

export const rememberSeen = (request: IncomingMessage, seen: Seen): void => {
  adopted.set(request, seen);
};

/** What the front server saw. A request that did not come through it (a test's `inject`) is seen as plain HTTP from nowhere. */
export const seenOf = (request: IncomingMessage): Seen =>
  adopted.get(request) ?? { address: null, baseUrl: `http://${request.headers.host ?? 'localhost'}`, secure: false };

import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { VaultFault } from '#vault/fault.ts';
import { parseKeyAddress } from '#infra/transit-key-address.ts';
import type { KeyService } from './key-service.ts';

/** One key of the Transit secrets engine of HashiCorp Vault or OpenBao. */
export type TransitKey = {
  /** Address of the key, `https://bao.example:8200/v1/transit/keys/vconnect`. */
  readonly address: string;
  /** A file is read at each use: agents renew it. */
  readonly token: { readonly kind: 'text'; readonly token: string } | { readonly kind: 'file'; readonly path: string };
  readonly namespace: string | null;
};

type Options = {
  readonly fetch?: typeof globalThis.fetch;
  /** Longest wait for one answer. */
  readonly timeoutMs?: number;
  /** Pauses before asking again what did not answer: a service that restarts is back within seconds. */
  readonly pausesMs?: readonly number[];
};

const TIMEOUT_MS = 5_000;
const PAUSES_MS = [500, 2_000] as const;
/** An answer holds one ciphertext of some hundred characters; more is not from this interface. */
const MOST_ANSWER_BYTES = 64 * 1024;

const encrypted = z.object({ data: z.object({ ciphertext: z.string().regex(/^[\x21-\x7e]{8,4096}$/) }) });
const decrypted = z.object({ data: z.object({ plaintext: z.base64() }) });

/** The adapter. Only encrypting keys with associated data (aes-gcm, chacha20) take part: asymmetric wrapping is refused by the service itself. */
export const transitKeyService = (key: TransitKey, options: Options = {}): KeyService => {
  const at = parseKeyAddress(key.address);
  if (at === null) throw refused('the address of a Transit key, https://…/v1/<mount>/keys/<name>', 'another text');
  const call = async <T>(operation: 'encrypt' | 'decrypt', body: object, schema: z.ZodType<T>): Promise<T> => {
    const url = `${at.origin}/v1/${at.mount}/${operation}/${at.name}`;
    const text = await patiently(options.pausesMs ?? PAUSES_MS, () => ask(url, key, body, options));
    const parsed = schema.safeParse(parseJson(text));
    if (parsed.success) return parsed.data;
    throw new VaultFault('VAULT_KEY_SERVICE_ANSWER', `expected an answer of Transit to ${operation}, the key service sent something else`);
  };
  const bind = (bound: string): string => Buffer.from(bound).toString('base64');
  return {
    wrap: async (secret, bound) => {
      const body = { plaintext: Buffer.from(secret).toString('base64'), associated_data: bind(bound) };
      return (await call('encrypt', body, encrypted)).data.ciphertext;
    },
    unwrap: async (wrapped, bound) => {
      const { data } = await call('decrypt', { ciphertext: wrapped, associated_data: bind(bound) }, decrypted);
      return new Uint8Array(Buffer.from(data.plaintext, 'base64'));
    },
  };
};

const ask = async (url: string, key: TransitKey, body: object, { fetch = globalThis.fetch, timeoutMs = TIMEOUT_MS }: Options) => {
  const headers = {
    'content-type': 'application/json',
    'x-vault-request': 'true',
    'x-vault-token': tokenOf(key),
    ...(key.namespace === null ? {} : { 'x-vault-namespace': key.namespace }),
  };
  const signal = AbortSignal.timeout(timeoutMs);
  try {
    // A redirect is not followed: `fetch` would carry the token to wherever it points.
    const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify(body), redirect: 'manual', signal });
    const text = await readCapped(response);
    if (response.ok) return text;
    throw faultOf(response.status);
  } catch (error) {
    if (error instanceof VaultFault) throw error;
    throw unreachable(signal.aborted ? `an answer within ${String(timeoutMs)} ms, got none` : 'a connection, got none');
  }
};

const tokenOf = ({ token }: TransitKey): string => {
  const text = token.kind === 'text' ? token.token : readToken(token.path);
  // Anything else would end in a message of `fetch` that quotes the header.
  if (/^[\x21-\x7e]+$/.test(text)) return text;
  throw refused('a token of the key service on one line', 'none');
};

const readToken = (path: string): string => {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch {
    throw refused('a readable file with the token of the key service', 'none at the configured place');
  }
};

const readCapped = async (response: Response): Promise<string> => {
  const parts: Uint8Array[] = [];
  let bytes = 0;
  const body: ReadableStream<Uint8Array> | null = response.body;
  for await (const part of body ?? []) {
    bytes += part.length;
    if (bytes > MOST_ANSWER_BYTES) throw new VaultFault('VAULT_KEY_SERVICE_ANSWER', 'expected a short answer of the key service');
    parts.push(part);
  }
  return Buffer.concat(parts).toString('utf8');
};

const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
};

// Its own messages are not passed on: they may quote what was sent.
const faultOf = (status: number): VaultFault => {
  switch (status) {
    case 400:
      return refused(
        'the Transit key to take this, with associated data',
        'a refusal (400): another key, a key type without it, or another ciphertext',
      );
    case 403:
      return refused(
        'a token that may encrypt and decrypt with the Transit key',
        'a refusal (403): it ended, or its policy lacks the path',
      );
    case 404:
      return refused('the Transit key at the configured address', 'none (404)');
    default:
      return unreachable(`a key service that is unsealed and active, got status ${String(status)}`);
  }
};

const refused = (expected: string, got: string): VaultFault =>
  new VaultFault('VAULT_KEY_SERVICE_REFUSED', `expected ${expected}, got ${got}`);
const unreachable = (expected: string): VaultFault =>
  new VaultFault('VAULT_KEY_SERVICE_UNREACHABLE', `expected of the key service ${expected}`);

const patiently = async <T>(pausesMs: readonly number[], work: () => Promise<T>): Promise<T> => {
  for (const pauseMs of pausesMs) {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof VaultFault) || error.code !== 'VAULT_KEY_SERVICE_UNREACHABLE') throw error;
      await sleep(pauseMs);
    }
  }
  return work();
};

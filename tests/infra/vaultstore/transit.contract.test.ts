import { createServer, type RequestListener, type Server } from 'node:http';
import { afterEach, describe, expect, test } from 'vitest';
import { parseKeyAddress } from '#infra/transit-key-address.ts';
import { transitKeyService } from '#infra/vaultstore/kms/transit.ts';

const TOKEN = 's.a-token-that-no-message-may-hold';
const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close().closeAllConnections();
});

/** A key service that answers as told. @returns its adapter, and how often it was asked */
const answering = async (listener: RequestListener, token = TOKEN) => {
  let asked = 0;
  const server = createServer((request, response) => {
    asked += 1;
    listener(request, response);
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const key = { address: `http://127.0.0.1:${String(port)}/v1/transit/keys/k`, token: { kind: 'text', token }, namespace: 'team' } as const;
  return { service: transitKeyService(key, { timeoutMs: 300, pausesMs: [10, 10] }), asked: () => asked };
};
const json =
  (status: number, body: unknown): RequestListener =>
  (_request, response) => {
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  };
const faultOf = async (work: Promise<unknown>): Promise<unknown> => {
  const fault = await work.then(
    () => null,
    (error: unknown) => error,
  );
  expect(JSON.stringify(fault, Object.getOwnPropertyNames(fault ?? {}))).not.toContain(TOKEN);
  return fault;
};
const SECRET = new Uint8Array(32).fill(5);

describe('the address of a Transit key', () => {
  test.each([
    ['https://bao.example:8200/v1/transit/keys/vconnect', { origin: 'https://bao.example:8200', mount: 'transit', name: 'vconnect' }],
    ['https://bao.example/v1/team/a/transit/keys/k.1', { origin: 'https://bao.example', mount: 'team/a/transit', name: 'k.1' }],
    ['http://127.0.0.1:8200/v1/transit/keys/k', { origin: 'http://127.0.0.1:8200', mount: 'transit', name: 'k' }],
    ['http://bao.example/v1/transit/keys/k', null],
    ['http://127.0.0.1.example/v1/transit/keys/k', null],
    ['https://user:secret@bao.example/v1/transit/keys/k', null],
    ['https://bao.example/v1/transit/keys/k?x=1', null],
    ['https://bao.example/v1/transit/k', null],
    ['bao.example/v1/transit/keys/k', null],
  ])('%s', (address, expected) => {
    expect(parseKeyAddress(address)).toEqual(expected);
  });
});

describe('the adapter of Transit', () => {
  test('sends the secret to encrypt alone, with its token, namespace and what it is bound to', async () => {
    let seen = '';
    const { service } = await answering((request, response) => {
      request.setEncoding('utf8').on('data', (text: string) => (seen += text));
      request.on('end', () => {
        seen += [request.method, request.url, request.headers['x-vault-token'], request.headers['x-vault-namespace']].join(' ');
        json(200, { data: { ciphertext: 'vault:v1:abcd' } })(request, response);
      });
    });
    expect(await service.wrap(SECRET, 'ring')).toBe('vault:v1:abcd');
    const body = JSON.stringify({
      plaintext: Buffer.from(SECRET).toString('base64'),
      associated_data: Buffer.from('ring').toString('base64'),
    });
    expect(seen).toBe(`${body}POST /v1/transit/encrypt/k ${TOKEN} team`);
  });

  test.each([
    [400, 'VAULT_KEY_SERVICE_REFUSED', 1],
    [403, 'VAULT_KEY_SERVICE_REFUSED', 1],
    [404, 'VAULT_KEY_SERVICE_REFUSED', 1],
    [429, 'VAULT_KEY_SERVICE_UNREACHABLE', 3],
    [500, 'VAULT_KEY_SERVICE_UNREACHABLE', 3],
    [503, 'VAULT_KEY_SERVICE_UNREACHABLE', 3],
  ])('%i becomes %s after %i tries, without what the service said', async (status, code, tries) => {
    const { service, asked } = await answering(json(status, { errors: [`denied: ${TOKEN}`] }));
    expect(await faultOf(service.unwrap('vault:v1:abcd', 'ring'))).toMatchObject({ code });
    expect(asked()).toBe(tries);
  });

  test('comes through when the service is back within its pauses', async () => {
    let left = 2;
    const { service } = await answering((request, response) => {
      left -= 1;
      json(left >= 0 ? 503 : 200, { data: { plaintext: Buffer.from(SECRET).toString('base64') } })(request, response);
    });
    expect(await service.unwrap('vault:v1:abcd', 'ring')).toEqual(SECRET);
  });

  test('waits no longer than its limit for an answer that does not come, or does not end', async () => {
    const silent = await answering(() => undefined);
    expect(await faultOf(silent.service.unwrap('vault:v1:abcd', 'ring'))).toMatchObject({ code: 'VAULT_KEY_SERVICE_UNREACHABLE' });
    const endless = await answering((_request, response) => void response.writeHead(200).write('{'));
    expect(await faultOf(endless.service.unwrap('vault:v1:abcd', 'ring'))).toMatchObject({ code: 'VAULT_KEY_SERVICE_UNREACHABLE' });
  });

  test('carries its token nowhere else: a redirect is not followed', async () => {
    const elsewhere = await answering(json(200, { data: { plaintext: '' } }));
    const [other] = servers;
    const address = other?.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    const { service } = await answering(
      (_request, response) => void response.writeHead(307, { location: `http://127.0.0.1:${String(port)}/` }).end(),
    );
    expect(await faultOf(service.unwrap('vault:v1:abcd', 'ring'))).toMatchObject({ code: 'VAULT_KEY_SERVICE_UNREACHABLE' });
    expect(elsewhere.asked()).toBe(0);
  });

  const html: RequestListener = (_request, response) => void response.end('<html>');
  test.each<[string, RequestListener]>([
    ['no JSON', html],
    ['another shape', json(200, { data: {} })],
    ['no base64', json(200, { data: { plaintext: '***' } })],
    ['far too much', json(200, { data: { plaintext: 'A'.repeat(200_000) } })],
  ])('refuses an answer of %s', async (_name, listener) => {
    const { service } = await answering(listener);
    expect(await faultOf(service.unwrap('vault:v1:abcd', 'ring'))).toMatchObject({ code: 'VAULT_KEY_SERVICE_ANSWER' });
  });

  test('says that the token is missing, or broken, before anything is sent', async () => {
    for (const token of ['', `${TOKEN}\nx-other: 1`]) {
      const { service, asked } = await answering(json(200, {}), token);
      expect(await faultOf(service.wrap(SECRET, 'ring'))).toMatchObject({ code: 'VAULT_KEY_SERVICE_REFUSED' });
      expect(asked()).toBe(0);
    }
    const key = {
      address: 'https://bao.example/v1/transit/keys/k',
      token: { kind: 'file', path: '/nowhere/token' },
      namespace: null,
    } as const;
    expect(await faultOf(transitKeyService(key).wrap(SECRET, 'ring'))).toMatchObject({ code: 'VAULT_KEY_SERVICE_REFUSED' });
  });
});

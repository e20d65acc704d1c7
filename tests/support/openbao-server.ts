import { type ChildProcess, spawn } from 'node:child_process';
import { setTimeout as wait } from 'node:timers/promises';
import { GenericContainer, type StartedTestContainer, Wait } from 'testcontainers';
import type { OpenBao } from '#infra/tooling/openbao.ts';
import { freePort } from './product-process.ts';

const ROOT_TOKEN = 'root-of-the-test-server';
const START_LIMIT_MS = 30_000;
const POLL_MS = 100;
const PORT_INSIDE = 8200;

export type OpenBaoServer = Awaited<ReturnType<typeof startOpenBao>>;

/** A real OpenBao in its development mode: everything in memory, unsealed, on a random port of this machine. */
export const startOpenBao = async (bao: Exclude<OpenBao, { kind: 'none' }>) => {
  const { url, stop } = bao.kind === 'docker' ? await inDocker(bao.image) : await asProgram(bao.path);
  const ask = async (method: string, path: string, body?: object): Promise<unknown> => {
    const response = await fetch(`${url}/v1/${path}`, {
      method,
      headers: { 'x-vault-token': ROOT_TOKEN, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`OpenBao refused ${method} ${path}: ${String(response.status)} ${text}`);
    return text === '' ? null : JSON.parse(text);
  };
  await ask('POST', 'sys/mounts/transit', { type: 'transit' });
  return {
    url,
    ask,
    stop,
    /** @returns the address of a new Transit key */
    newKey: async (name: string, type = 'aes256-gcm96'): Promise<string> => {
      await ask('POST', `transit/keys/${name}`, { type });
      return `${url}/v1/transit/keys/${name}`;
    },
    /** @returns a token that may encrypt and decrypt with these keys and nothing else */
    newToken: async (names: readonly string[]): Promise<string> => {
      const rules = names.flatMap((name) =>
        ['encrypt', 'decrypt'].map((verb) => `path "transit/${verb}/${name}" { capabilities = ["update"] }`),
      );
      const policy = `vconnect-${names.join('-')}`;
      await ask('PUT', `sys/policies/acl/${policy}`, { policy: rules.join('\n') });
      const made = await ask('POST', 'auth/token/create', { policies: [policy], no_default_policy: true });
      return tokenOf(made);
    },
    revoke: (token: string) => ask('POST', 'auth/token/revoke', { token }),
    seal: () => ask('PUT', 'sys/seal'),
  };
};

const tokenOf = (made: unknown): string => {
  const auth = typeof made === 'object' && made !== null && 'auth' in made ? made.auth : null;
  const token = typeof auth === 'object' && auth !== null && 'client_token' in auth ? auth.client_token : null;
  if (typeof token !== 'string') throw new Error('expected a token');
  return token;
};

type Running = { readonly url: string; readonly stop: () => Promise<void> };

const inDocker = async (image: string): Promise<Running> => {
  const container: StartedTestContainer = await new GenericContainer(image)
    .withCommand(['server', '-dev', `-dev-root-token-id=${ROOT_TOKEN}`, `-dev-listen-address=0.0.0.0:${String(PORT_INSIDE)}`])
    .withExposedPorts(PORT_INSIDE)
    .withWaitStrategy(Wait.forHttp('/v1/sys/health', PORT_INSIDE))
    .start();
  const url = `http://${container.getHost()}:${String(container.getMappedPort(PORT_INSIDE))}`;
  return {
    url,
    stop: async () => {
      await container.stop();
    },
  };
};

const asProgram = async (path: string): Promise<Running> => {
  const address = `127.0.0.1:${String(await freePort())}`;
  const args = ['server', '-dev', '-dev-no-store-token', `-dev-root-token-id=${ROOT_TOKEN}`, `-dev-listen-address=${address}`];
  const child: ChildProcess = spawn(path, args, { stdio: 'ignore' });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const url = `http://${address}`;
  for (const until = performance.now() + START_LIMIT_MS; ; await wait(POLL_MS)) {
    if (
      await fetch(`${url}/v1/sys/health`).then(
        ({ ok }) => ok,
        () => false,
      )
    )
      break;
    if (child.exitCode !== null || performance.now() > until) throw new Error('expected OpenBao to start');
  }
  return {
    url,
    stop: async () => {
      child.kill('SIGKILL');
      await ended;
    },
  };
};

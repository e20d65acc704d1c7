import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ConfigFault, loadConfig } from '#infra/config.ts';
import { renderEnvExample, variables } from '#infra/config-variables.ts';

const fault = (environment: Record<string, string>): ConfigFault => {
  try {
    loadConfig(environment);
  } catch (error) {
    if (error instanceof ConfigFault) return error;
    throw error;
  }
  throw new Error('expected a fault');
};

describe('the configuration', () => {
  it('needs nothing: every variable has a default', () => {
    expect(loadConfig({})).toEqual({
      host: '127.0.0.1',
      port: 8080,
      publicUrl: null,
      trustedProxies: [],
      dataFolder: resolve('data'),
      role: 'all',
      rootKey: { kind: 'file', path: join(resolve('data'), 'keyring', 'root.key') },
      nextRootKey: null,
      whatsapp: { baseUrl: 'https://graph.facebook.com', allowedHosts: [] },
      simulator: { port: 8090 },
      demoPassword: null,
      logLevel: 'info',
      tests: { eventstoreUrl: null, mongodbUrl: null },
    });
  });

  it('takes an empty variable for a missing one', () => {
    const empty = Object.fromEntries(Object.keys(variables).map((name) => [name, '']));
    expect(loadConfig(empty)).toEqual(loadConfig({}));
  });

  it('reads what is set', () => {
    const config = loadConfig({
      VCONNECT_PORT: '0',
      VCONNECT_HOST: '::1',
      VCONNECT_PUBLIC_URL: 'https://inbox.example/',
      VCONNECT_TRUSTED_PROXIES: '10.0.0.0/8, ::1',
      VCONNECT_DATA: '/srv/vconnect',
      VCONNECT_ROOT_KEY: 'AB'.repeat(32),
      VCONNECT_WHATSAPP_ALLOWED_HOSTS: 'graph.example:8443,other.example',
      VCONNECT_LOG_LEVEL: 'debug',
    });
    expect(config).toMatchObject({
      port: 0,
      host: '::1',
      publicUrl: 'https://inbox.example',
      trustedProxies: ['10.0.0.0/8', '::1'],
      dataFolder: '/srv/vconnect',
      rootKey: { kind: 'bytes', key: new Uint8Array(32).fill(0xab) },
      whatsapp: { allowedHosts: ['graph.example:8443', 'other.example'] },
      logLevel: 'debug',
    });
  });

  it.each([
    ['VCONNECT_PORT', '65536', 'a whole number from 0 to 65535'],
    ['VCONNECT_PORT', 'eighty', 'a whole number from 0 to 65535'],
    ['VCONNECT_HOST', 'http://x', 'an address or a host name without scheme and port'],
    ['VCONNECT_PUBLIC_URL', 'inbox.example', 'an address that starts with http:// or https://'],
    ['VCONNECT_TRUSTED_PROXIES', '10.0.0.0/33', 'addresses or networks, separated by commas'],
    ['VCONNECT_ROOT_KEY', 'c0ffee', '64 hexadecimal digits'],
    [
      'VCONNECT_ROOT_TRANSIT_KEY',
      'http://bao.example/v1/transit/keys/vconnect',
      'https://…/v1/<mount>/keys/<name> (plain http:// only for this machine)',
    ],
    ['VCONNECT_WHATSAPP_BASE_URL', 'ftp://x', 'an address that starts with https:// or http://'],
    ['VCONNECT_LOG_LEVEL', 'loud', 'one of silent, error, warn, info, debug'],
    ['VCONNECT_EVENTSTORE_URL', 'esdb://secret@db', 'nothing: other engines than the embedded one are not in this release yet'],
    ['VCONNECT_VIEWS_URL', 'mongodb://secret@db', 'nothing: other engines than the embedded one are not in this release yet'],
    ['VCONNECT_PAYLOADS_URL', 'mongodb://secret@db', 'nothing: other engines than the embedded one are not in this release yet'],
    ['VCONNECT_KEYRING_URL', 'mongodb://secret@db', 'nothing: other engines than the embedded one are not in this release yet'],
    ['VCONNECT_TEST_MONGODB_URL', 'http://x', 'an address that starts with mongodb:// or mongodb+srv://'],
  ])('%s=%s is refused in one sentence that names it and not its value', (name, value, expected) => {
    const { message, variable, code } = fault({ [name]: value });
    expect({ message, variable, code }).toEqual({ message: `${name}: expected ${expected}`, variable: name, code: 'CONFIG_INVALID' });
    expect(message).not.toContain(value);
  });

  it('wants one source of the root key, not two', () => {
    expect(fault({ VCONNECT_ROOT_KEY: 'ab'.repeat(32), VCONNECT_ROOT_PASSPHRASE: 'x' }).message).toContain('only one of');
  });

  it('reads a key of Transit with its token, and the next root key of a rotation', () => {
    const address = 'https://bao.example:8200/v1/transit/keys/vconnect';
    const read = loadConfig({
      VCONNECT_ROOT_TRANSIT_KEY: address,
      VCONNECT_TRANSIT_TOKEN_FILE: '/run/token',
      VCONNECT_NEXT_ROOT_PASSPHRASE: 'correct horse',
    });
    expect(read.rootKey).toEqual({ kind: 'transit', key: { address, token: { kind: 'file', path: '/run/token' }, namespace: null } });
    expect(read.nextRootKey).toEqual({ kind: 'passphrase', passphrase: 'correct horse' });
    expect(loadConfig({ VCONNECT_NEXT_ROOT_KEY_FILE: '/srv/next.key' }).nextRootKey).toEqual({ kind: 'file', path: '/srv/next.key' });
  });

  it('wants one token for Transit, and one next root key', () => {
    const address = 'https://bao.example:8200/v1/transit/keys/vconnect';
    expect(fault({ VCONNECT_ROOT_TRANSIT_KEY: address }).variable).toBe('VCONNECT_TRANSIT_TOKEN');
    const both = fault({ VCONNECT_ROOT_TRANSIT_KEY: address, VCONNECT_TRANSIT_TOKEN: 's.secret', VCONNECT_TRANSIT_TOKEN_FILE: '/x' });
    expect([both.variable, both.message.includes('s.secret')]).toEqual(['VCONNECT_TRANSIT_TOKEN', false]);
    expect(fault({ VCONNECT_NEXT_ROOT_KEY: 'ab'.repeat(32), VCONNECT_NEXT_ROOT_PASSPHRASE: 'x' }).variable).toBe('VCONNECT_NEXT_ROOT_KEY');
  });

  it('refuses a name that it does not know: a misspelling must not mean the default', () => {
    expect(fault({ VCONNECT_PROT: '1' }).message).toBe('VCONNECT_PROT: expected a variable that .env.example lists');
    expect(() => loadConfig({ PROT: '1' })).not.toThrow();
  });
});

describe('.env.example', () => {
  const file = readFileSync(join(import.meta.dirname, '../../../.env.example'), 'utf8');

  it('is what the variables say', () => {
    expect(file).toBe(renderEnvExample());
  });

  it('lists every variable with a sentence, commented out at its default', () => {
    for (const [name, { fallback, says }] of Object.entries(variables)) {
      expect(says).toMatch(/\.$/);
      expect(file).toContain(`\n# ${says}\n# ${name}=${fallback}\n`);
    }
  });
});

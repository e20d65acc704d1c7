import { spawn } from 'node:child_process';
import { readFileSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { eventually } from '#tests/support/eventually.ts';
import { openRoleFolder, type RoleFolder } from '#tests/support/role-processes.ts';
import { environmentOf } from '#tests/support/running-product.ts';

const PROGRAM = join(import.meta.dirname, '../support/product-program.ts');
const SETTLE_MS = 40_000;
const TEST_MS = 180_000;

describe('a verb of the command line, as one more process', () => {
  let folder: RoleFolder;
  beforeEach(async () => {
    folder = await openRoleFolder();
  }, TEST_MS);
  afterEach(() => folder.close(), TEST_MS);

  const vconnect = async (...args: readonly string[]) => {
    const { NODE_OPTIONS: _left, ...inherited } = process.env;
    const env = { ...inherited, VCONNECT_LOG_LEVEL: 'warn', ...environmentOf(folder.dataFolder, folder.simulatorUrl, {}) };
    const child = spawn(process.execPath, [PROGRAM, ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] });
    const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
    const [out, err] = await Promise.all([text(child.stdout), text(child.stderr)]);
    return { exit: await ended, out, err };
  };
  const contactOf = async (url: string) => {
    await folder.simulator.write(await folder.simulator.newCustomer('Hoda'), folder.line.phoneNumberId, { text: 'hello' });
    return eventually('the conversation is shown', async () => (await folder.inboxOf(url)())[0]?.contactId ?? null, SETTLE_MS);
  };

  it.each(['without a server', 'beside one'])(
    'erases %s',
    async (place) => {
      const server = await folder.start('all');
      const contactId = await contactOf(server.url);
      if (place === 'without a server') await server.stop();
      const file = join(folder.dataFolder, 'certificate.json');
      const order = ['--as', folder.owner.email, '--reason', 'consent-withdrawn', '--out', file, '--yes'];
      const { exit, out, err } = await vconnect('erase', contactId, ...order);
      expect({ exit, err: exit === 0 ? '' : err }).toEqual({ exit: 0, err: '' });
      expect(out).toContain('Salt: ');
      expect(JSON.parse(readFileSync(file, 'utf8'))).toHaveProperty('statement.verification.opened', 0);
    },
    TEST_MS,
  );

  it(
    'looks after the read models although the keyring is not there',
    async () => {
      const keyring = join(folder.dataFolder, 'keyring');
      renameSync(keyring, `${keyring}.away`);
      const { exit, out, err } = await vconnect('projections', '--json');
      expect({ exit, err: exit === 0 ? '' : err }).toEqual({ exit: 0, err: '' });
      expect(out).toContain('inbox');
      await folder.start('projector');
      renameSync(`${keyring}.away`, keyring);
    },
    TEST_MS,
  );
});

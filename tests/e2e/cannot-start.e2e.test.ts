import { createHash } from 'node:crypto';
import {
  closeSync,
  cpSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ensureWebBuilt } from '#infra/tooling/build-web.ts';
import { freePort, run, start, type Ran } from '#tests/support/e2e-process.ts';

// What an operator meets when something is not as it should be: one sentence, an exit code, and nothing touched.
const [STORE, INTEGRITY, USAGE] = [3, 4, 2];

describe('a start that cannot be', () => {
  let folder: string;
  let used: string;

  beforeAll(async () => {
    await ensureWebBuilt();
    folder = realpathSync(mkdtempSync(join(tmpdir(), 'vconnect-e2e-')));
    used = join(folder, 'used');
    const product = await start(['start'], await variablesFor(used));
    expect(await product.stop()).toBe(0);
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const variablesFor = async (dataFolder: string): Promise<Readonly<Record<string, string>>> => ({
    VCONNECT_DATA: dataFolder,
    VCONNECT_PORT: String(await freePort()),
    VCONNECT_SIMULATOR_PORT: String(await freePort()),
    VCONNECT_LOG_LEVEL: 'silent',
  });
  const copy = (name: string): string => {
    const to = join(folder, name);
    cpSync(used, to, { recursive: true });
    return to;
  };
  /** One sentence for a person, on stderr, with no trace of the program in it. */
  const saysOnce = (ran: Ran, code: number, words: RegExp): void => {
    const lines = ran.talk.trim().split('\n');
    expect({ code: ran.code, lines }, ran.talk).toMatchObject({ code });
    // Wrong usage adds the way to the help.
    expect(lines, ran.talk).toHaveLength(code === USAGE ? 2 : 1);
    expect(lines[0]).toMatch(words);
    expect(ran.talk + ran.out).not.toMatch(/\bat .+:\d+:\d+|SQLITE_|node_modules/);
  };
  const digestOf = (data: string): string => {
    const sum = createHash('sha256');
    const files = readdirSync(data, { recursive: true, encoding: 'utf8' })
      .sort()
      .filter((name) => statSync(join(data, name)).isFile());
    for (const name of files)
      sum
        .update(name)
        .update('\0')
        .update(readFileSync(join(data, name)));
    return sum.digest('hex');
  };

  it('says that the port is taken', async () => {
    const port = await freePort();
    const holder = createServer().listen(port, '127.0.0.1');
    await once(holder, 'listening');
    try {
      saysOnce(await run(['start'], { ...(await variablesFor(copy('port'))), VCONNECT_PORT: String(port) }), 1, new RegExp(String(port)));
    } finally {
      holder.close();
    }
  });

  it('says that the data folder cannot be written', async () => {
    const file = join(folder, 'file');
    writeFileSync(file, 'not a folder');
    saysOnce(await run(['start'], await variablesFor(file)), STORE, /data folder .* cannot be written/i);
    saysOnce(await run(['start'], await variablesFor(join(file, 'below'))), STORE, /data folder .* cannot be written/i);
    expect(readFileSync(file, 'utf8')).toBe('not a folder');
  });

  it.each(['events.db', 'payloads.db', 'identity.db', 'keyring/keyring.db', 'views/catalog.db'])(
    'says which file is damaged: %s',
    async (name) => {
      const data = copy(`damaged-${name.replace('/', '-')}`);
      const database = openSync(join(data, name), 'r+');
      writeSync(database, Buffer.alloc(4_096, 0x5a), 0, 4_096, 0);
      closeSync(database);
      const ran = await run(['start'], await variablesFor(data));
      saysOnce(ran, INTEGRITY, /damaged|not a database|cannot be read/i);
    },
  );

  it('says that the root key is another one, and changes no byte', async () => {
    const data = copy('wrong-key');
    const before = digestOf(data);
    const ran = await run(['start'], { ...(await variablesFor(data)), VCONNECT_ROOT_KEY: 'ab'.repeat(32) });
    expect(ran.code).not.toBe(0);
    expect(ran.talk.trim().split('\n'), ran.talk).toHaveLength(1);
    expect(ran.talk).toMatch(/root key/i);
    expect(ran.talk).not.toContain('abab');
    expect(digestOf(data)).toBe(before);
    const again = await start(['start'], await variablesFor(data));
    expect(await again.stop()).toBe(0);
  });

  it('starts with one list damaged, says which and the way out, and mends it while it runs', async () => {
    const data = copy('damaged-list');
    const [generation = ''] = readdirSync(join(data, 'views')).filter((name) => /^inbox\.\d+\.db$/.test(name));
    const file = openSync(join(data, 'views', generation), 'r+');
    writeSync(file, Buffer.alloc(4_096, 0x5a), 0, 4_096, 0);
    closeSync(file);
    const variables = await variablesFor(data);
    const running = await start(['start'], variables);
    try {
      const doctor = await run(['doctor'], variables);
      expect([doctor.code, doctor.out]).toEqual([INTEGRITY, expect.stringContaining('rebuild inbox')]);
      const rebuilt = await run(['rebuild', 'inbox'], variables);
      expect([rebuilt.code, rebuilt.talk]).toEqual([0, expect.stringContaining('the live one cannot be read')]);
      const after = await run(['doctor'], variables);
      expect(after.out).toContain('views: 10 files sound');
    } finally {
      await running.stop();
    }
  });

  it('says which variable is wrong', async () => {
    saysOnce(await run(['start'], { ...(await variablesFor(join(folder, 'never'))), VCONNECT_PORT: 'eighty' }), USAGE, /VCONNECT_PORT/);
  });
});

import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { logOf, makeSample, SAMPLE, tamper } from '#tests/infra/eventstore/verify-log-sample.ts';
import { commandLine, type Line } from './command-line.ts';

const withLog = async (): Promise<Line> => {
  const line = commandLine();
  mkdirSync(line.data, { mode: 0o700 });
  await makeSample(line.data);
  return line;
};

describe('verify log', () => {
  it('says that a sound log is sound, without a key', async () => {
    const line = await withLog();
    rmSync(join(line.data, 'keyring'), { recursive: true });
    const { exit, out, err } = await line.run('verify log');
    expect([exit, out]).toEqual([
      0,
      `The log is sound: ${String(SAMPLE.events)} events in ${String(SAMPLE.streams)} streams; 56 sealed values match their digests, 28 were removed by an erasure.\n`,
    ]);
    expect(err).toContain(`log: 100 % (${String(SAMPLE.events)} of ${String(SAMPLE.events)} events)`);
  });

  it('names the first bad record and the ones behind it, with the way out and exit code 4', async () => {
    const line = await withLog();
    tamper(logOf(line.data), "UPDATE events SET type = 'MessageEaten' WHERE position IN (9, 5)");
    const { exit, out, err } = await line.run('verify log');
    expect(exit).toBe(4);
    expect(out).toMatch(
      /^The log is not sound: 2 faults in 42 events that were read\.\n {2}first bad record: position 5, stream [0-9a-f]{32}\.message-[0-9a-f]{32}, revision 0: its type is not declared for its stream\n {2}position 9, /,
    );
    expect(err).toContain('→ keep a copy of the data folder as it is, and restore all of it from a backup');
  });

  it('--json has the same for programs', async () => {
    const line = await withLog();
    tamper(logOf(line.data), 'DELETE FROM events WHERE position = 5');
    const { exit, out } = await line.run('verify log --json');
    expect(exit).toBe(4);
    expect(JSON.parse(out)).toMatchObject({
      ok: false,
      head: SAMPLE.events,
      events: SAMPLE.events - 1,
      complete: true,
      first: { code: 'position-missing', position: 5, stream: null, revision: null, says: expect.stringContaining('cut out') },
      file: [{ code: 'stream-empty' }],
    });
  });

  it('lists twenty and says how many there are', async () => {
    const line = await withLog();
    tamper(logOf(line.data), 'UPDATE events SET version = 9');
    const { out, err } = await line.run('verify log');
    expect(out.trimEnd().split('\n')).toHaveLength(1 + 20 + 1);
    expect(out).toContain(`  and ${String(SAMPLE.events - 20)} more`);
    expect(err).toContain('→ run the newer program that wrote them');
  });

  it('of a folder without a log says so, and makes none', async () => {
    const line = commandLine();
    const { exit, out, err } = await line.run('verify log');
    expect([exit, out.includes('there is no log'), err.includes('check VCONNECT_DATA')]).toEqual([4, true, true]);
  });

  it('takes no key; a certificate in a file called log is ./log', async () => {
    const line = commandLine();
    expect(await line.run('verify log --key k')).toMatchObject({ exit: 2, err: expect.stringContaining('./log') });
    expect(await line.run('verify ./log --key k')).toMatchObject({
      exit: 1,
      err: expect.stringContaining('The file ./log cannot be read'),
    });
    expect((await line.run('verify log more')).exit).toBe(2);
  });
});

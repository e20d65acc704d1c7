import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { newSeed } from '#tests/support/seeded.ts';
import { FLEETS } from './fleet.ts';
import { resultLines } from './report.ts';
import { runChaos } from './run.ts';

const LOAD_MS = 120_000;
const SETTLE_MS = 60_000;
const seed = newSeed();

describe(`two minutes of kills, freezes and a slow disk (VITEST_SEED=${String(seed)} plans them again)`, () => {
  it('lose nothing, double nothing, leave nothing stuck', async () => {
    const folder = realpathSync(mkdtempSync(join(tmpdir(), 'vconnect-chaos-')));
    const result = await runChaos({
      seed,
      loadMs: LOAD_MS,
      fleet: FLEETS.roles,
      folder,
      customers: 30,
      perSecond: 5,
      agents: 3,
      settleMs: SETTLE_MS,
      onProgress: () => undefined,
    });
    process.stdout.write(`${resultLines(result).join('\n')}\n`);
    expect(result.findings, `data and logs are kept: ${folder}`).toEqual([]);
    // A run that did nothing proves nothing.
    expect(result.sums.load?.writtenAcknowledged).toBeGreaterThan(100);
    expect(result.sums.load?.commandsAcknowledged).toBeGreaterThan(10);
    expect(result.sums.harm.kills).toBeGreaterThan(5);
    expect(result.sums.harm.freezes).toBeGreaterThan(2);
    expect(result.sums.lockSlices).toBeGreaterThan(20);
    rmSync(folder, { recursive: true, force: true });
  });
});

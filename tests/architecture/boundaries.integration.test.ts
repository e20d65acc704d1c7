import { execFile } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { ROOT } from '#infra/tooling/root.ts';
import { ALLOWED, FORBIDDEN } from './planted.ts';

const reportSchema = z.object({
  summary: z.object({
    violations: z.array(z.object({ from: z.string(), rule: z.object({ name: z.string() }) })),
    ruleSetUsed: z.object({ forbidden: z.array(z.object({ name: z.string() })) }),
  }),
});

describe('the boundaries between the folders', () => {
  let house = '';
  let violations: readonly { readonly from: string; readonly rule: { readonly name: string } }[] = [];
  let rules: readonly string[] = [];

  beforeAll(async () => {
    house = realpathSync(mkdtempSync(join(tmpdir(), 'vconnect-boundaries-')));
    plantHouse(house);
    const { summary } = await cruise(house);
    violations = summary.violations;
    rules = summary.ruleSetUsed.forbidden.map(({ name }) => name);
  });
  afterAll(() => {
    rmSync(house, { recursive: true, force: true });
  });

  it.each(FORBIDDEN)('refuse $imports in $file by $rule', ({ file, rule }) => {
    expect(violations.filter(({ from }) => from === file).map((violation) => violation.rule.name)).toContain(rule);
  });

  it.each(ALLOWED)('allow what $file imports', ({ file }) => {
    expect(violations.filter(({ from }) => from === file)).toEqual([]);
  });

  it('have no rule without a planted fault', () => {
    expect(new Set(rules)).toEqual(new Set(FORBIDDEN.map(({ rule }) => rule)));
  });
});

const plantHouse = (house: string): void => {
  for (const { file, imports } of [...FORBIDDEN, ...ALLOWED]) {
    mkdirSync(dirname(join(house, file)), { recursive: true });
    writeFileSync(join(house, file), `${imports}\n`);
  }
  for (const file of ['package.json', 'tsconfig.json']) copyFileSync(join(ROOT, file), join(house, file));
  symlinkSync(join(ROOT, 'node_modules'), join(house, 'node_modules'));
};

const cruise = async (house: string) => {
  const args = [
    join(ROOT, 'node_modules/dependency-cruiser/bin/dependency-cruiser.mjs'),
    '--config',
    join(ROOT, 'infra/tooling/boundaries.config.js'),
    '--output-type',
    'json',
    ...['domain', 'vault', 'projections', 'infra', 'web', 'tests'],
  ];
  // The exit code counts the faults found, so the report is read whatever it is.
  const stdout = await new Promise<string>((resolve) => {
    execFile(process.execPath, args, { cwd: house, maxBuffer: 64 * 1024 * 1024 }, (_error, output) => {
      resolve(output);
    });
  });
  return reportSchema.parse(JSON.parse(stdout));
};

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { COMMON } from '#infra/cli/dispatch.ts';
import { verbs } from '#infra/cli/verbs.ts';
import { commandLine } from './command-line.ts';

const README = readFileSync(join(import.meta.dirname, '../../../infra/cli/README.md'), 'utf8');
const sectionOf = (name: string): string => README.split(/^### /m).find((section) => section.startsWith(`${name}\n`)) ?? '';

describe.each(verbs.map((verb) => [verb.name, verb] as const))('%s', (name, verb) => {
  it('has help: what it does, how it is written, every option, the exit codes', async () => {
    const { exit, out } = await commandLine().run(`${name} --help`);
    expect(exit).toBe(0);
    for (const part of [verb.summary, verb.says, ...verb.usage, 'Exit codes: 0 done']) expect(out).toContain(part);
    for (const [option, { says }] of Object.entries({ ...verb.options, ...COMMON })) {
      expect(out).toContain(`--${option}`);
      expect(out).toContain(says);
      expect(says).toMatch(/\.$/);
    }
  });

  it('is documented, with every form and option', () => {
    const section = sectionOf(name);
    for (const form of verb.usage) expect(section).toContain(`vconnect ${form}`);
    for (const option of Object.keys(verb.options)) expect(section).toContain(`--${option}`);
  });

  it('refuses an option that it does not have with exit code 2', async () => {
    const { exit, err, out } = await commandLine().run(`${name} --frobnicate`);
    expect(exit).toBe(2);
    expect(err).toContain(`vconnect ${name}: Unknown option '--frobnicate'`);
    expect(err).toContain(`"vconnect ${name} --help"`);
    expect(out).toBe('');
  });
});

describe('vconnect', () => {
  it('--help lists every verb', async () => {
    const { exit, out } = await commandLine().run('--help');
    expect(exit).toBe(0);
    for (const { name, summary } of verbs)
      expect(out).toMatch(new RegExp(`^  ${name} +${summary.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}$`, 'm'));
  });

  it('alone shows the same and is wrong usage', async () => {
    const { exit, out } = await commandLine().run('');
    expect([exit, out.includes('Usage:')]).toEqual([2, true]);
  });

  it('with a verb that is none is wrong usage', async () => {
    expect(await commandLine().run('unwind')).toEqual({
      exit: 2,
      out: '',
      err: 'vconnect: there is no verb "unwind"; "vconnect --help" lists them.\n',
    });
  });
});

import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { webSourceHash } from '#infra/tooling/source-hash.ts';

describe('the hash of what the web app is built from', () => {
  let root = '';
  let before = '';
  const write = (file: string, text: string): void => {
    mkdirSync(dirname(join(root, file)), { recursive: true });
    writeFileSync(join(root, file), text);
  };
  beforeEach(() => {
    root = realpathSync(mkdtempSync(join(tmpdir(), 'vconnect-hash-')));
    write('web/src/routes/+page.svelte', '<p>one</p>');
    write('domain/ids.ts', 'export type A = string;');
    write('package-lock.json', '{}');
    before = webSourceHash(root);
  });
  afterEach(() => {
    rmSync(root, { recursive: true, force: true });
  });

  it('stays while nothing changes', () => {
    expect(webSourceHash(root)).toBe(before);
  });

  it.each([
    'web/src/routes/+page.svelte',
    'web/static/new.svg',
    'web/.env',
    'domain/ids.ts',
    'projections/inbox/view.ts',
    'package-lock.json',
  ])('changes with %s', (file) => {
    write(file, 'changed');
    expect(webSourceHash(root)).not.toBe(before);
  });

  it('changes when text moves from one file to the next', () => {
    write('web/a', 'xy');
    write('web/b', 'z');
    const first = webSourceHash(root);
    write('web/a', 'x');
    write('web/b', 'yz');
    expect(webSourceHash(root)).not.toBe(first);
  });

  it.each(['web/build/handler.js', 'web/.svelte-kit/types.d.ts', 'web/node_modules/$app/tsconfig.json', 'infra/config.ts'])(
    'stays when %s is written',
    (file) => {
      write(file, 'written by the build, or of no matter to it');
      expect(webSourceHash(root)).toBe(before);
    },
  );
});

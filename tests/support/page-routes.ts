import { globSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '#infra/tooling/root.ts';

/** Every address that the web app answers, as its files say: pages, and the endpoints beside them. */
export const routesOfPages = (): readonly string[] =>
  globSync(['**/+page.svelte', '**/+page.server.ts', '**/+server.ts'], { cwd: join(ROOT, 'web/src/routes') })
    .map(
      (file) =>
        `/${file
          .split('/')
          .slice(0, -1)
          .filter((part) => !part.startsWith('('))
          .join('/')}`,
    )
    .filter((route, index, all) => all.indexOf(route) === index)
    .sort();

import { dataMap } from '#infra/data-map/data-map.ts';
import { dataMapMarkdown } from '#infra/data-map/markdown.ts';
import type { Application } from '#projections/application.ts';
import { forbidden, may } from '../access.ts';

/** What this release processes of people. Nobody's data stands in it, so that looking at it is no reveal. */
export const dataMapPage = (): Application['dataMap'] => {
  // The declarations do not change while the program runs.
  const map = dataMap();
  const markdown = dataMapMarkdown(map);
  return async (viewer) => (may(viewer, 'privacy.read') ? { ok: true, map, markdown } : forbidden);
};

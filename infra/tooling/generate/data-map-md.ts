// `infra/data-map/DATA-MAP.md`: which personal data this release processes, where it stands and how it ends.
import { dataMap } from '#infra/data-map/data-map.ts';
import { dataMapMarkdown } from '#infra/data-map/markdown.ts';

export const path = 'infra/data-map/DATA-MAP.md';
export const generate = (): string => dataMapMarkdown(dataMap());

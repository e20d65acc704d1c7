import { createApi } from '#infra/http/api.ts';
import { silentLog } from '#infra/log.ts';
import { createFakeProduct } from './fake-product.ts';

export type Route = { readonly method: string; readonly path: string };

/** Every route that the server answers, as Fastify itself knows them: one that is added is in this list without anybody's doing. */
export const routesOfApi = async (): Promise<readonly Route[]> => {
  const api = await createApi({ product: createFakeProduct().product, log: silentLog });
  try {
    return routesIn(api.fastify.printRoutes({ commonPrefix: false }));
  } finally {
    api.endStreams();
    await api.close();
  }
};

/** A line of Fastify's tree: as deep as its indentation, a part of a path, and the methods if a route ends there. */
const LINE = /^(?<indent>(?:│ {3}| {4})*)(?:├── |└── )(?<part>\S+)(?: \((?<methods>[A-Z, ]+)\))?$/u;

const routesIn = (tree: string): readonly Route[] => {
  const parts: string[] = [];
  return tree.split('\n').flatMap((line) => {
    const { indent, part, methods } = LINE.exec(line)?.groups ?? {};
    if (part === undefined) return [];
    const depth = (indent ?? '').length / 4;
    parts.splice(depth, parts.length, part);
    return (methods?.split(', ') ?? []).map((method) => ({ method, path: parts.join('') }));
  });
};

export const nameOf = ({ method, path }: Route): string => `${method} ${path}`;

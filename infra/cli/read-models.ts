import type { Product } from '../app/product.ts';
import { makeDataFolder } from './data-folder.ts';
import type { Context } from './verb.ts';

/** Runs `work` with the read models of the data folder, beside whatever runs on it. */
export const withReadModels = async <T>({ parts }: Context, work: (projections: Product['projections']) => Promise<T>): Promise<T> => {
  const config = parts.config();
  makeDataFolder(config.dataFolder);
  const { projections, close } = await parts.openReadModels(config, parts.log(config), 'cli');
  try {
    return await work(projections);
  } finally {
    await close();
  }
};

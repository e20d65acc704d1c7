import type { Operator } from '../app/product.ts';
import { makeDataFolder } from './data-folder.ts';
import type { Context } from './verb.ts';

/**
 * Runs `work` with the operator's verbs, as one more process of the data folder: beside servers, or alone. It answers erasures like all others,
 * and does what nobody else is there to do.
 */
export const withOperator = async <T>({ parts }: Context, work: (operator: Operator) => Promise<T>): Promise<T> => {
  const config = parts.config();
  makeDataFolder(config.dataFolder);
  const product = await parts.openProduct(config, parts.log(config), 'cli');
  try {
    await product.start({ url: `http://${config.host}:${String(config.port)}` });
    return await work(product.operator);
  } finally {
    await product.close();
  }
};

import type { Operator } from '../app/product.ts';
import { remoteOperator } from './control-client.ts';
import { holdDataFolder } from './data-folder.ts';
import type { Context } from './verb.ts';

/**
 * Runs `work` with the operator's verbs: inside the running server when one owns the data folder, else in this process, which then owns
 * the folder until it is done.
 */
export const withOperator = async <T>({ parts }: Context, work: (operator: Operator) => Promise<T>): Promise<T> => {
  const config = parts.config();
  const hold = holdDataFolder(config.dataFolder);
  if (hold.kind === 'taken') return work(remoteOperator(config.dataFolder));
  try {
    const product = await parts.openProduct(config, parts.log(config));
    try {
      return await work(product.operator);
    } finally {
      await product.close();
    }
  } finally {
    hold.release();
  }
};

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Config } from '../../config.ts';
import { silentLog } from '../../log.ts';
import { holdDataFolder } from '../data-folder.ts';
import { failureOf } from '../exit-codes.ts';
import type { CliParts } from '../verb.ts';
import type { Finding } from './examine.ts';

/** Opens what is stored as the start would, and closes it again: the one sure answer to whether the root key fits. */
export const lookAtStores = async ({ openProduct }: Pick<CliParts, 'openProduct'>, config: Config): Promise<Finding> => {
  const part = 'stored data';
  if (!existsSync(join(config.dataFolder, 'keyring', 'keyring.db'))) return { part, state: 'note', says: 'none yet' };
  try {
    const hold = holdDataFolder(config.dataFolder);
    if (hold.kind === 'taken') return { part, state: 'ok', says: `opened by the process that runs (${String(hold.pid ?? 'starting')})` };
    try {
      const product = await openProduct(config, silentLog);
      await product.close();
      return { part, state: 'ok', says: 'opens with this root key' };
    } finally {
      hold.release();
    }
  } catch (error) {
    const { says, exit } = failureOf(error);
    return {
      part,
      state: 'wrong',
      says,
      wayOut: 'the sentence names it; the section "When it does not start" of the README has more',
      ...(exit === 4 && { damage: true as const }),
    };
  }
};

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Config } from '../../config.ts';
import { silentLog } from '../../log.ts';
import { EXIT, failureOf } from '../exit-codes.ts';
import type { CliParts } from '../verb.ts';
import type { Finding } from './examine.ts';

/** Opens what is stored as the start would, and closes it again: the one sure answer to whether the root key fits. */
export const lookAtStores = async ({ openProduct }: Pick<CliParts, 'openProduct'>, config: Config): Promise<Finding> => {
  const part = 'stored data';
  if (!existsSync(join(config.dataFolder, 'keyring', 'keyring.db'))) return { part, state: 'note', says: 'none yet' };
  try {
    const product = await openProduct(config, silentLog, 'cli');
    await product.close();
    return { part, state: 'ok', says: 'opens with this root key' };
  } catch (error) {
    const { code, says, exit } = failureOf(error);
    return { part, state: 'wrong', says, wayOut: WAYS_OUT[code] ?? OTHERWISE, ...(exit === EXIT.integrity && { damage: true as const }) };
  }
};

const WAYS_OUT: Readonly<Partial<Record<string, string>>> = {
  VAULT_WRONG_ROOT_KEY: 'put back the root key under which this data was made: the file, VCONNECT_ROOT_KEY or VCONNECT_ROOT_PASSPHRASE',
};
const OTHERWISE =
  'run "vconnect start" with VCONNECT_LOG_LEVEL=debug and look at the place in its log; if a file is damaged, restore it from a backup';

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Return } from '../../app/erasure-return.ts';
import type { Config } from '../../config.ts';
import { silentLog } from '../../log.ts';
import { EXIT, failureOf } from '../exit-codes.ts';
import type { CliParts } from '../verb.ts';
import type { Finding } from './examine.ts';

/** Opens what is stored as the start would, and closes it again: the one sure answer to whether the root key fits. */
export const lookAtStores = async ({ openProduct }: Pick<CliParts, 'openProduct'>, config: Config): Promise<readonly Finding[]> => {
  const part = 'stored data';
  if (!existsSync(join(config.dataFolder, 'keyring', 'keyring.db'))) return [{ part, state: 'note', says: 'none yet' }];
  try {
    const product = await openProduct(config, silentLog, 'cli');
    const returns = await product.operator.returns().finally(() => product.close());
    return [{ part, state: 'ok', says: 'opens with this root key' }, ...lookAtReturns(returns)];
  } catch (error) {
    const { code, says, exit } = failureOf(error);
    return [{ part, state: 'wrong', says, wayOut: WAYS_OUT[code] ?? OTHERWISE, ...(exit === EXIT.integrity && { damage: true as const }) }];
  }
};

/** It is over, but somebody has a copy of the keys that they should not have. */
const lookAtReturns = (returns: readonly Return[]): readonly Finding[] => {
  const last = returns.toSorted((a, b) => a.foundAt.localeCompare(b.foundAt)).at(-1);
  if (last === undefined) return [];
  const times = returns.length === 1 ? 'once' : `${String(returns.length)} times`;
  return [
    {
      part: 'erasures',
      state: 'note',
      says: `erased data came back ${times}, last on ${last.foundAt} (${last.certificate}), and was destroyed again before anything was served`,
      wayOut: 'an older file of the vault was put back: find out from which copy, and destroy it, because with the root key it still opens',
    },
  ];
};

const WAYS_OUT: Readonly<Partial<Record<string, string>>> = {
  VAULT_WRONG_ROOT_KEY: 'put back the root key under which this data was made: the file, VCONNECT_ROOT_KEY or VCONNECT_ROOT_PASSPHRASE',
};
const OTHERWISE =
  'run "vconnect start" with VCONNECT_LOG_LEVEL=debug and look at the place in its log; if a file is damaged, restore it from a backup';

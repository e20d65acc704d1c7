import type { Config } from '../../config.ts';
import { failureOf } from '../exit-codes.ts';
import type { CliParts } from '../verb.ts';
import { lookAtDatabases } from './databases.ts';
import { lookAtDisk, lookAtFolder, lookAtNode, lookAtRootKey } from './machine.ts';
import { lookAtPorts, lookAtSimulator } from './network.ts';
import { lookAtStores } from './stores.ts';

export type Finding = {
  readonly part: string;
  /** `note`: worth knowing, nothing to do. */
  readonly state: 'ok' | 'note' | 'wrong';
  readonly says: string;
  readonly wayOut?: string;
  /** Stored bytes are not what they should be. */
  readonly damage?: true;
};

/** Everything that can keep the product from running, in the order in which it would be met. */
export const examine = async (parts: Pick<CliParts, 'config' | 'openProduct'>): Promise<readonly Finding[]> => {
  const node = lookAtNode();
  const config = configOf(parts);
  if ('part' in config) return [node, config];
  const stored = [
    lookAtFolder(config.dataFolder),
    ...lookAtRootKey(config),
    ...(await lookAtDisk(config.dataFolder)),
    ...lookAtDatabases(config.dataFolder),
  ];
  return [
    node,
    { part: 'configuration', state: 'ok', says: 'every variable can be used' },
    ...stored,
    // Opening what is known to be broken would only say it once more.
    ...(stored.some(({ state }) => state === 'wrong') ? [] : await lookAtStores(parts, config)),
    ...(await lookAtPorts(config)),
    await lookAtSimulator(config),
  ];
};

const configOf = ({ config }: Pick<CliParts, 'config'>): Config | Finding => {
  try {
    return config();
  } catch (error) {
    return { part: 'configuration', state: 'wrong', says: failureOf(error).says, wayOut: 'correct it; .env.example lists every variable' };
  }
};

import { join } from 'node:path';
import { catalogueOf } from '#domain/catalogue.ts';
import { type LogReport, verifyLog } from '#infra/eventstore/verify-log.ts';
import { openStoredEnvelopes } from '#infra/vaultstore/stored-envelopes.ts';

/** Checks the log of a data folder and the sealed values that it names: reading only, without any key, also beside a running server. */
export const verifyStoredLog = async (folder: string, onProgress: (done: bigint, all: bigint) => void): Promise<LogReport> => {
  const envelopes = openStoredEnvelopes(folder);
  try {
    const file = join(folder, 'events.db');
    return await verifyLog({
      file,
      catalogueOf,
      lookAtEnvelope: envelopes === null ? null : (handle) => envelopes.look(handle),
      onProgress,
    });
  } finally {
    envelopes?.close();
  }
};

import { join } from 'node:path';
import { z } from 'zod';
import { installedVersion, type Sample, timed } from './runner.ts';

/**
 * Emmett's SQLite event store as a peer, from `tests/bench/peers/` (own lock file, never a dependency of the product: its driver
 * downloads a binary). SQLite's default `synchronous=FULL` holds there too.
 */
export type EmmettPeer = { readonly version: string; readonly run: (callers: number, perCaller: number, body: string) => Promise<Sample> };

const PACKAGE = join(import.meta.dirname, 'peers/node_modules/@event-driven-io/emmett-sqlite');

type Append = (stream: string, events: readonly object[]) => Promise<unknown>;
const moduleSchema = z.object({
  getSQLiteEventStore: z.custom<(options: object) => { readonly appendToStream: Append }>((value) => typeof value === 'function'),
});

export const emmettAppends = async (newFile: () => string): Promise<EmmettPeer | null> => {
  const version = installedVersion(join(PACKAGE, 'package.json'));
  if (version === null) return null;
  const { getSQLiteEventStore } = moduleSchema.parse(await import(join(PACKAGE, 'dist/index.js')));
  const run: EmmettPeer['run'] = async (callers, perCaller, body) => {
    const store = getSQLiteEventStore({ fileName: newFile(), schema: { autoMigration: 'CreateOrUpdate' } });
    const event = () => ({ type: 'MessageReceived', data: parseBody(body) });
    let last: Promise<unknown> = Promise.resolve();
    // Version 0.38.5 answers most concurrent appends with SQLITE_BUSY or a closed handle, so that its callers queue here.
    const append = (stream: string): Promise<unknown> => {
      last = last.then(() => appendPatiently(() => store.appendToStream(stream, [event()])));
      return last;
    };
    await append('warm-up');
    return timed(callers * perCaller, async () => {
      await Promise.all(
        Array.from({ length: callers }, async (_, caller) => {
          for (let count = 0; count < perCaller; count += 1) await append(`stream-${String(caller)}`);
        }),
      );
    });
  };
  return { version, run };
};

const TRIES = 5;

/** Even one caller sees a busy connection now and then; a product on it would try again. */
const appendPatiently = async (append: () => Promise<unknown>): Promise<unknown> => {
  for (let tries = 1; tries < TRIES; tries += 1) {
    try {
      return await append();
    } catch {
      await new Promise(setImmediate);
    }
  }
  return append();
};

const parseBody = (body: string): unknown => JSON.parse(body);

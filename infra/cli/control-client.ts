import { request } from 'node:http';
import { createInterface } from 'node:readline';
import type { z } from 'zod';
import type { Operator } from '../app/product.ts';
import { controlPath, fitsSocket, lineSchema, type Method, protocol, tooLong } from './control-protocol.ts';
import { CliFault } from './exit-codes.ts';

/** A fault that happened in the running server: its own code and sentence. */
export class RemoteFault extends Error {
  readonly code: string;
  constructor(code: string, says: string) {
    super(says);
    this.name = 'RemoteFault';
    this.code = code;
  }
}

/** `Operator` of the running server that owns `dataFolder`. */
export const remoteOperator = (dataFolder: string): Operator => {
  const path = controlPath(dataFolder);
  if (!fitsSocket(path)) throw tooLong(path);
  const ask = async <Output extends z.ZodType>(
    method: Method,
    { output, input, onProgress = () => undefined }: Question<Output>,
  ): Promise<z.output<Output>> => output.parse(await call(path, { method, input, onProgress }));
  const { organisations, addPerson, people, createToken, setPassword, erase, projections, rebuild, vkey } = protocol;
  return {
    organisations: () => ask('organisations', { ...organisations, input: null }),
    addPerson: (tenant, person) => ask('addPerson', { ...addPerson, input: { tenant, person } }),
    people: (tenant) => ask('people', { ...people, input: tenant }),
    createToken: (email, days) => ask('createToken', { ...createToken, input: { email, days } }),
    setPassword: (email, password) => ask('setPassword', { ...setPassword, input: { email, password } }),
    erase: (email, contactId, reason, onStep) =>
      ask('erase', { ...erase, input: { email, contactId, reason }, onProgress: (step = '') => onStep(step) }),
    projections: () => ask('projections', { ...projections, input: null }),
    rebuild: async (projection, onProgress) => {
      await ask('rebuild', {
        ...rebuild,
        input: projection,
        onProgress: (done = '0', head = '0') => onProgress(BigInt(done), BigInt(head)),
      });
    },
    vkey: (tenant) => ask('vkey', { ...vkey, input: tenant }),
  };
};

type Question<Output> = { readonly output: Output; readonly input: unknown; readonly onProgress?: (...says: string[]) => void };

type Call = { readonly method: Method; readonly input: unknown; readonly onProgress: (...says: string[]) => void };

/** No time limit on purpose: a rebuild takes what it takes and shows its progress; Ctrl-C ends the waiting, not the work. */
const call = (path: string, { method, input, onProgress }: Call): Promise<unknown> =>
  new Promise((resolve, reject) => {
    const lost = (cause: unknown): void => {
      reject(
        new CliFault(
          'SERVER_NOT_REACHABLE',
          'The server that owns the data folder did not answer to the end: look at its log, or stop it and try again.',
          cause,
        ),
      );
    };
    const asking = request({ socketPath: path, path: `/${method}`, method: 'POST' }, (response) => {
      if (response.statusCode !== 200) {
        lost(undefined);
        return;
      }
      createInterface({ input: response })
        .on('line', (text) => {
          const line = lineSchema.parse(JSON.parse(text));
          if (line.kind === 'progress') onProgress(...line.says);
          else if (line.kind === 'result') resolve(line.value);
          else reject(new RemoteFault(line.code, line.says ?? 'Something failed in the server; its log has the place.'));
        })
        // After an answer this changes nothing any more.
        .on('close', () => lost(undefined));
    });
    asking.once('error', lost);
    asking.end(JSON.stringify(input));
  });

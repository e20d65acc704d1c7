import { chmodSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { json } from 'node:stream/consumers';
import type { Operator, Product } from '../app/product.ts';
import type { Log } from '../log.ts';
import { type ControlLine, controlPath, fitsSocket, isMethod, type Method, protocol } from './control-protocol.ts';
import { failureOf } from './exit-codes.ts';

export type Control = { readonly close: () => Promise<void> };

/** Lets verbs on this machine work through the server that owns the data folder. */
export const serveControl = async (dataFolder: string, product: Product, log: Log): Promise<Control> => {
  const path = controlPath(dataFolder);
  if (!fitsSocket(path)) {
    log.warn('control.unavailable', { reason: 'path-too-long' });
    return { close: async () => undefined };
  }
  // We own the folder, so a socket that lies there belongs to a process that died.
  rmSync(path, { force: true });
  const server = createServer((request, response) => void answer(product.operator, request, response));
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(path, resolve);
  });
  if (process.platform !== 'win32') chmodSync(path, 0o600);
  return {
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
};

const answer = async (operator: Operator, request: IncomingMessage, response: ServerResponse): Promise<void> => {
  const tell = (line: ControlLine): void => {
    if (!response.writableEnded) response.write(`${JSON.stringify(line)}\n`);
  };
  try {
    const method = (request.url ?? '').slice(1);
    if (request.method !== 'POST' || !isMethod(method)) {
      response.writeHead(404).end();
      return;
    }
    response.writeHead(200, { 'content-type': 'application/x-ndjson' });
    const value = await run(operator, method, await json(request), (...says) => tell({ kind: 'progress', says }));
    tell({ kind: 'result', value: value ?? null });
  } catch (error) {
    const { code, says } = failureOf(error);
    tell({ kind: 'fault', code, says });
  }
  response.end();
};

const run = (operator: Operator, method: Method, input: unknown, progress: (...says: string[]) => void): Promise<unknown> => {
  switch (method) {
    case 'organisations':
      return operator.organisations();
    case 'addPerson': {
      const { tenant, person } = protocol.addPerson.input.parse(input);
      return operator.addPerson(tenant, person);
    }
    case 'people':
      return operator.people(protocol.people.input.parse(input));
    case 'createToken': {
      const { email, days } = protocol.createToken.input.parse(input);
      return operator.createToken(email, days);
    }
    case 'setPassword': {
      const { email, password } = protocol.setPassword.input.parse(input);
      return operator.setPassword(email, password);
    }
    case 'erase': {
      const { email, contactId, reason } = protocol.erase.input.parse(input);
      return operator.erase(email, contactId, reason, progress).then(withText);
    }
    case 'projections':
      return operator.projections();
    case 'rebuild':
      return operator.rebuild(protocol.rebuild.input.parse(input), (done, head) => progress(done.toString(), head.toString()));
    case 'vkey':
      return operator.vkey(protocol.vkey.input.parse(input));
  }
};

type Erased = Awaited<ReturnType<Operator['erase']>>;

/** JSON has no bytes. */
const withText = (erased: Erased): object =>
  erased.ok ? { ...erased, certificate: Buffer.from(erased.certificate).toString('base64') } : erased;

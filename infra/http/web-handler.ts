import { existsSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { prepareWebEnvironment } from '../config.ts';
import { MAX_FORM_BYTES } from './limits.ts';
import { PROTOCOL_HEADER } from './seen.ts';

export type WebHandler = (request: IncomingMessage, response: ServerResponse, next: () => void) => unknown;

/** Built by `npm run build`, and by `npm start` when it is missing or stale. */
export const WEB_HANDLER = join(import.meta.dirname, '../../web/build/handler.js');

export class WebFault extends Error {
  readonly code = 'WEB_NOT_BUILT';
  constructor() {
    super('The web app is not built: run "npm run build", or start with "npm start", which builds it.');
    this.name = 'WebFault';
  }
}

/** Loads the built pages. Throws `WebFault` when there are none. */
export const loadWebHandler = async (file = WEB_HANDLER): Promise<WebHandler> => {
  if (!existsSync(file)) throw new WebFault();
  prepareWebEnvironment(PROTOCOL_HEADER, MAX_FORM_BYTES);
  const module: unknown = await import(pathToFileURL(file).href);
  if (!hasHandler(module)) throw new WebFault();
  return module.handler;
};

const hasHandler = (module: unknown): module is { readonly handler: WebHandler } =>
  typeof module === 'object' && module !== null && 'handler' in module && typeof module.handler === 'function';

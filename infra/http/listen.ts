import type { Server } from 'node:http';

/** The server cannot listen where it was told to. The message says which variable to change. */
export class ListenFault extends Error {
  readonly code: 'PORT_IN_USE' | 'PORT_NOT_ALLOWED' | 'HOST_NOT_USABLE' | 'CANNOT_LISTEN';
  constructor(code: ListenFault['code'], message: string, cause: unknown) {
    super(message, { cause });
    this.name = 'ListenFault';
    this.code = code;
  }
}

/** @returns the port, chosen by the system when 0 was asked for */
export const listen = (server: Server, { host, port }: { readonly host: string; readonly port: number }): Promise<number> =>
  new Promise((resolve, reject) => {
    const failed = (error: NodeJS.ErrnoException): void => reject(listenFault(error, host, port));
    server.once('error', failed);
    server.listen({ host, port }, () => {
      server.off('error', failed);
      const address = server.address();
      if (address === null || typeof address === 'string') failed(new Error('no port'));
      else resolve(address.port);
    });
  });

const listenFault = (error: NodeJS.ErrnoException, host: string, port: number): ListenFault => {
  const at = `port ${String(port)} of ${host}`;
  switch (error.code ?? '') {
    case 'EADDRINUSE':
      return new ListenFault(
        'PORT_IN_USE',
        `Another program already listens on ${at}: stop it, or choose another with VCONNECT_PORT.`,
        error,
      );
    case 'EACCES':
      return new ListenFault(
        'PORT_NOT_ALLOWED',
        `The system does not allow listening on ${at}: choose one from 1024 with VCONNECT_PORT.`,
        error,
      );
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return new ListenFault('HOST_NOT_USABLE', `This machine has no address ${host}: correct VCONNECT_HOST.`, error);
    default:
      return new ListenFault('CANNOT_LISTEN', `Listening on ${at} failed (${error.code ?? 'no code'}).`, error);
  }
};

/** `0.0.0.0` and `::` are places to listen, not to visit. */
export const reachable = (host: string): string => {
  if (host === '0.0.0.0' || host === '::') return 'localhost';
  return host.includes(':') ? `[${host}]` : host;
};

// Serves the built web app over plain http as the product's front server does, with the fixture behind it.
// By hand: `node tests/support/serve-web.ts 4310`, then open the printed address (it signs in by itself).
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { webFixture, type WebFixture } from './web-fixture.ts';

const door =
  '<svg xmlns="http://www.w3.org/2000/svg" width="528" height="296" viewBox="0 0 264 148"><rect width="264" height="148" fill="#c9bfae"/><path d="M0 0h264v92H0z" fill="#b9ad99"/><rect x="96" y="-10" width="76" height="118" rx="3" fill="#4b5f58"/><path d="M82 108h104l10 14H72z" fill="#8f8575"/><path d="M0 130h264v18H0z" fill="#a79c89"/></svg>';

type Handler = (req: IncomingMessage, res: ServerResponse) => void;

export async function serveWeb(fixture: WebFixture, port = 0): Promise<{ readonly url: string; readonly close: () => Promise<void> }> {
  process.env['PROTOCOL_HEADER'] = 'x-forwarded-proto';
  const built = pathToFileURL(join(import.meta.dirname, '../../web/build/handler.js')).href;
  const { handler } = (await import(built)) as { handler: Handler };
  const open = new Set<ServerResponse>();
  fixture.onChange((views) => {
    for (const page of open) page.write(`event: changed\ndata: ${JSON.stringify({ views, position: '1' })}\n\n`);
  });
  const server: Server = createServer((req, res) => {
    if (req.url?.startsWith('/api/v1/stream') === true) {
      stream(res, open);
      return;
    }
    if (req.url?.startsWith('/api/v1/media/') === true) {
      res.writeHead(200, { 'content-type': 'image/svg+xml', 'cache-control': 'no-store' }).end(door);
      return;
    }
    req.headers['x-forwarded-proto'] = 'http';
    Object.assign(req, {
      vconnect: { application: fixture.application, address: '127.0.0.1', baseUrl: `http://${req.headers.host ?? ''}` },
    });
    handler(req, res);
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  const { port: used } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${String(used)}`,
    close: () =>
      new Promise((resolve) => {
        for (const page of open) page.end();
        server.close(() => {
          resolve();
        });
        server.closeAllConnections();
      }),
  };
}

function stream(res: ServerResponse, open: Set<ServerResponse>): void {
  res.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
  res.write(': hello\n\n');
  open.add(res);
  res.on('close', () => open.delete(res));
}

if (process.argv[1] === import.meta.filename) {
  const fixture = webFixture({ more: Number(process.argv[3] ?? 135) });
  const { url } = await serveWeb(fixture, Number(process.argv[2] ?? 0));
  process.stdout.write(`${url}/inbox with the cookie vc_session=${fixture.token}\n`);
}

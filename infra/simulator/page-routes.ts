/** The phone page and its files, from a fixed list: no path from outside ever reaches the disk. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { FastifyInstance } from 'fastify';
import type { Simulation } from './simulation.ts';

const PAGE = join(import.meta.dirname, 'page');
const TYPES = {
  html: 'text/html; charset=utf-8',
  css: 'text/css; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  svg: 'image/svg+xml',
  woff2: 'font/woff2',
} as const;

const FILES: Readonly<Record<string, keyof typeof TYPES>> = {
  'tokens.css': 'css',
  'base.css': 'css',
  'controls.css': 'css',
  'frame.css': 'css',
  'layout.css': 'css',
  'panels.css': 'css',
  'phone.css': 'css',
  'bubbles.css': 'css',
  'small-screens.css': 'css',
  'early.js': 'js',
  'main.js': 'js',
  'api.js': 'js',
  'dom.js': 'js',
  'words.js': 'js',
  'words-ar.js': 'js',
  'store.js': 'js',
  'customers.js': 'js',
  'panes.js': 'js',
  'phone.js': 'js',
  'bubbles.js': 'js',
  'composer.js': 'js',
  'webhooks.js': 'js',
  'chaos.js': 'js',
  'dialogs.js': 'js',
  'icons.svg': 'svg',
};

const FONTS: Readonly<Record<string, string>> = {
  'inter.woff2': '@fontsource-variable/inter/files/inter-latin-wght-normal.woff2',
  'plex-arabic-400.woff2': '@fontsource/ibm-plex-sans-arabic/files/ibm-plex-sans-arabic-arabic-400-normal.woff2',
  'plex-arabic-500.woff2': '@fontsource/ibm-plex-sans-arabic/files/ibm-plex-sans-arabic-arabic-500-normal.woff2',
  'plex-arabic-600.woff2': '@fontsource/ibm-plex-sans-arabic/files/ibm-plex-sans-arabic-arabic-600-normal.woff2',
  'plex-mono-400.woff2': '@fontsource/ibm-plex-mono/files/ibm-plex-mono-latin-400-normal.woff2',
};

const SECURITY = {
  'content-security-policy': "default-src 'self'; img-src 'self' blob: data:; object-src 'none'; base-uri 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
} as const;

export function pageRoutes(app: FastifyInstance, { sim }: { readonly sim: Simulation }): void {
  app.get('/', async (_request, reply) =>
    reply
      .headers(SECURITY)
      .type(TYPES.html)
      .send(await readFile(join(PAGE, 'index.html'))),
  );

  app.get<{ Params: { name: string } }>('/page/:name', async (request, reply) => {
    const type = Object.hasOwn(FILES, request.params.name) ? FILES[request.params.name] : undefined;
    if (type === undefined) return reply.code(404).send('');
    return reply
      .headers(SECURITY)
      .type(TYPES[type])
      .send(await readFile(join(PAGE, request.params.name)));
  });

  app.get<{ Params: { name: string } }>('/page/fonts/:name', async (request, reply) => {
    const file = Object.hasOwn(FONTS, request.params.name) ? FONTS[request.params.name] : undefined;
    if (file === undefined) return reply.code(404).send('');
    const path = new URL(import.meta.resolve(file));
    return reply
      .headers(SECURITY)
      .header('cache-control', 'max-age=86400')
      .type(TYPES.woff2)
      .send(await readFile(path));
  });

  /** Media as the person on the phone sees it. Only pictures open in the page; the rest is downloaded. */
  app.get<{ Params: { id: string } }>('/control/media/:id', (request, reply) => {
    const media = sim.world.media.get(request.params.id);
    if (media === undefined) return reply.code(404).send('');
    const picture = /^image\/(png|jpeg|webp|gif)$/.test(media.mimeType);
    const name = encodeURIComponent(media.filename ?? 'file');
    return reply
      .headers(SECURITY)
      .header('content-disposition', picture ? 'inline' : `attachment; filename*=UTF-8''${name}`)
      .type(picture ? media.mimeType : 'application/octet-stream')
      .send(Buffer.from(media.bytes));
  });
}

import { join } from 'node:path';
import adapter from '@sveltejs/adapter-node';
import { sveltekit } from '@sveltejs/kit/vite';
import tailwindcss from '@tailwindcss/vite';
import { defineConfig } from 'vite';

// Kit adds a nonce to its own inline script. Everything else comes from this server, and nothing may frame a page.
const csp: NonNullable<Parameters<typeof sveltekit>[0]>['csp'] = {
  mode: 'auto',
  directives: {
    'default-src': ['self'],
    'script-src': ['self'],
    'style-src': ['self'],
    // The one style attribute that exists: kit's announcer of page changes, hidden by it (its hash, pinned with the version of kit).
    'style-src-attr': ['unsafe-hashes', 'sha256-S8qMpvofolR8Mpjy4kQvEm7m1q8clzU4dfDH0AmvZjo='],
    'img-src': ['self', 'data:', 'blob:'],
    'font-src': ['self'],
    'connect-src': ['self'],
    'object-src': ['none'],
    'base-uri': ['self'],
    'form-action': ['self'],
    'frame-ancestors': ['none'],
  },
};

export default defineConfig({
  root: import.meta.dirname,
  plugins: [
    tailwindcss(),
    sveltekit({
      adapter: adapter({ out: join(import.meta.dirname, 'build') }),
      csp,
      version: { pollInterval: 0 },
      compilerOptions: { runes: true },
    }),
  ],
  // Fonts stay files of their own: inlined ones would need data: in font-src and could not be cached.
  build: {
    assetsInlineLimit: 0,
    // Icons are a few hundred bytes each; one file of them is one request in place of forty.
    rolldownOptions: { output: { codeSplitting: { groups: [{ name: 'icons', test: /@lucide[\\/]svelte/ }] } } },
  },
});

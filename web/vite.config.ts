import path from 'node:path';
import type { Plugin } from 'vite';
import { VitePWA } from 'vite-plugin-pwa';
import { viteSingleFile } from 'vite-plugin-singlefile';
import { defineConfig } from 'vitest/config';

const wasm = path.resolve(process.env.SHARDPLAN_WASM ?? path.join(import.meta.dirname, '../build/wasm/wasm'));
const dist = path.join(import.meta.dirname, '../dist');

interface Modules {
  getModuleInfo(id: string): { importedIds: readonly string[] } | null;
}

/** What the entry needs before anything else, as one file: pieces of it are packed less well. */
function firstLoad() {
  const known = new Set<string>();
  const visit = (id: string, modules: Modules) => {
    if (known.has(id)) return;
    known.add(id);
    for (const next of modules.getModuleInfo(id)?.importedIds ?? []) visit(next, modules);
  };
  const entry = path.join(import.meta.dirname, 'src/main.tsx');
  return {
    name: (id: string, modules: Modules) => {
      visit(entry, modules);
      return known.has(id) ? 'first' : null;
    },
  };
}

const sitePolicy = [
  "default-src 'none'",
  "script-src 'self' 'wasm-unsafe-eval'",
  "style-src 'self'",
  "img-src 'self' data: blob:",
  "connect-src 'self'",
  "worker-src 'self'",
  "manifest-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
];
// One file has all of it inline; it still may not talk to anyone.
const singlePolicy = [
  "default-src 'none'",
  "script-src 'unsafe-inline' 'wasm-unsafe-eval' blob: data:",
  "style-src 'unsafe-inline'",
  'img-src data: blob:',
  'worker-src blob: data:',
  "base-uri 'none'",
  "form-action 'none'",
];

function contentSecurityPolicy(policy: string[]): Plugin {
  const meta = `<meta http-equiv="Content-Security-Policy" content="${policy.join('; ')}" />`;
  return {
    name: 'content-security-policy',
    apply: 'build',
    transformIndexHtml: (html) => html.replace('<meta charset="utf-8" />', (charset) => `${charset}\n    ${meta}`),
  };
}

// The single file stands alone: no icon, no manifest beside it, and its own name.
function standAlone(): Plugin {
  return {
    name: 'stand-alone',
    enforce: 'post',
    transformIndexHtml: (html) => html.replace(/\s*<link rel="(icon|apple-touch-icon)"[^>]*>/g, ''),
    generateBundle(_, bundle) {
      const page = bundle['index.html'];
      if (page) page.fileName = 'shardplan.html';
    },
  };
}

const offline = () =>
  VitePWA({
    injectRegister: false,
    registerType: 'prompt',
    manifest: {
      name: 'Shardplan',
      short_name: 'Shardplan',
      description: 'Plans distributed training of language models, in the browser.',
      display: 'standalone',
      background_color: '#fcfbf8',
      theme_color: '#0a6847',
      icons: [
        { src: 'icon-192.png', sizes: '192x192', type: 'image/png' },
        { src: 'icon-512.png', sizes: '512x512', type: 'image/png' },
        { src: 'icon.svg', sizes: 'any', type: 'image/svg+xml' },
      ],
    },
    workbox: {
      globPatterns: ['**/*.{html,js,css,wasm,svg,png,webmanifest}'],
      maximumFileSizeToCacheInBytes: 8 * 2 ** 20,
      inlineWorkboxRuntime: true,
      sourcemap: false,
    },
  });

export default defineConfig(({ mode }) => {
  const single = mode === 'single';
  const name = (module: string) => path.join(wasm, module);
  return {
    base: './',
    publicDir: single ? false : 'public',
    resolve: {
      alias: [
        { find: /^#wasm\/first\.wasm/, replacement: name('shardplan-first.wasm') },
        { find: /^#wasm\/full\.wasm/, replacement: name('shardplan.wasm') },
        { find: /^#wasm\/first$/, replacement: name(single ? 'shardplan-single.mjs' : 'shardplan-first.mjs') },
        { find: /^#wasm\/full$/, replacement: name(single ? 'shardplan-single.mjs' : 'shardplan.mjs') },
        {
          find: '#spawn',
          replacement: path.join(import.meta.dirname, `src/engine/spawn.${single ? 'single' : 'site'}.ts`),
        },
      ],
    },
    server: { fs: { allow: ['.', wasm] } },
    worker: { format: single ? 'iife' : 'es' },
    build: {
      target: 'es2023',
      outDir: single ? dist : path.join(dist, 'site'),
      emptyOutDir: !single,
      assetsInlineLimit: single ? Number.POSITIVE_INFINITY : 0,
      chunkSizeWarningLimit: 2000,
      reportCompressedSize: false,
      modulePreload: { polyfill: false },
      ...(!single && { rolldownOptions: { output: { codeSplitting: { groups: [firstLoad()] } } } }),
    },
    plugins: single
      ? [contentSecurityPolicy(singlePolicy), viteSingleFile(), standAlone()]
      : [contentSecurityPolicy(sitePolicy), offline()],
    test: { include: ['src/**/*.test.{ts,tsx}'], environment: 'node' },
  };
});

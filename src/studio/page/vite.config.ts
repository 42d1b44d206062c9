import { defineConfig } from 'vite';

/** One small page without addresses from elsewhere; what it is made of is named in a file beside it. */
export default defineConfig({
  root: import.meta.dirname,
  base: './',
  logLevel: 'warn',
  build: {
    outDir: '../../../dist/studio/page',
    emptyOutDir: true,
    target: 'es2022',
    modulePreload: { polyfill: false },
    license: { fileName: 'licences.md' },
  },
});

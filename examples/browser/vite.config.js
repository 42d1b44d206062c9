import { fileURLToPath } from 'node:url';

const here = (path) => fileURLToPath(new URL(path, import.meta.url));

/** Threads of wasm share memory, which browsers allow to pages that are isolated from others. */
const headers = { 'Cross-Origin-Opener-Policy': 'same-origin', 'Cross-Origin-Embedder-Policy': 'require-corp' };

export default {
  base: './',
  publicDir: here('../../models'), // in a project of your own: 'node_modules/tfjs-boomerang/models'
  resolve: { alias: { 'tfjs-boomerang': here('../../src/index.ts') } }, // and without this line
  worker: { format: 'es' },
  optimizeDeps: { exclude: ['onnxruntime-web'] }, // it finds its .wasm files beside itself
  server: { headers, fs: { allow: [here('../..')] } },
  preview: { headers },
  build: {
    target: 'es2022',
    rollupOptions: { input: ['index.html', 'shortest.html'].map(here) },
  },
};

#!/usr/bin/env node
/** Bundles the program into dist/: one file per entry, dependencies included, so that it starts fast and needs nothing but Node. */
import { build } from 'esbuild'

const banner = "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);"
await build({
  entryPoints: { cli: 'src/cli/main.ts', 'grade-worker': 'src/cli/grade/worker.ts' },
  outdir: 'dist',
  bundle: true,
  splitting: true,
  platform: 'node',
  target: 'node20',
  format: 'esm',
  banner: { js: banner },
  define: { 'process.env.NODE_ENV': '"production"' },
  alias: { 'react-devtools-core': './scripts/empty.mjs' },
  logLevel: 'warning',
  sourcemap: false,
  legalComments: 'none',
})

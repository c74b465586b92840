#!/usr/bin/env node
/** Bundles test/bench/main.ts as the program itself is bundled, and runs it: `npm run bench -- [words of the figures wanted]`. */
import { spawnSync } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { build } from 'esbuild'

const outfile = 'node_modules/.cache/clusterlab-bench.mjs'
mkdirSync('node_modules/.cache', { recursive: true })
await build({
  entryPoints: ['test/bench/main.ts'],
  outfile,
  bundle: true,
  platform: 'node',
  target: 'node20',
  format: 'esm',
  packages: 'external',
  sourcemap: 'inline',
  jsx: 'automatic',
  define: { 'process.env.NODE_ENV': '"production"' },
  logLevel: 'warning',
})
const { status } = spawnSync(
  process.execPath,
  ['--expose-gc', '--enable-source-maps', ...(process.env.BENCH_NODE_FLAGS?.split(' ') ?? []), outfile, ...process.argv.slice(2)],
  { stdio: 'inherit' },
)
process.exit(status ?? 1)

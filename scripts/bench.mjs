#!/usr/bin/env node
/** Bundles test/bench/main.ts as the program itself is bundled, and runs it: `npm run bench -- [words of the figures wanted]`. */
import { spawnSync } from 'node:child_process'
import { mkdirSync, readFileSync } from 'node:fs'
import { build } from 'esbuild'

// Its modules name each other without their endings, which Node does not resolve: it must be bundled.
const BUNDLED = new Set(['@ngrok/webernetes', 'buffer', 'events'])
const { dependencies, devDependencies } = JSON.parse(readFileSync('package.json', 'utf8'))
const external = Object.keys({ ...dependencies, ...devDependencies }).filter((name) => !BUNDLED.has(name))
const outfile = 'node_modules/.cache/clusterlab-bench.mjs'
mkdirSync('node_modules/.cache', { recursive: true })
await build({
  entryPoints: ['test/bench/main.ts'],
  outfile,
  bundle: true,
  platform: 'node',
  target: 'node20',
  format: 'esm',
  external,
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

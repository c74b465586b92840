#!/usr/bin/env node
/** Bundles the program into dist/ (or the folder given): one file per entry, dependencies included, so that it starts fast and needs nothing but Node. */
import { chmodSync, readdirSync, rmSync } from 'node:fs'
import { basename, join, resolve } from 'node:path'
import { build } from 'esbuild'
import { apiDescriptions } from './api-descriptions.mjs'

const outdir = process.argv[2] ?? 'dist'
// What packages in CommonJS expect to find.
const banner =
  "import { createRequire as __createRequire } from 'node:module'; import { fileURLToPath as __pathOf } from 'node:url'; " +
  'const require = __createRequire(import.meta.url); const __filename = __pathOf(import.meta.url);'
// zod's words in forty other languages, which nobody asks for: less to read at each start.
const oneLanguage = {
  name: 'one language',
  setup: ({ onResolve }) =>
    onResolve({ filter: /^\.\.\/locales\/index\.js$/ }, ({ importer }) =>
      /[\\/]node_modules[\\/]zod[\\/]/.test(importer) ? { path: resolve('scripts/empty.mjs') } : undefined,
    ),
}
const { metafile } = await build({
  entryPoints: {
    cli: 'src/cli/main.ts',
    'grade-worker': 'src/cli/grade/worker.ts',
    'proof-worker': 'src/cli/grade/proof-worker.ts',
    'keep-stages': 'src/cli/keep-stages.ts',
  },
  outdir,
  bundle: true,
  splitting: true,
  platform: 'node',
  target: 'node20',
  format: 'esm',
  banner: { js: banner },
  define: { 'process.env.NODE_ENV': '"production"', API_DESCRIPTIONS: JSON.stringify(apiDescriptions()) },
  alias: { 'react-devtools-core': './scripts/empty.mjs' },
  // Less to read at each start; names stay, for crash reports.
  minifyWhitespace: true,
  minifySyntax: true,
  plugins: [oneLanguage],
  logLevel: 'warning',
  sourcemap: false,
  legalComments: 'none',
  metafile: true,
})
// What an earlier build left behind.
const made = new Set(Object.keys(metafile.outputs).map((path) => basename(path)))
for (const name of readdirSync(outdir)) if (name.endsWith('.js') && !made.has(name)) rmSync(join(outdir, name))
// Stages were opened by the program as it was; dist/keep-stages.js opens them anew.
rmSync(join(outdir, 'stages'), { recursive: true, force: true })
chmodSync(join(outdir, 'cli.js'), 0o755)

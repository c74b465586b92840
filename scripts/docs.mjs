#!/usr/bin/env node
/** `npm run docs`: writes docs/support-matrix.md, docs/result-v1.schema.json and the generated parts of the README. `--check` only says whether they are current. */
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { pathToFileURL } from 'node:url'
import { build } from 'esbuild'

const outfile = 'node_modules/.cache/support-matrix.mjs'
mkdirSync('node_modules/.cache', { recursive: true })
await build({
  entryPoints: ['scripts/support-matrix.ts'],
  outfile,
  bundle: true,
  platform: 'node',
  format: 'esm',
  packages: 'external',
  jsx: 'automatic',
  logLevel: 'warning',
})
const { resultSchemaText, supportMatrix } = await import(pathToFileURL(outfile).href)

let stale = false
/** Writes a document, or says that it is not current. */
function keep(path, text) {
  if (!process.argv.includes('--check')) writeFileSync(path, text)
  else if (!existsSync(path) || readFileSync(path, 'utf8') !== text) {
    console.error(`${path} is out of date; run npm run docs`)
    stale = true
  }
}
keep('docs/support-matrix.md', supportMatrix())
keep('docs/result-v1.schema.json', resultSchemaText())
const example = readFileSync('test/docs/example-kind/index.ts', 'utf8')
keep(
  'docs/adding-a-kind.md',
  readFileSync('docs/adding-a-kind.md', 'utf8').replace(/```ts\n[\s\S]*?```/, () => `\`\`\`ts\n${example}\`\`\``),
)
if (existsSync('README.md') && existsSync('dist/cli.js'))
  stale = spawnSync(process.execPath, ['scripts/write-docs.mjs', ...process.argv.slice(2)], { stdio: 'inherit' }).status !== 0 || stale
process.exit(stale ? 1 : 0)

#!/usr/bin/env node
/** `npm start`: builds when dist/ is missing or older than the sources, then runs the program with the given arguments, its code and signals passed through. */
import { spawn, spawnSync } from 'node:child_process'
import { existsSync, readdirSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const program = join(root, 'dist', 'cli.js')

/** The newest change below a folder, in ms. */
function newest(folder) {
  let ms = 0
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name)
    ms = Math.max(ms, entry.isDirectory() ? newest(path) : statSync(path).mtimeMs)
  }
  return ms
}

function isStale() {
  if (!existsSync(program)) return true
  // Installed from a package there are no sources to build from.
  if (!existsSync(join(root, 'src'))) return false
  const built = statSync(program).mtimeMs
  return (
    Math.max(
      newest(join(root, 'src')),
      statSync(join(root, 'scripts', 'build.mjs')).mtimeMs,
      statSync(join(root, 'package.json')).mtimeMs,
    ) > built
  )
}

if (isStale()) {
  const build = spawnSync(process.execPath, [join(root, 'scripts', 'build.mjs')], { stdio: ['ignore', 'inherit', 'inherit'] })
  if (build.status !== 0) {
    process.stderr.write('clusterlab: the program could not be built; `npm ci` first, please\n')
    process.exit(3)
  }
}
const child = spawn(process.execPath, [program, ...process.argv.slice(2)], { stdio: 'inherit' })
// The terminal sends Ctrl-C to both; the child decides what it means.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT']) process.on(signal, () => signal !== 'SIGINT' && child.kill(signal))
child.on('error', (error) => {
  process.stderr.write(`clusterlab: ${error.message}\n`)
  process.exit(3)
})
child.on('exit', (code, signal) => process.exit(code ?? 128 + ({ SIGHUP: 1, SIGINT: 2, SIGQUIT: 3, SIGKILL: 9, SIGTERM: 15 }[signal] ?? 0)))

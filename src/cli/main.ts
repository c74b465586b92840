#!/usr/bin/env node
/** The `clusterlab` command: runs the command line and ends with its code, whatever happens. */
import module from 'node:module'
import { languageFrom } from './language.ts'
import { runProgram } from './program.ts'

// Node 22 and later keep compiled code between runs; older ones have no such function.
;(module as { enableCompileCache?: () => void }).enableCompileCache?.()

const { stdin, stdout, stderr, env, argv } = process

async function broke(error: unknown): Promise<number> {
  const { crashText, writeReport } = await import('./crash.ts')
  stderr.write(crashText(languageFrom(undefined, env), writeReport(error, env, argv.slice(2))))
  return 3
}

// A reader that went away (`clusterlab levels | head -1`) is no error.
for (const stream of [stdout, stderr])
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(0)
  })
process.exitCode = await runProgram(argv.slice(2), { stdin, stdout, stderr, env }).catch(broke)

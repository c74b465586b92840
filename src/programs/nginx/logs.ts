/**
 * Where nginx' logs go: to files, where a directory is mounted over the image's or the configuration names another place. In the official
 * image `access.log` and `error.log` are links to the container's stdout and stderr. A log that was moved away is opened anew at the next line.
 */

import { FileError } from '../../script/files.ts'
import type { ProcessContext } from '../contract.ts'
import { exists } from '../text/files.ts'
import { ConfigError } from './config-parse.ts'

const DIRECTORY = '/var/log/nginx'
export const ACCESS_LOG = `${DIRECTORY}/access.log`
const ERROR_LOG = `${DIRECTORY}/error.log`

const parentOf = (path: string): string => path.slice(0, path.lastIndexOf('/')) || '/'

/** The container's own stream, or undefined: a file. */
function streamOf(path: string, ctx: ProcessContext): 'stdout' | 'stderr' | undefined {
  const linked = !exists(ctx.files, DIRECTORY)
  if (path === '/dev/stdout' || (linked && path === ACCESS_LOG)) return 'stdout'
  return path === '/dev/stderr' || (linked && path === ERROR_LOG) ? 'stderr' : undefined
}

/** One line into a log. A full disk loses the line, not the request. */
export function writeLog(path: string, line: string, ctx: ProcessContext): void {
  const stream = streamOf(path, ctx)
  if (stream !== undefined) return ctx.log(line, stream)
  try {
    ctx.files.append(path, `${line}\n`)
  } catch (error) {
    if (!(error instanceof FileError)) throw error
  }
}

/** The error log, at its default place. */
export const logError = (line: string, ctx: ProcessContext): void => writeLog(ERROR_LOG, line, ctx)

/** nginx opens its logs when it starts. Throws ConfigError where there is no such directory. */
export function openLogs(paths: Iterable<string>, ctx: ProcessContext): void {
  for (const path of [ERROR_LOG, ...paths]) {
    if (path === '' || streamOf(path, ctx) !== undefined) continue
    if (!exists(ctx.files, parentOf(path))) throw new ConfigError(`open() "${path}" failed (2: No such file or directory)`)
    if (exists(ctx.files, path)) continue
    try {
      ctx.files.append(path, '')
    } catch (error) {
      if (error instanceof FileError) throw new ConfigError(`open() "${path}" failed (${error.message})`)
      throw error
    }
  }
}

/** gzip, gunzip, zcat: files and streams, packed and unpacked (GNU gzip). The packed form is not smaller: see `../gzip.ts`. */
import { bytesFromText, textFromBytes } from '../bytes.ts'
import type { Tool, ToolContext, ToolResult } from '../contract.ts'
import { FileError } from '../files.ts'
import { GzipError, gunzip, gzip as pack } from '../gzip.ts'
import { parseOptions } from './options.ts'

const SUFFIX = '.gz'

interface Asked {
  readonly unpack: boolean
  readonly toOutput: boolean
  readonly keep: boolean
  readonly force: boolean
}

function changed(ctx: ToolContext, text: string, unpack: boolean): string {
  const bytes = bytesFromText(text)
  ctx.charge?.(bytes.length >> 8)
  return textFromBytes(unpack ? gunzip(bytes) : pack(bytes))
}

/** One file: what it prints, or why not. */
function ofFile(ctx: ToolContext, name: string, { unpack, toOutput, keep, force }: Asked): ToolResult {
  const refused = (why: string, exitCode = 1): ToolResult => ({ exitCode, stderr: `gzip: ${name}${why}\n` })
  const path = ctx.path(name)
  if (ctx.files.stat(path)?.kind === 'directory') return refused(' is a directory -- ignored', 2)
  if (unpack && !name.endsWith(SUFFIX) && !toOutput) return refused(': unknown suffix -- ignored', 2)
  if (!unpack && name.endsWith(SUFFIX) && !force && !toOutput) return refused(` already has ${SUFFIX} suffix -- unchanged`, 2)
  try {
    const text = changed(ctx, ctx.files.read(path), unpack)
    if (toOutput) return { stdout: text }
    const other = unpack ? path.slice(0, -SUFFIX.length) : `${path}${SUFFIX}`
    if (!force && ctx.files.stat(other) !== undefined)
      return {
        exitCode: 2,
        stderr: `gzip: ${unpack ? name.slice(0, -SUFFIX.length) : `${name}${SUFFIX}`} already exists;\tnot overwritten\n`,
      }
    ctx.files.write(other, text)
    if (!keep) ctx.files.remove(path)
    return {}
  } catch (error) {
    if (error instanceof FileError || error instanceof GzipError) return refused(`: ${error.message}`)
    throw error
  }
}

export const gzip: Tool = {
  names: ['gzip', 'gunzip', 'zcat'],
  run(ctx) {
    const name = ctx.argv[0]!
    const { given, words, error } = parseOptions(ctx.argv, 'cdkfnqv123456789', {
      stdout: 'c',
      'to-stdout': 'c',
      decompress: 'd',
      keep: 'k',
      force: 'f',
      'no-name': 'n',
      quiet: 'q',
      verbose: 'v',
      fast: '1',
      best: '9',
    })
    if (error !== undefined) return { exitCode: 1, stderr: error }
    const unpack = name !== 'gzip' || given.has('d')
    const asked = { unpack, toOutput: name === 'zcat' || given.has('c'), keep: given.has('k'), force: given.has('f') }
    if (words.length > 0 && words[0] !== '-') {
      const results = words.map((word) => ofFile(ctx, word, asked))
      return {
        exitCode: Math.max(...results.map((r) => r.exitCode ?? 0)),
        stdout: results.map((r) => r.stdout ?? '').join(''),
        stderr: results.map((r) => r.stderr ?? '').join(''),
      }
    }
    try {
      return { stdout: changed(ctx, ctx.stdin(), unpack) }
    } catch (problem) {
      if (problem instanceof GzipError) return { exitCode: 1, stderr: `\ngzip: stdin: ${problem.message}\n` }
      throw problem
    }
  },
}

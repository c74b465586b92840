/** dd, truncate, fallocate: files of a size. Zeros take up room and are not kept one by one. */
import { byteLength } from '../bytes.ts'
import type { Tool, ToolContext, ToolResult } from '../contract.ts'
import { FileError } from '../files.ts'
import { parseOptions } from './options.ts'

const UNITS: Readonly<Record<string, number>> = {
  '': 1,
  c: 1,
  w: 2,
  b: 512,
  k: 1024,
  kB: 1000,
  K: 1024,
  KB: 1000,
  M: 1024 ** 2,
  MB: 1000 ** 2,
  G: 1024 ** 3,
  GB: 1000 ** 3,
  T: 1024 ** 4,
}

/** `64M` as bytes; undefined: not a number. */
function sizeOf(text: string): number | undefined {
  const m = /^(\d+)([a-zA-Z]*?)(?:iB)?$/.exec(text)
  const unit = m === null ? undefined : UNITS[m[2]!]
  return unit === undefined ? undefined : Number(m![1]) * unit
}

/** How fast bytes go to a disk, for what dd tells of itself. */
const BYTES_PER_SECOND = 500_000_000

const human = (bytes: number, base: number, units: readonly string[]): string => {
  let value = bytes
  let unit = 0
  while (value >= base && unit < units.length - 1) {
    value /= base
    unit++
  }
  return `${value < 10 && unit > 0 ? value.toFixed(1) : Math.round(value)} ${units[unit]}`
}

/** The last three lines of dd. */
function report(whole: number, part: number, bytes: number): string {
  const seconds = Math.max(bytes / BYTES_PER_SECOND, 0.0001)
  const shown =
    bytes < 1000
      ? `${bytes} bytes`
      : `${bytes} bytes (${human(bytes, 1000, ['B', 'kB', 'MB', 'GB', 'TB'])}, ${human(bytes, 1024, ['B', 'KiB', 'MiB', 'GiB', 'TiB'])})`
  return `${whole}+${part} records in\n${whole}+${part} records out\n${shown} copied, ${Number(seconds.toPrecision(6))} s, ${human(bytes / seconds, 1000, ['B', 'kB', 'MB', 'GB'])}/s\n`
}

/** Makes a file of zeros so long; what the disk still takes is written before it says that it is full. */
function fill(ctx: ToolContext, path: string, bytes: number, append: boolean): void {
  if (ctx.files.allocate === undefined) throw new FileError('EINVAL', path)
  const old = append ? (ctx.files.stat(path)?.size ?? 0) : 0
  if (!append && ctx.files.stat(path) !== undefined) ctx.files.write(path, '')
  ctx.files.allocate(path, old + bytes)
}

export const dd: Tool = {
  names: ['dd'],
  run(ctx): ToolResult {
    const given = new Map<string, string>()
    for (const word of ctx.argv.slice(1)) {
      const at = word.indexOf('=')
      const name = at < 0 ? word : word.slice(0, at)
      if (at < 0 || !['if', 'of', 'bs', 'count', 'conv', 'oflag', 'iflag', 'status', 'seek'].includes(name))
        return { exitCode: 1, stderr: `dd: unrecognized operand ‘${word}’\nTry 'dd --help' for more information.\n` }
      given.set(name, word.slice(at + 1))
    }
    const size = sizeOf(given.get('bs') ?? '512')
    const count = given.has('count') ? sizeOf(given.get('count')!) : undefined
    if (!size || (given.has('count') && count === undefined))
      return { exitCode: 1, stderr: `dd: invalid number: ‘${size ? given.get('count') : given.get('bs')}’\n` }
    const source = given.get('if')
    const target = given.get('of')
    const append = given.get('oflag')?.includes('append') === true && given.get('conv')?.includes('notrunc') === true
    const told = given.get('status') === 'none' ? () => '' : report
    try {
      if (source === '/dev/zero' || source === '/dev/urandom') {
        if (target === undefined || count === undefined)
          return { exitCode: 1, stderr: `dd: ${source} has no end: what has neither count= nor of= is not simulated\n` }
        const bytes = size * count
        if (target !== '/dev/null') fill(ctx, ctx.path(target), bytes, append)
        return { exitCode: 0, stderr: told(count, 0, bytes) }
      }
      const all = source === undefined ? ctx.stdin() : ctx.files.read(ctx.path(source))
      const text =
        count === undefined
          ? all
          : Buffer.from(all, 'utf8')
              .subarray(0, size * count)
              .toString('utf8')
      const bytes = byteLength(text)
      const stderr = told(Math.floor(bytes / size), bytes % size === 0 ? 0 : 1, bytes)
      if (target === undefined) return { exitCode: 0, stdout: text, stderr }
      ctx.files.write(ctx.path(target), text)
      return { exitCode: 0, stderr }
    } catch (error) {
      if (!(error instanceof FileError)) throw error
      if (error.code === 'ENOSPC') return { exitCode: 1, stderr: `dd: error writing '${target}': ${error.message}\n` }
      const word = source !== undefined && ctx.files.stat(ctx.path(source)) === undefined && !source.startsWith('/dev/') ? source : target
      return { exitCode: 1, stderr: `dd: failed to open '${word}': ${error.message}\n` }
    }
  },
}

function resized(name: string, ctx: ToolContext, shrink: boolean): ToolResult {
  const { given, words, error } = parseOptions(ctx.argv, name === 'truncate' ? 's:c' : 'l:nx', { size: 's=', length: 'l=' })
  if (error !== undefined) return { exitCode: 1, stderr: error }
  const text = given.get(name === 'truncate' ? 's' : 'l') ?? ''
  const bytes = sizeOf(text)
  if (bytes === undefined)
    return { exitCode: 1, stderr: text === '' ? `${name}: you must specify a size\n` : `${name}: Invalid number: ‘${text}’\n` }
  for (const word of words) {
    try {
      const path = ctx.path(word)
      if (ctx.files.allocate === undefined) throw new FileError('EINVAL', word)
      if (shrink || (ctx.files.stat(path)?.size ?? 0) < bytes) ctx.files.allocate(path, bytes)
    } catch (failure) {
      if (!(failure instanceof FileError)) throw failure
      return {
        exitCode: 1,
        stderr:
          name === 'fallocate'
            ? `fallocate: fallocate failed: ${failure.message}\n`
            : `truncate: cannot open '${word}' for writing: ${failure.message}\n`,
      }
    }
  }
  return { exitCode: 0 }
}

export const truncate: Tool = { names: ['truncate'], run: (ctx) => resized('truncate', ctx, true) }
export const fallocate: Tool = { names: ['fallocate'], run: (ctx) => resized('fallocate', ctx, false) }

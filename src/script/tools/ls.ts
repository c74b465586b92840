/** ls(1): names in byte order, one a line (a pipe's format) with GNU's long format on request. */

import { compareBytes } from '../bytes.ts'
import type { Tool, ToolContext, ToolResult } from '../contract.ts'
import { GROUP, nameOf, PASSWD } from '../credentials.ts'
import { FileError, type FileStat } from '../files.ts'
import { strftime } from '../format.ts'
import { parseOptions } from './options.ts'

interface Entry {
  name: string
  stat: FileStat
}

/** `drwxr-xr-x`, as ls and stat show it. */
export function modeText(stat: FileStat): string {
  const bits = [...'rwxrwxrwx'].map((letter, i) => ((stat.mode >> (8 - i)) & 1 ? letter : '-'))
  // The bits for setuid, setgid and sticky show in the place of the x; a capital where there is no x.
  for (const [bit, at, letter] of [
    [0o4000, 2, 's'],
    [0o2000, 5, 's'],
    [0o1000, 8, 't'],
  ] as const)
    if ((stat.mode & bit) !== 0) bits[at] = bits[at] === 'x' ? letter : letter.toUpperCase()
  return (stat.kind === 'directory' ? 'd' : stat.kind === 'symlink' ? 'l' : '-') + bits.join('')
}

function sizeText(size: number, human: boolean): string {
  if (!human || size < 1024) return String(size)
  let value = size
  let unit = -1
  while (value >= 1024) {
    value /= 1024
    unit++
  }
  return `${value < 10 ? (Math.ceil(value * 10) / 10).toFixed(1) : Math.ceil(value)}${'KMGT'[unit]}`
}

/** At a prompt the files are the user's own. */
function owner(ctx: ToolContext, list: typeof PASSWD | typeof GROUP, id: number | undefined): string {
  if (id === undefined) return ctx.credentials === undefined ? ctx.user : 'root'
  return nameOf(ctx.files, list, id) ?? String(id)
}

function rows(ctx: ToolContext, entries: readonly Entry[], given: ReadonlyMap<string, string>): string {
  const label = ({ name, stat }: Entry) =>
    name +
    (given.has('F') || given.has('p')
      ? stat.kind === 'directory'
        ? '/'
        : given.has('F') && stat.mode & 0o111 && stat.kind === 'file'
          ? '*'
          : ''
      : '')
  if (!given.has('l')) return entries.map((entry) => `${label(entry)}\n`).join('')
  const cells = entries.map((entry) => {
    const { stat } = entry
    const old = ctx.now() - stat.mtimeMs > 15_778_476_000 || stat.mtimeMs > ctx.now()
    return [
      modeText(stat),
      stat.kind === 'directory' ? '2' : '1',
      owner(ctx, PASSWD, stat.uid),
      owner(ctx, GROUP, stat.gid),
      sizeText(stat.size, given.has('h')),
      strftime(old ? '%b %e  %Y' : '%b %e %H:%M', stat.mtimeMs),
      `${label(entry)}${stat.target === undefined ? '' : ` -> ${stat.target}`}`,
    ]
  })
  const width = (i: number) => Math.max(0, ...cells.map((row) => row[i]!.length))
  const widths = [0, 1, 2, 3, 4].map(width)
  return cells
    .map(
      (row) =>
        `${row[0]} ${row[1]!.padStart(widths[1]!)} ${row[2]!.padEnd(widths[2]!)} ${row[3]!.padEnd(widths[3]!)} ${row[4]!.padStart(widths[4]!)} ${row[5]} ${row[6]}\n`,
    )
    .join('')
}

function arrange(entries: Entry[], given: ReadonlyMap<string, string>): Entry[] {
  const order = given.has('t')
    ? (a: Entry, b: Entry) => b.stat.mtimeMs - a.stat.mtimeMs || compareBytes(a.name, b.name)
    : given.has('S')
      ? (a: Entry, b: Entry) => b.stat.size - a.stat.size || compareBytes(a.name, b.name)
      : (a: Entry, b: Entry) => compareBytes(a.name, b.name)
  const sorted = entries.sort(order)
  return given.has('r') ? sorted.reverse() : sorted
}

function listDirectory(ctx: ToolContext, path: string, given: ReadonlyMap<string, string>): { text: string; directories: string[] } {
  const all = given.has('a')
  const names = ctx.files.list(path).filter((name) => all || given.has('A') || !name.startsWith('.'))
  const own = ctx.files.stat(path) ?? { kind: 'directory' as const, mode: 0o755, size: 4096, mtimeMs: 0 }
  const up = ctx.files.stat(path.slice(0, path.lastIndexOf('/')) || '/') ?? own
  const entries = names.map((name) => ({
    name,
    stat: ctx.files.stat(`${path === '/' ? '' : path}/${name}`) ?? { kind: 'file' as const, mode: 0o644, size: 0, mtimeMs: 0 },
  }))
  if (all) entries.push({ name: '.', stat: own }, { name: '..', stat: up })
  const sorted = arrange(entries, given)
  const total = sorted.reduce((sum, { stat }) => sum + (stat.kind === 'symlink' ? 0 : Math.ceil(stat.size / 4096) * 4), 0)
  return {
    text: (given.has('l') ? `total ${total}\n` : '') + rows(ctx, sorted, given),
    directories: sorted.filter(({ name, stat }) => stat.kind === 'directory' && name !== '.' && name !== '..').map(({ name }) => name),
  }
}

/** What cannot be read is said, as each ls says it. */
function tryListing(ctx: ToolContext, word: string, given: ReadonlyMap<string, string>): ReturnType<typeof listDirectory> | string {
  try {
    return listDirectory(ctx, ctx.path(word), given)
  } catch (error) {
    if (!(error instanceof FileError)) throw error
    return ctx.shellName === 'bash'
      ? `ls: cannot open directory '${word}': ${error.message}\n`
      : `ls: can't open '${word}': ${error.message}\n`
  }
}

export const ls: Tool = {
  names: ['ls', 'dir'],
  run(ctx): ToolResult {
    const { given, words, error } = parseOptions(ctx.argv, 'laA1RrtShdFpiGnoC', {
      all: 'a',
      'almost-all': 'A',
      recursive: 'R',
      reverse: 'r',
      'human-readable': 'h',
      directory: 'd',
      classify: 'F',
      color: 'K',
    })
    if (error !== undefined) return { exitCode: 2, stderr: error }
    const files: Entry[] = []
    const directories: string[] = []
    let stderr = ''
    for (const word of words.length === 0 ? ['.'] : words) {
      const stat = ctx.files.stat(ctx.path(word))
      if (stat === undefined)
        stderr +=
          ctx.shellName === 'bash' ? `ls: cannot access '${word}': No such file or directory\n` : `ls: ${word}: No such file or directory\n`
      else if (
        !given.has('d') &&
        (stat.kind === 'directory' || (stat.kind === 'symlink' && !given.has('l') && leadsToDirectory(ctx, word)))
      )
        directories.push(word)
      else files.push({ name: word, stat })
    }
    let stdout = rows(ctx, arrange(files, given), given)
    const titled = words.length > 1 || given.has('R')
    let first = stdout === ''
    const queue = directories.sort(compareBytes)
    for (let at = 0; at < queue.length && at < 10_000; at++) {
      const word = queue[at]!
      const listed = tryListing(ctx, word, given)
      if (typeof listed === 'string') {
        stderr += listed
        continue
      }
      const { text, directories: inner } = listed
      if (titled) stdout += `${first ? '' : '\n'}${word}:\n`
      first = false
      stdout += text
      if (given.has('R')) queue.splice(at + 1, 0, ...inner.map((name) => `${word.replace(/\/$/, '')}/${name}`))
    }
    return { exitCode: stderr === '' ? 0 : ctx.shellName === 'bash' ? 2 : 1, stdout, stderr }
  },
}

function leadsToDirectory(ctx: ToolContext, word: string): boolean {
  try {
    ctx.files.list(ctx.path(word))
    return true
  } catch {
    return false
  }
}

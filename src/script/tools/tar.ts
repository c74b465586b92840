/** tar: archives of files, to a file or standard output and back, as busybox and GNU word it; with gzip, no other compression. */
import { type ArchiveEntry, ArchiveError, readArchive, writeArchive } from '../archive.ts'
import { byteLength, bytesFromText, textFromBytes } from '../bytes.ts'
import type { Tool, ToolContext, ToolResult } from '../contract.ts'
import { FileError, makeDirectories, normalisePath } from '../files.ts'
import { GzipError, gunzip, gzip, isGzip } from '../gzip.ts'

interface Asked {
  readonly act: 'c' | 'x' | 't'
  readonly file: string
  readonly verbose: boolean
  readonly zipped: boolean
  readonly words: readonly string[]
  /** Where to: what `-C` says. */
  readonly directory: string
  /** New files have modes as the umask leaves them, not as they were. */
  readonly plainModes: boolean
}

const UMASK = 0o022

const usage = (why: string): ToolResult => ({ exitCode: 1, stderr: `tar: ${why}\n` })

function parse(ctx: ToolContext): Asked | ToolResult {
  let act: Asked['act'] | undefined
  let file = '-'
  let directory = ctx.cwd
  let verbose = false
  let plainModes = false
  let zipped = false
  const words: string[] = []
  const argv = ctx.argv.slice(1)
  for (let i = 0; i < argv.length; i++) {
    const word = argv[i]!
    if (word.startsWith('--')) {
      if (!/^--(no-same-owner|no-same-permissions|same-order|numeric-owner)$/.test(word)) return usage(`unrecognized option '${word}'`)
      plainModes ||= word === '--no-same-permissions'
      continue
    }
    if (!(word.startsWith('-') && word.length > 1) && i > 0) {
      words.push(word)
      continue
    }
    for (const letter of word.replace(/^-/, '')) {
      if (letter === 'c' || letter === 'x' || letter === 't') act = letter
      else if (letter === 'f') file = argv[++i] ?? '-'
      else if (letter === 'C') directory = normalisePath(argv[++i] ?? '.', directory)
      else if (letter === 'v') verbose = true
      else if (letter === 'z') zipped = true
      else if ('jJ'.includes(letter)) return usage('of compressions only gzip is simulated; take -z for -j and -J')
      else if (!'mpoO'.includes(letter)) return usage(`invalid option -- '${letter}'`)
    }
  }
  if (act === undefined) return usage('need at least one option of c, x or t')
  return { act, file, directory, verbose, zipped, words, plainModes }
}

/** A file or directory with what is below it. */
function gather(ctx: ToolContext, path: string, name: string, into: ArchiveEntry[]): void {
  const stat = ctx.files.stat(path)
  if (stat === undefined) throw new FileError('ENOENT', path)
  const { mode, mtimeMs, uid, gid } = stat
  const owner = { ...(uid !== undefined && { uid }), ...(gid !== undefined && { gid }) }
  if (stat.kind === 'symlink') into.push({ name, kind: 'symlink', mode, mtimeMs, ...owner, target: stat.target ?? '' })
  else if (stat.kind === 'file') into.push({ name, kind: 'file', mode, mtimeMs, ...owner, text: ctx.files.read(path) })
  else {
    if (name !== '') into.push({ name, kind: 'directory', mode, mtimeMs, ...owner })
    for (const child of ctx.files.list(path))
      gather(ctx, `${path === '/' ? '' : path}/${child}`, name === '' ? child : `${name}/${child}`, into)
  }
}

const isGnu = (ctx: ToolContext): boolean => ctx.shellName === 'bash'

function create(ctx: ToolContext, asked: Asked): ToolResult {
  if (asked.words.length === 0) return usage(isGnu(ctx) ? 'Cowardly refusing to create an empty archive' : 'empty archive')
  const entries: ArchiveEntry[] = []
  const notes: string[] = []
  let failed = false
  for (const word of asked.words) {
    const name = word.replace(/^\/+/, '').replace(/(.)\/+$/, '$1')
    if (name !== word.replace(/(.)\/+$/, '$1') && notes.length === 0)
      notes.push(isGnu(ctx) ? "tar: Removing leading `/' from member names" : "tar: removing leading '/' from member names")
    try {
      gather(ctx, normalisePath(word, asked.directory), name === '' ? '.' : name, entries)
    } catch (error) {
      if (!(error instanceof FileError)) throw error
      failed = true
      notes.push(`tar: ${word}: ${isGnu(ctx) ? `Cannot stat: ${error.message}` : error.message}`)
    }
  }
  if (failed)
    notes.push(isGnu(ctx) ? 'tar: Exiting with failure status due to previous errors' : 'tar: error exit delayed from previous errors')
  const archive = writeArchive(entries)
  const text = textFromBytes(asked.zipped ? gzip(archive) : archive)
  ctx.charge?.(text.length >> 8)
  const names = asked.verbose ? entries.map((e) => `${e.name}${e.kind === 'directory' ? '/' : ''}\n`).join('') : ''
  if (asked.file !== '-') ctx.files.write(ctx.path(asked.file), text)
  return {
    exitCode: failed ? 1 : 0,
    stdout: asked.file === '-' ? text : names,
    stderr: `${notes.map((n) => `${n}\n`).join('')}${asked.file === '-' ? names : ''}`,
  }
}

function put(ctx: ToolContext, { directory, plainModes }: Asked, entry: ArchiveEntry): void {
  const path = normalisePath(entry.name, directory)
  const { files } = ctx
  makeDirectories(files, path.slice(0, path.lastIndexOf('/')) || '/')
  if (entry.kind === 'directory') makeDirectories(files, path)
  else if (entry.kind === 'symlink') {
    if (files.stat(path) !== undefined) files.remove(path)
    files.symlink?.(entry.target ?? '', path)
  } else {
    files.write(path, entry.text ?? '')
    files.chmod(path, entry.mode & (plainModes ? 0o777 & ~UMASK : 0o777))
  }
}

function extract(ctx: ToolContext, asked: Asked, entries: readonly ArchiveEntry[]): ToolResult {
  if (ctx.files.stat(asked.directory)?.kind !== 'directory')
    return usage(
      isGnu(ctx)
        ? `${asked.directory}: Cannot open: No such file or directory\ntar: Error is not recoverable: exiting now`
        : `can't change directory to '${asked.directory}': No such file or directory`,
    )
  const wanted = entries.filter((e) => asked.words.length === 0 || asked.words.some((w) => e.name === w || e.name.startsWith(`${w}/`)))
  const names: string[] = []
  for (const entry of wanted) {
    // Nothing leaves the directory.
    const safe = { ...entry, name: entry.name.replace(/^\/+/, '') }
    if (safe.name.split('/').includes('..')) continue
    try {
      put(ctx, asked, safe)
    } catch (error) {
      if (!(error instanceof FileError)) throw error
      if (!isGnu(ctx)) return usage(`can't open '${entry.name}': ${error.message}`)
      return {
        exitCode: 2,
        stderr: `tar: ${entry.name}: Cannot open: ${error.message}\ntar: Exiting with failure status due to previous errors\n`,
      }
    }
    if (asked.verbose) names.push(`${entry.name}${entry.kind === 'directory' ? '/' : ''}\n`)
  }
  return { exitCode: 0, stdout: names.join('') }
}

export const tar: Tool = {
  names: ['tar'],
  run(ctx): ToolResult {
    const asked = parse(ctx)
    if (!('act' in asked)) return asked
    if (asked.act === 'c') return create(ctx, asked)
    const text = asked.file === '-' ? ctx.stdin() : ctx.files.read(ctx.path(asked.file))
    ctx.charge?.(byteLength(text) >> 8)
    try {
      const bytes = bytesFromText(text)
      const entries = readArchive(isGzip(bytes) ? gunzip(bytes) : bytes)
      if (asked.act === 'x') return extract(ctx, asked, entries)
      return { exitCode: 0, stdout: entries.map((e) => `${e.name}${e.kind === 'directory' ? '/' : ''}\n`).join('') }
    } catch (error) {
      if (error instanceof ArchiveError || error instanceof GzipError) return usage(error.message)
      throw error
    }
  },
}

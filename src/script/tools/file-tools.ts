/** mkdir, rm, rmdir, cp, mv, ln, touch, mktemp, tee, basename, dirname, realpath: GNU coreutils' file tools and messages. */
import type { Json, Tool, ToolContext, ToolResult, ToolStep } from '../contract.ts'
import { FileError } from '../files.ts'
import { parseOptions } from './options.ts'

/** Does something for each operand; a `FileError` becomes a message and exit code 1. */
export function each(
  words: readonly string[],
  work: (word: string) => string | undefined,
  failed: (word: string, error: FileError) => string,
): ToolResult {
  let stdout = ''
  let stderr = ''
  for (const word of words) {
    try {
      stdout += work(word) ?? ''
    } catch (error) {
      if (!(error instanceof FileError)) throw error
      stderr += failed(word, error)
    }
  }
  return { exitCode: stderr === '' ? 0 : 1, stdout, stderr }
}

export const missing = (name: string, what = 'operand') => ({
  exitCode: 1,
  stderr: `${name}: missing ${what}\nTry '${name} --help' for more information.\n`,
})

const isDirectory = (ctx: ToolContext, path: string) => {
  try {
    ctx.files.list(path)
    return true
  } catch (error) {
    if (error instanceof FileError) return false
    throw error
  }
}

export const mkdir: Tool = {
  names: ['mkdir'],
  run(ctx) {
    const { given, words, error } = parseOptions(ctx.argv, 'pvm:', { parents: 'p', verbose: 'v', mode: 'm=' })
    if (error !== undefined) return { exitCode: 1, stderr: error }
    if (words.length === 0) return missing('mkdir')
    return each(
      words,
      (word) => {
        const path = ctx.path(word)
        if (!given.has('p')) ctx.files.mkdir(path)
        else {
          let at = ''
          for (const part of path.split('/').slice(1)) {
            at += `/${part}`
            if (part !== '' && !isDirectory(ctx, at)) ctx.files.mkdir(at)
          }
        }
        if (given.has('m')) ctx.files.chmod(path, Number.parseInt(given.get('m')!, 8))
        return given.has('v') ? `mkdir: created directory '${word}'\n` : undefined
      },
      (word, error2) =>
        `mkdir: cannot create directory '${word}': ${error2.message}\n`.replaceAll("'", ctx.shellName === 'bash' ? "'" : "'"),
    )
  },
}

function removeTree(ctx: ToolContext, path: string): void {
  if (ctx.files.stat(path)?.kind === 'directory')
    for (const name of [...ctx.files.list(path)]) removeTree(ctx, `${path === '/' ? '' : path}/${name}`)
  ctx.files.remove(path)
}

export const rm: Tool = {
  names: ['rm', 'unlink'],
  run(ctx) {
    const { given, words, error } = parseOptions(ctx.argv, 'rRfivd', { recursive: 'r', force: 'f', verbose: 'v', dir: 'd' })
    if (error !== undefined) return { exitCode: 1, stderr: error }
    if (words.length === 0) return given.has('f') ? {} : missing('rm')
    return each(
      words,
      (word) => {
        const path = ctx.path(word)
        const stat = ctx.files.stat(path)
        if (stat === undefined && given.has('f')) return undefined
        if (path === '/') throw new FileError('EBUSY', path)
        if (stat?.kind === 'directory' && !given.has('r') && !given.has('R') && !given.has('d')) throw new FileError('EISDIR', path)
        if (stat?.kind === 'directory' && !given.has('d')) removeTree(ctx, path)
        else ctx.files.remove(path)
        return given.has('v') ? `removed '${word}'\n` : undefined
      },
      (word, error2) =>
        error2.code === 'EBUSY'
          ? "rm: it is dangerous to operate recursively on '/'\n"
          : `rm: cannot remove '${word}': ${error2.message}\n`,
    )
  },
}

export const rmdir: Tool = {
  names: ['rmdir'],
  run(ctx) {
    const { words, error } = parseOptions(ctx.argv, 'pv')
    if (error !== undefined) return { exitCode: 1, stderr: error }
    if (words.length === 0) return missing('rmdir')
    return each(
      words,
      (word) => {
        if (ctx.files.stat(ctx.path(word))?.kind === 'file') throw new FileError('ENOTDIR', word)
        ctx.files.remove(ctx.path(word))
        return undefined
      },
      (word, error2) => `rmdir: failed to remove '${word}': ${error2.message}\n`,
    )
  },
}

function copyTree(ctx: ToolContext, from: string, to: string): void {
  if (!isDirectory(ctx, from)) {
    const existed = ctx.files.stat(to) !== undefined
    const mode = ctx.files.stat(from)?.mode
    ctx.files.write(to, ctx.files.read(from))
    if (!existed && mode !== undefined && mode !== 0o777) ctx.files.chmod(to, mode)
    return
  }
  if (to === from || to.startsWith(`${from}/`)) throw new FileError('EINVAL', to)
  if (!isDirectory(ctx, to)) ctx.files.mkdir(to)
  for (const name of [...ctx.files.list(from)]) copyTree(ctx, `${from}/${name}`, `${to}/${name}`)
}

function targets(ctx: ToolContext, words: readonly string[], name: string): { target: string; into: boolean } | ToolResult {
  if (words.length === 0) return missing(name, 'file operand')
  if (words.length === 1)
    return {
      exitCode: 1,
      stderr: `${name}: missing destination file operand after '${words[0]}'\nTry '${name} --help' for more information.\n`,
    }
  const target = words[words.length - 1]!
  const into = isDirectory(ctx, ctx.path(target))
  if (words.length > 2 && !into)
    return {
      exitCode: 1,
      stderr: `${name}: target '${target}' is not a directory\n`
        .replace('is not a directory', ctx.files.stat(ctx.path(target)) === undefined ? 'No such file or directory' : 'Not a directory')
        .replace("' ", "': "),
    }
  return { target, into }
}

const lastPart = (word: string) => word.replace(/\/+$/, '').replace(/^.*\//, '')

export const cp: Tool = {
  names: ['cp'],
  run(ctx) {
    const { given, words, error } = parseOptions(ctx.argv, 'rRafpvinLd', {
      recursive: 'r',
      archive: 'a',
      verbose: 'v',
      force: 'f',
      'no-clobber': 'n',
    })
    if (error !== undefined) return { exitCode: 1, stderr: error }
    const plan = targets(ctx, words, 'cp')
    if (!('target' in plan)) return plan
    let skipped = ''
    const result = each(
      words.slice(0, -1),
      (word) => {
        const from = ctx.path(word)
        const shown = plan.into ? `${plan.target.replace(/\/$/, '')}/${lastPart(word)}` : plan.target
        const to = ctx.path(shown)
        if (ctx.files.stat(from) === undefined) throw new FileError('ENOENT', word)
        if (isDirectory(ctx, from) && !given.has('r') && !given.has('R') && !given.has('a')) {
          skipped += `cp: -r not specified; omitting directory '${word}'\n`
          return undefined
        }
        if (from === to) {
          skipped += `cp: '${word}' and '${shown}' are the same file\n`
          return undefined
        }
        if (given.has('n') && ctx.files.stat(to) !== undefined) return undefined
        try {
          copyTree(ctx, from, to)
        } catch (error2) {
          if (!(error2 instanceof FileError)) throw error2
          skipped += `cp: cannot create regular file '${shown}': ${error2.message}\n`
          return undefined
        }
        return given.has('v') ? `'${word}' -> '${shown}'\n` : undefined
      },
      (word, error2) => `cp: cannot stat '${word}': ${error2.message}\n`,
    )
    return { ...result, exitCode: skipped === '' ? (result.exitCode ?? 0) : 1, stderr: result.stderr + skipped }
  },
}

export const mv: Tool = {
  names: ['mv'],
  run(ctx) {
    const { given, words, error } = parseOptions(ctx.argv, 'fivnT', { force: 'f', verbose: 'v', 'no-clobber': 'n' })
    if (error !== undefined) return { exitCode: 1, stderr: error }
    const plan = targets(ctx, words, 'mv')
    if (!('target' in plan)) return plan
    return each(
      words.slice(0, -1),
      (word) => {
        const shown = plan.into ? `${plan.target.replace(/\/$/, '')}/${lastPart(word)}` : plan.target
        if (given.has('n') && ctx.files.stat(ctx.path(shown)) !== undefined) return undefined
        ctx.files.rename(ctx.path(word), ctx.path(shown))
        return given.has('v') ? `renamed '${word}' -> '${shown}'\n` : undefined
      },
      (word, error2) =>
        ctx.files.stat(ctx.path(word)) === undefined
          ? `mv: cannot stat '${word}': ${error2.message}\n`
          : `mv: cannot move '${word}' to '${plan.target}': ${error2.message}\n`,
    )
  },
}

export const ln: Tool = {
  names: ['ln'],
  run(ctx) {
    const { given, words, error } = parseOptions(ctx.argv, 'sfnvr', { symbolic: 's', force: 'f' })
    if (error !== undefined) return { exitCode: 1, stderr: error }
    if (words.length === 0) return missing('ln', 'file operand')
    const [target, name = lastPart(words[0]!)] = words as [string, string?]
    const shown = isDirectory(ctx, ctx.path(name)) && !given.has('n') ? `${name}/${lastPart(target)}` : name
    return each(
      [shown],
      (word) => {
        const path = ctx.path(word)
        if (given.has('f') && ctx.files.stat(path) !== undefined) ctx.files.remove(path)
        if (given.has('s')) {
          if (ctx.files.symlink === undefined) throw new FileError('EROFS', word)
          ctx.files.symlink(target, path)
        } else if (ctx.files.stat(path) !== undefined) throw new FileError('EEXIST', path)
        else ctx.files.write(path, ctx.files.read(ctx.path(target)))
        return undefined
      },
      (word, error2) =>
        given.has('s')
          ? `ln: failed to create symbolic link '${word}': ${error2.message}\n`
          : error2.code === 'EEXIST'
            ? `ln: failed to create hard link '${word}': File exists\n`
            : `ln: failed to access '${target}': ${error2.message}\n`,
    )
  },
}

export const touch: Tool = {
  names: ['touch'],
  run(ctx) {
    const { given, words, error } = parseOptions(ctx.argv, 'camd:t:r:', { date: 'd=', 'no-create': 'c' })
    if (error !== undefined) return { exitCode: 1, stderr: error }
    if (words.length === 0) return missing('touch', 'file operand')
    return each(
      words,
      (word) => {
        const path = ctx.path(word)
        if (ctx.files.stat(path) !== undefined) ctx.files.touch(path, ctx.now())
        else if (!given.has('c')) ctx.files.write(path, '')
        return undefined
      },
      (word, error2) => `touch: cannot touch '${word}': ${error2.message}\n`,
    )
  },
}

export const mktemp: Tool = {
  names: ['mktemp'],
  run(ctx) {
    const { given, words, error } = parseOptions(ctx.argv, 'dqup:t', { directory: 'd', tmpdir: 'p=' })
    if (error !== undefined) return { exitCode: 1, stderr: error }
    const template = words[0] ?? 'tmp.XXXXXXXXXX'
    if (!/XXX/.test(template)) return { exitCode: 1, stderr: `mktemp: too few X's in template ‘${template}’\n` }
    const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'
    const name = template.replace(/X{3,}(?!.*X)/, (xs) => Array.from(xs, () => letters[Math.floor(ctx.random() * letters.length)]).join(''))
    const shown =
      words[0] === undefined || given.has('p') || given.has('t') ? `${given.get('p') || ctx.env.TMPDIR || '/tmp'}/${name}` : name
    return each(
      [shown],
      (word) => {
        if (given.has('d')) ctx.files.mkdir(ctx.path(word))
        else {
          ctx.files.write(ctx.path(word), '')
          ctx.files.chmod(ctx.path(word), 0o600)
        }
        return `${word}\n`
      },
      (word, error2) => `mktemp: failed to create ${given.has('d') ? 'directory' : 'file'} via template ‘${word}’: ${error2.message}\n`,
    )
  },
}

export const tee: Tool = {
  names: ['tee'],
  start(ctx): ToolStep {
    const { given, words, error } = parseOptions(ctx.argv, 'ai', { append: 'a' })
    if (error !== undefined) return { done: true, exitCode: 1, stderr: error }
    const result = each(
      words,
      (word) => void (given.has('a') ? ctx.files.append(ctx.path(word), '') : ctx.files.write(ctx.path(word), '')),
      (word, error2) => `tee: ${word}: ${error2.message}\n`,
    )
    return { done: false, stderr: result.stderr ?? '', state: { exitCode: result.exitCode ?? 0 }, want: { kind: 'input' } }
  },
  resume(state: Json, event, ctx): ToolStep {
    if (event.kind !== 'input') return { done: true }
    const { words } = parseOptions(ctx.argv, 'ai', { append: 'a' })
    if (event.text !== '')
      each(
        words,
        (word) => void ctx.files.append(ctx.path(word), event.text),
        () => '',
      )
    if (event.end) return { done: true, exitCode: (state as { exitCode: number }).exitCode, stdout: event.text }
    return { done: false, stdout: event.text, state, want: { kind: 'input' } }
  },
}

export const basename: Tool = {
  names: ['basename'],
  run(ctx) {
    const { given, words } = parseOptions(ctx.argv, 'as:z')
    if (words.length === 0) return missing('basename')
    const many = given.has('a') || given.has('s')
    const suffix = given.get('s') ?? (many ? '' : (words[1] ?? ''))
    const one = (word: string) => {
      const name = lastPart(word) || (word.startsWith('/') ? '/' : '')
      return suffix !== '' && name.endsWith(suffix) && name !== suffix ? name.slice(0, -suffix.length) : name
    }
    return { stdout: (many ? words : words.slice(0, 1)).map((word) => `${one(word)}\n`).join('') }
  },
}

export const dirname: Tool = {
  names: ['dirname'],
  run(ctx) {
    const words = ctx.argv.slice(1)
    if (words.length === 0) return missing('dirname')
    return {
      stdout: words
        .map(
          (word) =>
            `${word.includes('/') ? word.replace(/\/+$/, '').replace(/\/*[^/]*$/, '') || (word.startsWith('/') ? '/' : '.') : '.'}\n`,
        )
        .join(''),
    }
  },
}

export const realpath: Tool = {
  names: ['realpath', 'readlink'],
  run(ctx) {
    const { given, words } = parseOptions(ctx.argv, 'femnsq')
    const link = ctx.argv[0] === 'readlink' && !given.has('f') && !given.has('e') && !given.has('m')
    return each(
      words,
      (word) => {
        const stat = ctx.files.stat(ctx.path(word))
        if (link) {
          if (stat?.target === undefined) throw new FileError('EINVAL', word)
          return `${stat.target}\n`
        }
        if (stat === undefined && !given.has('m') && !given.has('f')) throw new FileError('ENOENT', word)
        return `${stat?.target === undefined ? ctx.path(word) : ctx.path(stat.target.startsWith('/') ? stat.target : `${ctx.path(word).replace(/[^/]*$/, '')}${stat.target}`)}\n`
      },
      (word, error2) => (link ? '' : `${ctx.argv[0]}: ${word}: ${error2.message}\n`),
    )
  },
}

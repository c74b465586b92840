/** find(1): tests on name, type, size and depth, `-exec`, `-delete`, `-print0`, `!`, `-o`. */
import type { Json, Tool, ToolContext, ToolStep } from '../contract.ts'
import type { FileStat } from '../files.ts'
import { matches } from '../language/pattern.ts'

interface Found {
  path: string
  stat: FileStat
  depth: number
}

interface FindState {
  runs: string[][]
  failed: boolean
}

class FindError extends Error {}

/** Walks and evaluates the expression for each path; collects commands to run and what is printed. */
class Finder {
  readonly runs: string[][] = []
  readonly batch: { argv: string[]; paths: string[] }[] = []
  readonly deletes: string[] = []
  stdout = ''
  private at = 0
  private readonly ctx: ToolContext
  private readonly words: readonly string[]

  constructor(ctx: ToolContext, words: readonly string[]) {
    this.ctx = ctx
    this.words = words
  }

  test(found: Found): void {
    this.at = 0
    const acts = this.words.some((word) => /^-(print0?|exec|delete|ls|printf)$/.test(word))
    const value = this.words.length === 0 ? true : this.either(found, true)
    if (this.at < this.words.length) throw new FindError(`paths must precede expression: \`${this.words[this.at]}'`)
    if (value && !acts) this.stdout += `${found.path}\n`
  }

  private either(found: Found, live: boolean): boolean {
    let value = this.both(found, live)
    while (this.words[this.at] === '-o' || this.words[this.at] === '-or') {
      this.at++
      value = this.both(found, live && !value) || value
    }
    return value
  }

  private both(found: Found, live: boolean): boolean {
    let value = this.not(found, live)
    while (this.at < this.words.length && !['-o', '-or', ')'].includes(this.words[this.at]!)) {
      if (this.words[this.at] === '-a' || this.words[this.at] === '-and') this.at++
      value = this.not(found, live && value) && value
    }
    return value
  }

  private not(found: Found, live: boolean): boolean {
    const word = this.words[this.at]
    if (word === '!' || word === '-not') {
      this.at++
      return !this.not(found, live)
    }
    if (word === '(') {
      this.at++
      const value = this.either(found, live)
      this.at++
      return value
    }
    return this.primary(found, live)
  }

  private argument(name: string): string {
    const value = this.words[this.at++]
    if (value === undefined) throw new FindError(`missing argument to \`${name}'`)
    return value
  }

  private primary(found: Found, live: boolean): boolean {
    const name = this.words[this.at++] ?? ''
    const { stat, path } = found
    const base = path.replace(/\/+$/, '').replace(/^.*\//, '') || path
    const compare = (text: string, actual: number) =>
      text.startsWith('+')
        ? actual > Number(text.slice(1))
        : text.startsWith('-')
          ? actual < Number(text.slice(1))
          : actual === Number(text)
    switch (name) {
      case '-name':
      case '-iname':
        return matches(this.argument(name), base, name === '-iname')
      case '-path':
      case '-wholename':
        return matches(this.argument(name), path)
      case '-type':
        return { file: 'f', directory: 'd', symlink: 'l' }[stat.kind] === this.argument(name)
      case '-maxdepth':
      case '-mindepth':
        this.at++
        return true
      case '-empty':
        return stat.kind === 'directory' ? this.ctx.files.list(this.ctx.path(path)).length === 0 : stat.size === 0
      case '-size': {
        const text = this.argument(name)
        const unit = { c: 1, k: 1024, M: 1_048_576, b: 512 }[text.slice(-1) as 'c'] ?? 512
        return compare(text.replace(/[ckMb]$/, ''), unit === 1 ? stat.size : Math.ceil(stat.size / unit))
      }
      case '-mmin':
        return compare(this.argument(name), Math.floor((this.ctx.now() - stat.mtimeMs) / 60_000))
      case '-mtime':
        return compare(this.argument(name), Math.floor((this.ctx.now() - stat.mtimeMs) / 86_400_000))
      case '-newer':
        return stat.mtimeMs > (this.ctx.files.stat(this.ctx.path(this.argument(name)))?.mtimeMs ?? 0)
      case '-print':
      case '-print0':
        if (live) this.stdout += path + (name === '-print' ? '\n' : '\0')
        return true
      case '-delete':
        if (live) this.deletes.push(path)
        return true
      case '-exec':
        return this.exec(path, live)
      default:
        throw new FindError(name.startsWith('-') ? `unknown predicate \`${name}'` : `paths must precede expression: \`${name}'`)
    }
  }

  private exec(path: string, live: boolean): true {
    const start = this.at
    while (this.at < this.words.length && this.words[this.at] !== ';' && !(this.words[this.at] === '+' && this.words[this.at - 1] === '{}'))
      this.at++
    if (this.at >= this.words.length) throw new FindError("missing argument to `-exec'")
    const argv = this.words.slice(start, this.at)
    const many = this.words[this.at++] === '+'
    if (!live) return true
    if (!many) this.runs.push(argv.map((word) => word.replaceAll('{}', path)))
    else {
      const known = this.batch.find((other) => other.argv.join('\0') === argv.join('\0'))
      if (known === undefined) this.batch.push({ argv: [...argv], paths: [path] })
      else known.paths.push(path)
    }
    return true
  }
}

function walk(ctx: ToolContext, start: string, limit: { min: number; max: number }, visit: (found: Found) => void, depth = 0): boolean {
  const stat = ctx.files.stat(ctx.path(start))
  if (stat === undefined) return false
  if (depth >= limit.min) visit({ path: start, stat, depth })
  if (stat.kind === 'directory' && depth < limit.max)
    for (const name of [...ctx.files.list(ctx.path(start))]) walk(ctx, `${start.replace(/\/$/, '')}/${name}`, limit, visit, depth + 1)
  return true
}

function next(state: FindState): ToolStep {
  const [argv, ...runs] = state.runs
  if (argv === undefined) return { done: true, exitCode: state.failed ? 1 : 0 }
  return { done: false, state: { runs, failed: state.failed } as unknown as Json, want: { kind: 'spawn', argv } }
}

export const find: Tool = {
  names: ['find'],
  start(ctx): ToolStep {
    const words = ctx.argv.slice(1)
    const split = words.findIndex((word) => /^[-!(]/.test(word))
    const starts = split < 0 ? words : words.slice(0, split)
    const expression = split < 0 ? [] : words.slice(split)
    const bound = (name: string, fallback: number) =>
      expression.includes(name) ? Number(expression[expression.indexOf(name) + 1]) : fallback
    const finder = new Finder(ctx, expression)
    let stderr = ''
    try {
      for (const start of starts.length === 0 ? ['.'] : starts) {
        if (
          !walk(ctx, start, { min: bound('-mindepth', 0), max: bound('-maxdepth', Number.POSITIVE_INFINITY) }, (found) =>
            finder.test(found),
          )
        )
          stderr += `find: ‘${start}’: No such file or directory\n`
      }
    } catch (error) {
      if (error instanceof FindError) return { done: true, exitCode: 1, stderr: `find: ${error.message}\n` }
      throw error
    }
    for (const path of finder.deletes.reverse()) ctx.files.remove(ctx.path(path))
    for (const { argv, paths } of finder.batch) finder.runs.push(argv.flatMap((word) => (word === '{}' ? paths : [word])))
    const step = next({ runs: finder.runs, failed: stderr !== '' })
    return { ...step, stdout: finder.stdout, stderr }
  },
  resume(state) {
    return next(state as unknown as FindState)
  },
}

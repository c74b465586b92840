/** sed(1): POSIX sed with GNU's `-i`, `-E`, `I`, `a text` on one line, `addr,+n`, `0,/re/`. */
import type { Tool, ToolContext, ToolResult } from '../contract.ts'
import { FileError } from '../files.ts'
import { PatternError } from '../posix-regex.ts'
import { completeLines, linesOf, readInputs } from './files-in.ts'
import { parseOptions } from './options.ts'
import { parseSed, type SedAddress, type SedProgram } from './sed-parse.ts'
import { runSed } from './sed-run.ts'

type Given = ReturnType<typeof parseOptions>['given']

/** What the command line asks for; a text says what is wrong with it. */
function read(ctx: ToolContext): { program: SedProgram; given: Given; names: readonly string[] } | string {
  const argv = ctx.argv.map((word) => (/^-i./.test(word) && !/^-i[nEre]+$/.test(word) ? `--in-place=${word.slice(2)}` : word))
  const { given, list, words, error } = parseOptions(argv, 'nisEre:f:zu', {
    quiet: 'n',
    silent: 'n',
    expression: 'e=',
    file: 'f=',
    'regexp-extended': 'E',
    'in-place': 'i',
    separate: 's',
  })
  if (error !== undefined) return error
  const names = [...words]
  const scripts = list.flatMap(([name, value]) =>
    name === 'e' ? [value] : name === 'f' ? [ctx.files.read(ctx.path(value)).replace(/\n$/, '')] : [],
  )
  if (scripts.length === 0) {
    const first = names.shift()
    if (first === undefined) return 'Usage: sed [OPTION]... {script-only-if-no-other-script} [input-file]...\n'
    scripts.push(first)
  }
  return { program: parseSed(scripts.join('\n'), given.has('E') || given.has('r')), given, names }
}

function edit(ctx: ToolContext): ToolResult {
  const asked = read(ctx)
  if (typeof asked === 'string') return { exitCode: 1, stderr: asked }
  const { program, given, names } = asked
  const settings = {
    charge: (steps: number) => ctx.charge?.(steps),
    quiet: given.has('n') || program.quiet,
    write: (path: string, text: string) => ctx.files.append(ctx.path(path), text),
    read: (path: string) => readOr(ctx, path),
  }
  for (const path of program.outputs) if (!path.startsWith('/dev/')) ctx.files.write(ctx.path(path), '')
  if (given.has('i')) return inPlace(ctx, names, program, settings, given.get('i') ?? '')
  const { inputs, errors } = readInputs(ctx, names, 'sed')
  const stderr = errors.replace(/^sed: (.*?): (.*)$/gm, "sed: can't read $1: $2")
  const files = given.has('s') ? inputs.map((input) => [input]) : [inputs]
  let stdout = ''
  let exitCode = errors === '' ? 0 : 2
  for (const group of files) {
    const text = group
      .map((input) =>
        input.text === '' || input.text.endsWith('\n') || input === group[group.length - 1] ? input.text : `${input.text}\n`,
      )
      .join('')
    const result = runSed(program.commands, linesOf(text), text === '' || text.endsWith('\n'), settings)
    stdout += result.text
    if (result.exitCode !== undefined) {
      exitCode = result.exitCode
      break
    }
  }
  return { exitCode, stdout, stderr }
}

function readOr(ctx: ToolContext, path: string): string {
  try {
    return ctx.files.read(ctx.path(path))
  } catch (error) {
    if (error instanceof FileError) return ''
    throw error
  }
}

function inPlace(
  ctx: ToolContext,
  names: readonly string[],
  program: ReturnType<typeof parseSed>,
  settings: Parameters<typeof runSed>[3],
  suffix: string,
): ToolResult {
  if (names.length === 0) return { exitCode: 1, stderr: 'sed: no input files\n' }
  let stderr = ''
  for (const name of names) {
    const path = ctx.path(name)
    try {
      if (ctx.files.stat(path)?.kind === 'directory') {
        stderr += `sed: couldn't edit ${name}: not a regular file\n`
        continue
      }
      const text = ctx.files.read(path)
      if (suffix !== '') ctx.files.write(`${path}${suffix}`, text)
      ctx.files.write(path, runSed(program.commands, linesOf(text), text === '' || text.endsWith('\n'), settings).text)
    } catch (error) {
      if (!(error instanceof FileError)) throw error
      stderr += `sed: can't read ${name}: ${error.message}\n`
    }
  }
  return { exitCode: stderr === '' ? 0 : 2, stderr }
}

const isLast = (address: SedAddress | undefined): boolean => address !== undefined && 'last' in address

/** Commands that look ahead in the input or write elsewhere. */
const NOT_IN_PASSING = new Set(['n', 'N', 'w', 'W', 'e', 'r', 'R'])

const inPassing = ({ commands, outputs }: SedProgram): boolean =>
  outputs.length === 0 && !commands.some((c) => NOT_IN_PASSING.has(c.name) || isLast(c.from) || isLast(c.to))

export const sed: Tool = {
  names: ['sed'],
  worksOn(ctx, text) {
    try {
      const asked = read(ctx)
      return typeof asked === 'string' || asked.given.has('i') || asked.given.has('z') || !inPassing(asked.program)
        ? 0
        : completeLines(text)
    } catch (error) {
      if (error instanceof PatternError || error instanceof FileError) return 0
      throw error
    }
  },
  run(ctx) {
    try {
      return edit(ctx)
    } catch (error) {
      if (error instanceof PatternError) return { exitCode: 1, stderr: `sed: -e expression #1, ${error.message}\n` }
      throw error
    }
  },
}

/** awk(1): POSIX awk over all of its input; commands (`|`, system) are not run from within and say so. */
import type { Tool, ToolContext, ToolResult } from '../contract.ts'
import { FileError } from '../files.ts'
import { unescapeText } from '../format.ts'
import { PatternError } from '../posix-regex.ts'
import { AwkError, type AwkProgram, parseAwk } from './awk-parse.ts'
import { AwkMachine } from './awk-run.ts'
import { completeLines } from './files-in.ts'

interface Command {
  program: string
  words: string[]
  variables: [string, string][]
}

function readCommand(ctx: ToolContext): Command | string {
  const variables: [string, string][] = []
  const sources: string[] = []
  const words = ctx.argv.slice(1)
  while (words.length > 0 && /^-./.test(words[0]!)) {
    const word = words.shift()!
    if (word === '--') break
    const letter = word[1]!
    if (!'Fvf'.includes(letter)) return `awk: not an option: ${word}\n`
    const value = word.length > 2 ? word.slice(2) : words.shift()
    if (value === undefined) return `awk: option requires an argument -- ${letter}\n`
    if (letter === 'F') variables.push(['FS', value === 't' ? '\t' : unescapeText(value, false).text])
    else if (letter === 'f') sources.push(ctx.files.read(ctx.path(value)))
    else {
      const match = /^([A-Za-z_]\w*)=([\s\S]*)$/.exec(value)
      if (match === null) return `awk: improper assignment: -v ${value}\n`
      variables.push([match[1]!, unescapeText(match[2]!, false).text])
    }
  }
  const program = sources.length > 0 ? sources.join('\n') : words.shift()
  if (program === undefined) return 'usage: awk [-F fs][-v var=value][prog | -f progfile][file ...]\n'
  return { program, words, variables }
}

/** What waits for the end of all input, reaches out of the program or draws by chance. */
const NOT_IN_PASSING = /\b(END|getline|system|close|s?rand|systime)\b|"\s*\||>\s*"/

export const awk: Tool = {
  names: ['awk', 'gawk', 'mawk'],
  worksOn(ctx, text) {
    const command = readCommand(ctx)
    return typeof command === 'string' || NOT_IN_PASSING.test(command.program) ? 0 : completeLines(text)
  },
  run(ctx): ToolResult {
    let machine: AwkMachine | undefined
    try {
      const command = readCommand(ctx)
      if (typeof command === 'string') return { exitCode: 2, stderr: command }
      const program: AwkProgram = parseAwk(command.program)
      machine = new AwkMachine(program, ctx, command.words)
      for (const [name, value] of command.variables) machine.assignText(name, value)
      const exitCode = machine.run()
      return { exitCode, stdout: machine.stdout, stderr: machine.stderr }
    } catch (error) {
      if (error instanceof AwkError || error instanceof PatternError || error instanceof RangeError)
        return {
          exitCode: 2,
          stdout: machine?.stdout ?? '',
          stderr: `${machine?.stderr ?? ''}awk: ${error instanceof RangeError ? 'the program recurses too deeply' : error.message}\n`,
        }
      if (error instanceof FileError)
        return { exitCode: 2, stdout: machine?.stdout ?? '', stderr: `awk: cannot open ${error.path} (${error.message})\n` }
      throw error
    } finally {
      ctx.charge?.((machine?.steps ?? 0) >> 2)
    }
  },
}

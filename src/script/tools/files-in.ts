/** Reading a tool's operands: files in turn, stdin for `-` or none, an error message for each that cannot be read. */
import type { ToolContext } from '../contract.ts'
import { FileError } from '../files.ts'

export interface InputFile {
  /** As typed; `-` for stdin. */
  readonly name: string
  readonly text: string
}

/** All inputs. `errors` holds one finished line for each that failed. */
export function readInputs(ctx: ToolContext, names: readonly string[], tool = ctx.argv[0]!): { inputs: InputFile[]; errors: string } {
  const inputs: InputFile[] = []
  let errors = ''
  for (const name of names.length === 0 ? ['-'] : names) {
    if (name === '-') {
      inputs.push({ name, text: ctx.stdin() })
      continue
    }
    try {
      inputs.push({ name, text: ctx.files.read(ctx.path(name)) })
    } catch (error) {
      if (!(error instanceof FileError)) throw error
      errors +=
        ctx.shellName === 'bash' || error.code !== 'ENOENT'
          ? `${tool}: ${name}: ${error.message}\n`
          : `${tool}: can't open '${name}': ${error.message}\n`
    }
  }
  return { inputs, errors }
}

/** Lines without their newlines; a last line without one counts. */
export function linesOf(text: string): string[] {
  if (text === '') return []
  const lines = text.split('\n')
  if (lines[lines.length - 1] === '') lines.pop()
  return lines
}

/** Lines as a text again. */
export function joinLines(lines: readonly string[]): string {
  return lines.length === 0 ? '' : `${lines.join('\n')}\n`
}

/** How much of a text is complete lines: what tools can work on that take each by itself. */
export const completeLines = (text: string): number => text.lastIndexOf('\n') + 1

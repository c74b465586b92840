/** One call of an openssl command: its options (single dash, their values apart), and the files it reads and writes. */
import { pemBlocks } from '../../../lib/der.ts'
import type { ToolContext, ToolResult } from '../../contract.ts'

/** Ends the command: what it says on standard error, and its exit status. */
export class OpensslError extends Error {
  override readonly name = 'OpensslError'
}

/** A command's options: `true` for those that take a value. */
export type OptionSpec = Readonly<Record<string, boolean>>

export class Call {
  readonly name: string
  readonly ctx: ToolContext
  readonly #given = new Map<string, string[]>()
  readonly words: string[] = []
  stdout = ''
  stderr = ''

  constructor(name: string, ctx: ToolContext, spec: OptionSpec) {
    this.name = name
    this.ctx = ctx
    const { argv } = ctx
    for (let i = 2; i < argv.length; i++) {
      const word = argv[i]!
      const option = word.replace(/^--?/, '')
      if (!word.startsWith('-') || word === '-') this.words.push(word)
      else if (!Object.hasOwn(spec, option))
        throw new OpensslError(`${name}: Unknown option or cipher: ${option}\n${name}: Use -help for summary.\n`)
      else if (!spec[option]) this.#put(option, '')
      else if (i + 1 >= argv.length) throw new OpensslError(`${name}: Option ${word} needs a value\n${name}: Use -help for summary.\n`)
      else this.#put(option, argv[++i]!)
    }
  }

  #put(option: string, value: string): void {
    this.#given.set(option, [...(this.#given.get(option) ?? []), value])
  }
  has(option: string): boolean {
    return this.#given.has(option)
  }
  /** The last value given. */
  value(option: string): string | undefined {
    return this.#given.get(option)?.at(-1)
  }
  all(option: string): readonly string[] {
    return this.#given.get(option) ?? []
  }
  number(option: string, otherwise: number): number {
    const text = this.value(option)
    if (text === undefined) return otherwise
    if (!/^\d{1,9}$/.test(text)) throw new OpensslError(`${this.name}: Can't parse "${text}" as a number\n`)
    return Number(text)
  }

  /** A file's text, or standard input without a path. `what` names it in the error. */
  read(path: string | undefined, what: string): string {
    if (path === undefined) return this.ctx.stdin()
    try {
      return this.ctx.files.read(this.ctx.path(path))
    } catch {
      throw new OpensslError(`Could not open file or uri for loading ${what} from ${path}\nUnable to load ${what}\n`)
    }
  }

  /** The first block of a PEM text that is one of these. */
  block(path: string | undefined, what: string, fits: (label: string) => boolean): Uint8Array {
    const found = pemBlocks(this.read(path, what)).find((block) => fits(block.label))
    if (found === undefined) throw new OpensslError(`Could not read ${what} from ${path ?? '<stdin>'}\nUnable to load ${what}\n`)
    return found.bytes
  }

  /** To the file of `-out`, or of another option, or to standard output. */
  write(text: string, path: string | undefined = this.value('out'), mode?: number): void {
    if (path === undefined) {
      this.stdout += text
      return
    }
    try {
      const full = this.ctx.path(path)
      this.ctx.files.write(full, text)
      if (mode !== undefined) this.ctx.files.chmod(full, mode)
    } catch (error) {
      if (!(error instanceof Error) || error.name !== 'FileError') throw error
      throw new OpensslError(`${this.name}: Can't open "${path}" for writing, ${error.message}\n`)
    }
  }
}

export interface Command {
  readonly name: string
  readonly options: OptionSpec
  /** Throws OpensslError; an exit status other than 0 is given back. */
  run(call: Call): number | undefined
}

export function runCommand(command: Command, ctx: ToolContext): ToolResult {
  let call: Call | undefined
  try {
    call = new Call(command.name, ctx, command.options)
    const exitCode = command.run(call) ?? 0
    return { exitCode, stdout: call.stdout, stderr: call.stderr }
  } catch (error) {
    if (!(error instanceof OpensslError)) throw error
    return { exitCode: 1, stdout: call?.stdout ?? '', stderr: (call?.stderr ?? '') + error.message }
  }
}

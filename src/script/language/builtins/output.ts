/** Builtins that print or test: echo, printf, pwd, cd, test, `[`, let (POSIX XCU). */
import { FileError, normalisePath } from '../../files.ts'
import { echoText, formatPrintf } from '../../format.ts'
import { evaluateText } from '../arithmetic.ts'
import { complain } from '../attempt.ts'
import { environment, setVariable } from '../environment.ts'
import { Expansion } from '../expand.ts'
import type { Kernel } from '../kernel.ts'
import { program } from '../program.ts'
import { type Process, ScriptError } from '../state.ts'
import { binaryTest, unaryTest } from '../test-command.ts'
import type { Builtin } from './index.ts'

/** Writes for a builtin: a closed pipe ends the process, as SIGPIPE does. */
function say(kernel: Kernel, process: Process, text: string): number | 'pushed' {
  if (kernel.write(process, 1, text)) return 0
  if (!process.sub) return 1
  kernel.killTree(process, 141)
  return 'pushed'
}

const printf: Builtin = (kernel, process, argv) => {
  let words = argv.slice(1)
  let target: string | undefined
  if (words[0] === '-v') {
    target = words[1]
    words = words.slice(2)
  }
  if (words[0] === '--') words = words.slice(1)
  if (words.length === 0) {
    complain(kernel, process, 'printf: usage: printf [-v var] format [arguments]')
    return 2
  }
  const { text, errors } = formatPrintf(words[0]!, words.slice(1), kernel.host.now())
  for (const error of errors) complain(kernel, process, `printf: ${error}`)
  if (target !== undefined) {
    setVariable(process, target, text)
    return errors.length > 0 ? 1 : 0
  }
  const status = say(kernel, process, text)
  return status === 0 && errors.length > 0 ? 1 : status
}

const cd: Builtin = (kernel, process, argv) => {
  const words = argv.slice(1).filter((word) => !/^-[LP]$/.test(word) && word !== '--')
  if (words.length > 1) {
    complain(kernel, process, process.shellName === 'bash' ? 'cd: too many arguments' : 'cd: too many arguments')
    return 1
  }
  const home = process.vars.HOME?.v
  const wanted = words[0] === '-' ? process.vars.OLDPWD?.v : (words[0] ?? home)
  if (wanted === undefined) {
    complain(kernel, process, `cd: ${words[0] === '-' ? 'OLDPWD' : 'HOME'} not set`)
    return 1
  }
  const path = normalisePath(wanted, process.cwd)
  try {
    kernel.host.files.list(path)
  } catch (error) {
    if (!(error instanceof FileError)) throw error
    complain(
      kernel,
      process,
      process.shellName === 'bash' ? `cd: ${wanted}: ${error.message}` : `cd: can't cd to ${wanted}: ${error.message}`,
    )
    return 1
  }
  process.vars.OLDPWD = { v: process.cwd, x: 1 }
  process.vars.PWD = { v: path, x: 1 }
  process.cwd = path
  return words[0] === '-' ? say(kernel, process, `${path}\n`) : 0
}

const test: Builtin = (kernel, process, argv) => {
  const words = argv.slice(1)
  if (argv[0] === '[') {
    if (words[words.length - 1] !== ']') {
      complain(kernel, process, "[: missing `]'")
      return 2
    }
    words.pop()
  }
  try {
    return new TestParser(kernel, process, words).result() ? 0 : 1
  } catch (error) {
    if (!(error instanceof ScriptError)) throw error
    complain(kernel, process, error.message)
    return 2
  }
}

/** The grammar of `test`, decided by the number of words as POSIX says, and by precedence beyond four. */
class TestParser {
  private at = 0
  private readonly kernel: Kernel
  private readonly process: Process
  private readonly words: readonly string[]

  constructor(kernel: Kernel, process: Process, words: readonly string[]) {
    this.kernel = kernel
    this.process = process
    this.words = words
  }

  result(): boolean {
    const { words } = this
    if (words.length === 0) return false
    if (words.length === 1) return words[0] !== ''
    if (words.length === 3) {
      const found = binaryTest(this.kernel, this.process, words[0]!, words[1]!, words[2]!)
      if (found !== undefined) return found
    }
    const value = this.either()
    if (this.at < words.length)
      throw new ScriptError(words.length === 2 ? `[: ${words[0]}: unary operator expected` : '[: too many arguments')
    return value
  }

  private either(): boolean {
    let value = this.both()
    while (this.words[this.at] === '-o') {
      this.at++
      value = this.both() || value
    }
    return value
  }

  private both(): boolean {
    let value = this.not()
    while (this.words[this.at] === '-a') {
      this.at++
      value = this.not() && value
    }
    return value
  }

  private not(): boolean {
    if (this.words[this.at] === '!' && this.at + 1 < this.words.length) {
      this.at++
      return !this.not()
    }
    return this.primary()
  }

  private primary(): boolean {
    const { words } = this
    const left = words[this.at]
    if (left === undefined) throw new ScriptError('[: argument expected')
    const operator = words[this.at + 1]
    if (operator !== undefined && this.at + 2 < words.length) {
      const value = binaryTest(this.kernel, this.process, left, operator, words[this.at + 2]!)
      if (value !== undefined) {
        this.at += 3
        return value
      }
    }
    if (left === '(') {
      this.at++
      const value = this.either()
      if (words[this.at] !== ')') throw new ScriptError("[: `)' expected")
      this.at++
      return value
    }
    if (/^-[a-zA-Z]$/.test(left) && operator !== undefined) {
      this.at += 2
      return unaryTest(this.kernel, this.process, left, operator)
    }
    this.at++
    if (operator !== undefined && !['-a', '-o', ')'].includes(operator) && words.length === 3)
      throw new ScriptError(`[: ${operator}: binary operator expected`)
    return left !== ''
  }
}

const letBuiltin: Builtin = (kernel, process, argv) => {
  let value = 0n
  try {
    for (const word of argv.slice(1)) value = evaluateText(word, new Expansion(environment(kernel, process), program('')))
  } catch (error) {
    if (!(error instanceof ScriptError)) throw error
    complain(kernel, process, `let: ${error.message}`)
    return 1
  }
  return value === 0n ? 1 : 0
}

export const outputBuiltins: Readonly<Record<string, Builtin>> = {
  echo: (kernel, process, argv) => say(kernel, process, echoText(argv.slice(1))),
  printf,
  pwd: (kernel, process) => say(kernel, process, `${process.cwd}\n`),
  cd,
  test,
  '[': test,
  let: letBuiltin,
}

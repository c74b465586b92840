/** Runs parsed sed commands over lines: pattern space, hold space, ranges, jumps. */
import type { RE2JS } from 're2js'
import { searchSteps } from '../language/pattern.ts'
import { PatternError } from '../posix-regex.ts'
import type { SedAddress, SedCommand } from './sed-parse.ts'

export interface SedSettings {
  readonly quiet: boolean
  write(path: string, text: string): void
  read(path: string): string
  charge?(steps: number): void
}

const maxSteps = 2_000_000
const maxOutput = 16_000_000

const firstLine = (text: string): string => {
  const end = text.indexOf('\n')
  return end < 0 ? text : text.slice(0, end)
}

class Sed {
  out = ''
  exitCode: number | undefined
  private at = 0
  private space = ''
  private hold = ''
  private after = ''
  private substituted = false
  private last: RE2JS | undefined
  private readonly active = new Map<SedCommand, number>()
  private readonly commands: readonly SedCommand[]
  private readonly lines: readonly string[]
  private readonly newline: boolean
  private readonly settings: SedSettings
  steps = 0

  constructor(commands: readonly SedCommand[], lines: readonly string[], newline: boolean, settings: SedSettings) {
    this.commands = commands
    this.lines = lines
    this.newline = newline
    this.settings = settings
  }

  run(): void {
    let keep = false
    while (keep || this.at < this.lines.length) {
      if (!keep) this.space = this.lines[this.at++]!
      const end = this.cycle()
      keep = end === 'again'
      if (!keep && end !== 'delete' && !this.settings.quiet) this.print(this.space)
      this.out += this.after
      this.after = ''
      if (end === 'quit') return
    }
  }

  private isLast(): boolean {
    return this.at >= this.lines.length
  }

  private print(text: string): void {
    this.out += this.isLast() && !this.newline ? text : `${text}\n`
  }

  private matchesOne(address: SedAddress): boolean {
    if ('line' in address) return this.at === address.line
    if ('last' in address) return this.isLast()
    if ('step' in address)
      return address.step === 0 ? this.at === address.first : this.at >= address.first && (this.at - address.first) % address.step === 0
    return 'pattern' in address && this.searched(address.pattern).find()
  }

  private expression(pattern: RE2JS | undefined): RE2JS {
    const used = pattern ?? this.last
    if (used === undefined) throw new PatternError('char 0: no previous regular expression')
    this.last = used
    return used
  }

  /** A search of the pattern space, told at its price. */
  private searched(pattern: RE2JS | undefined): ReturnType<RE2JS['matcher']> {
    const used = this.expression(pattern)
    this.steps += 4 * searchSteps(this.space, used.pattern())
    return used.matcher(this.space)
  }

  private selects(command: SedCommand): boolean {
    const { from, to } = command
    if (from === undefined) return true
    if (to === undefined) return this.matchesOne(from)
    const end = this.active.get(command)
    if (end === undefined) {
      const zero = 'line' in from && from.line === 0 && !this.active.has(command) && this.at === 1
      if (!zero && !this.matchesOne(from)) return false
      if ('line' in to) {
        if (to.line > this.at) this.active.set(command, to.line)
      } else if ('plus' in to) {
        if (to.plus > 0) this.active.set(command, this.at + to.plus)
      } else if (zero && this.matchesOne(to)) return true
      else if (!('last' in to && this.isLast())) this.active.set(command, Number.POSITIVE_INFINITY)
      return true
    }
    if (this.at >= end || (end === Number.POSITIVE_INFINITY && this.matchesOne(to))) this.active.delete(command)
    return this.at <= end
  }

  private cycle(): 'end' | 'delete' | 'again' | 'quit' {
    this.substituted = false
    for (let i = 0; i < this.commands.length; i++) {
      if (++this.steps > maxSteps || this.space.length > 4_000_000 || this.hold.length > 4_000_000)
        throw new PatternError('the script runs without end')
      if (this.out.length + this.after.length > maxOutput) throw new PatternError('the output is too long')
      const command = this.commands[i]!
      if (this.selects(command) === command.negated) {
        if (command.name === '{') i = command.target! - 1
        continue
      }
      const jump = this.execute(command)
      if (jump === undefined) continue
      this.steps += this.commands.length >> 6
      if (jump === 'end' || jump === 'delete' || jump === 'again' || jump === 'quit') return jump
      i = jump.to === '' ? this.commands.length : this.commands.findIndex((other) => other.name === ':' && other.text === jump.to)
    }
    return 'end'
  }

  private execute(command: SedCommand): undefined | 'end' | 'delete' | 'again' | 'quit' | { to: string } {
    switch (command.name) {
      case 's':
        this.substitute(command)
        return undefined
      case 'y':
        this.steps += this.space.length >> 3
        this.space = [...this.space].map((char) => command.map!.get(char) ?? char).join('')
        return undefined
      case 'd':
        return 'delete'
      case 'D': {
        const end = this.space.indexOf('\n')
        if (end < 0) return 'delete'
        this.space = this.space.slice(end + 1)
        return 'again'
      }
      case 'p':
        this.out += `${this.space}\n`
        return undefined
      case 'P':
        this.out += `${firstLine(this.space)}\n`
        return undefined
      case 'n':
        if (this.isLast()) return this.settings.quiet ? 'delete' : 'quit'
        if (!this.settings.quiet) this.print(this.space)
        this.out += this.after
        this.after = ''
        this.space = this.lines[this.at++]!
        return undefined
      case 'N':
        if (this.isLast()) return 'quit'
        this.space += `\n${this.lines[this.at++]}`
        return undefined
      case 'q':
      case 'Q':
        this.exitCode = Number(command.text || 0)
        if (command.name === 'Q') this.space = ''
        return command.name === 'Q' ? this.abandon() : 'quit'
      default:
        return this.executeRest(command)
    }
  }

  private abandon(): 'quit' {
    this.dropped = true
    return 'quit'
  }

  dropped = false

  private executeRest(command: SedCommand): undefined | 'delete' | { to: string } {
    switch (command.name) {
      case 'a':
        this.after += `${command.text}\n`
        return undefined
      case 'i':
        this.out += `${command.text}\n`
        return undefined
      case 'c':
        if (command.to === undefined || command.negated || !this.active.has(command)) this.out += `${command.text}\n`
        return 'delete'
      case 'h':
        this.hold = this.space
        return undefined
      case 'H':
        this.hold += `\n${this.space}`
        return undefined
      case 'g':
        this.space = this.hold
        return undefined
      case 'G':
        this.space += `\n${this.hold}`
        return undefined
      case 'x': {
        const held = this.hold
        this.hold = this.space
        this.space = held
        return undefined
      }
      case '=':
        this.out += `${this.at}\n`
        return undefined
      case 'l':
        this.out += `${this.space.replace(/\\/g, '\\\\').replace(/\t/g, '\\t').replace(/\n/g, '\\n')}$\n`
        return undefined
      case 'z':
        this.space = ''
        return undefined
      case 'r':
        this.after += this.settings.read(command.file!)
        return undefined
      case 'w':
        this.settings.write(command.file!, `${this.space}\n`)
        return undefined
      case 'b':
        return { to: command.text }
      case 't':
      case 'T': {
        const jump = this.substituted === (command.name === 't')
        this.substituted = false
        return jump ? { to: command.text } : undefined
      }
      default:
        return undefined
    }
  }

  private substitute(command: SedCommand): void {
    const matcher = this.searched(command.pattern)
    let out = ''
    let at = 0
    let count = 0
    let changed = false
    while (matcher.find()) {
      count++
      if (count < command.nth!) continue
      const start = matcher.start()
      out += this.space.slice(at, start) + replacementText(command.replacement!, (group) => matcher.group(group) ?? '')
      at = matcher.end()
      changed = true
      this.steps += 2
      if (!command.global) break
    }
    if (!changed) return
    this.steps += out.length >> 5
    this.space = out + this.space.slice(at)
    this.substituted = true
    if (command.print) this.out += `${this.space}\n`
    if (command.file !== undefined) this.settings.write(command.file, `${this.space}\n`)
  }
}

function replacementText(parts: readonly (string | number)[], group: (n: number) => string): string {
  let out = ''
  let mode = ''
  let once = ''
  for (const part of parts) {
    if (typeof part === 'string' && part.startsWith('\0')) {
      const letter = part[1]!
      if (letter === 'u' || letter === 'l') once = letter
      else mode = letter === 'E' ? '' : letter
      continue
    }
    let text = typeof part === 'number' ? group(part) : part
    if (mode === 'U') text = text.toUpperCase()
    if (mode === 'L') text = text.toLowerCase()
    if (once !== '' && text !== '') {
      text = (once === 'u' ? text[0]!.toUpperCase() : text[0]!.toLowerCase()) + text.slice(1)
      once = ''
    }
    out += text
  }
  return out
}

/** What the commands print for these lines. `newline`: the last line ends in one. */
export function runSed(
  commands: readonly SedCommand[],
  lines: readonly string[],
  newline: boolean,
  settings: SedSettings,
): { text: string; exitCode: number | undefined } {
  const sed = new Sed(commands, lines, newline, settings)
  try {
    sed.run()
  } finally {
    settings.charge?.(sed.steps >> 2)
  }
  return { text: sed.dropped && !settings.quiet ? sed.out.replace(/\n$/, '') : sed.out, exitCode: sed.exitCode }
}

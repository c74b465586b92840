/**
 * The help of commands: names, usage lines, flags and defaults are facts of kubectl 1.36; the words about them are this program's own.
 */
import { commandWords } from './command-words.ts'
import { flagWords } from './flag-words.ts'
import type { FlagDefinition } from './pflag.ts'
import { factsOf, globalFlags } from './tree.ts'

function flagLines(flag: FlagDefinition): string {
  const value = flag.type === 'string' ? `'${flag.default}'` : flag.default
  return `    ${flag.short === undefined ? '' : `-${flag.short}, `}--${flag.name}=${value}:\n\t${flagWords(flag.name)}.\n`
}

function commandLines(path: string, names: readonly string[]): string[] {
  const width = Math.max(...names.map((name) => name.length))
  return names.map((name) => `  ${name.padEnd(width)}  ${commandWords(`${path} ${name}`)?.sentence ?? ''}`.trimEnd())
}

/** What `--help` prints. */
export function helpText(path: string): string {
  const known = factsOf(path)
  if (known === undefined) return ''
  const words = commandWords(path)
  const { subcommands, flags, usage } = known
  const lines: string[] = words === undefined ? [] : [`${words.sentence}.`, '']
  if (words !== undefined && words.examples.length > 0) lines.push('Examples:', ...words.examples.map((example) => `  ${example}`), '')
  if (subcommands.length > 0) lines.push('Available Commands:', ...commandLines(path, subcommands), '')
  if (flags.length > 0) lines.push('Options:', ...flags.map(flagLines))
  if (usage.length > 0) lines.push('Usage:', ...usage.map((line) => `  ${line}`), '')
  if (subcommands.length > 0) lines.push(`Use "${path} <command> --help" for more information about a given command.`)
  lines.push('Use "kubectl options" for a list of global command-line options (applies to all commands).')
  return `${lines.join('\n')}\n`
}

/** `kubectl options`. */
export const optionsText = (): string => `The following options can be passed to any command:\n\n${globalFlags.map(flagLines).join('\n')}`

/**
 * The tree of kubectl's commands, from the facts of kubectl 1.36.4: finding the command of a command line, its flags, and suggestions for a
 * mistyped name (cobra's).
 */
import { getOrMake } from '../../lib/get-or-make.ts'
import type { CommandError } from '../errors.ts'
import { CommandError as Failure } from '../errors.ts'
import { recordFlag, recordingCommands } from '../record.ts'
import commandFacts from './commands.generated.json' with { type: 'json' }
import type { FlagDefinition } from './pflag.ts'

export interface CommandFacts {
  readonly usage: readonly string[]
  readonly subcommands: readonly string[]
  readonly flags: readonly FlagDefinition[]
}

const facts = commandFacts as unknown as Readonly<Record<string, CommandFacts>>

/** Flags that every command takes. */
export const globalFlags: readonly FlagDefinition[] = facts.global!.flags.map((flag) => ({ ...flag, global: true }))

/** Commands that have no flags of their own in the facts. */
const extra: Readonly<Record<string, CommandFacts>> = {
  'kubectl help': { usage: ['kubectl help [command] [flags] [options]'], subcommands: [], flags: [] },
  'kubectl options': { usage: ['kubectl options'], subcommands: [], flags: [] },
  'kubectl plugin': { usage: ['kubectl plugin [flags]'], subcommands: [], flags: [] },
  'kubectl completion': { usage: ['kubectl completion SHELL'], subcommands: [], flags: [] },
}

/** Flags that still work and that no help names. */
const deprecated: Readonly<Record<string, readonly FlagDefinition[]>> = {
  ...Object.fromEntries(recordingCommands.map((path) => [path, [recordFlag]])),
  'kubectl autoscale': [
    recordFlag,
    {
      name: 'cpu-percent',
      type: 'int',
      default: '-1',
      deprecated: "Use --cpu with percentage or resource quantity format (e.g., '70%' for utilization or '500m' for milliCPU).",
    },
  ],
}

export const factsOf = (path: string): CommandFacts | undefined => (path === 'global' ? undefined : (facts[path] ?? extra[path]))

/** Other names of commands, by their path. */
const aliases: Readonly<Record<string, string>> = {
  'kubectl create cm': 'configmap',
  'kubectl create deploy': 'deployment',
  'kubectl create cj': 'cronjob',
  'kubectl create ing': 'ingress',
  'kubectl create ns': 'namespace',
  'kubectl create pdb': 'poddisruptionbudget',
  'kubectl create pc': 'priorityclass',
  'kubectl create resourcequota': 'quota',
  'kubectl create sa': 'serviceaccount',
  'kubectl create svc': 'service',
  'kubectl set sa': 'serviceaccount',
  'kubectl set selectors': 'selector',
  'kubectl top nodes': 'node',
  'kubectl top no': 'node',
  'kubectl top pods': 'pod',
  'kubectl top po': 'pod',
  'kubectl config use': 'use-context',
  'kubectl event': 'events',
  'kubectl ev': 'events',
  'kubectl clusterinfo': 'cluster-info',
  'kubectl run-container': 'run',
  'kubectl rollout his': 'history',
}

const child = (path: string, word: string): string | undefined => {
  const known = factsOf(path)
  const name = aliases[`${path} ${word}`] ?? word
  const full = `${path} ${name}`
  return factsOf(full) !== undefined &&
    (known?.subcommands.includes(name) || extra[full] !== undefined || aliases[`${path} ${word}`] !== undefined)
    ? full
    : undefined
}

const levenshtein = (a: string, b: string): number => {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) next[j] = Math.min(next[j - 1]! + 1, row[j]! + 1, row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1))
    row = next
  }
  return row[b.length]!
}

/** cobra's suggestions: names within a distance of two, or that begin with what was typed. */
export function suggestions(typed: string, names: readonly string[]): readonly string[] {
  const lower = typed.toLowerCase()
  return names.filter((name) => levenshtein(lower, name.toLowerCase()) <= 2 || name.toLowerCase().startsWith(lower))
}

/** `unknown command "gett" for "kubectl"`, with suggestions. */
export function unknownCommand(path: string, typed: string): CommandError {
  const near = suggestions(typed, factsOf(path)?.subcommands ?? [])
  const tail = near.length === 0 ? '' : `\n\nDid you mean this?\n${near.map((name) => `\t${name}\n`).join('')}`
  return new Failure(`unknown command ${JSON.stringify(typed)} for ${JSON.stringify(path)}${tail}`)
}

export interface FoundCommand {
  /** `kubectl rollout status`. */
  readonly path: string
  readonly definitions: readonly FlagDefinition[]
  /** The words that are not the command's own name. */
  readonly rest: readonly string[]
}

const takesValue = (word: string, definitions: ReadonlyMap<string, FlagDefinition>): boolean => {
  if (word.includes('=')) return false
  if (word.startsWith('--')) {
    const flag = definitions.get(word.slice(2))
    return flag !== undefined && flag.type !== 'bool' && flag.bare === undefined
  }
  const flag = definitions.get(word.slice(1))
  return word.length === 2 && flag !== undefined && flag.type !== 'bool' && flag.bare === undefined
}

/** Finds the command as cobra does: flags may stand before and between the words of its name. */
export function findCommand(argv: readonly string[]): FoundCommand {
  let path = 'kubectl'
  const rest: string[] = []
  let searching = true
  for (let i = 0; i < argv.length; i++) {
    const word = argv[i]!
    if (!searching) {
      rest.push(word)
      continue
    }
    if (word === '--') {
      searching = false
      rest.push(word)
    } else if (word.startsWith('-') && word.length > 1) {
      rest.push(word)
      if (takesValue(word, flagIndex(path)) && i + 1 < argv.length) rest.push(argv[++i]!)
    } else {
      const next = child(path, word)
      if (next === undefined) {
        searching = false
        rest.push(word)
      } else path = next
    }
  }
  return { path, definitions: definitionsOf(path), rest }
}

const indexes = new Map<string, ReadonlyMap<string, FlagDefinition>>()
const flagIndex = (path: string): ReadonlyMap<string, FlagDefinition> => getOrMake(indexes, path, () => makeIndex(path))

function makeIndex(path: string): ReadonlyMap<string, FlagDefinition> {
  const index = new Map<string, FlagDefinition>()
  for (const flag of definitionsOf(path)) {
    index.set(flag.name, flag)
    if (flag.short !== undefined) index.set(flag.short, flag)
  }
  return index
}

/** A command's own flags, then the global ones it does not name itself. */
export const definitionsOf = (path: string): readonly FlagDefinition[] => getOrMake(definitions, path, () => gather(path))
const definitions = new Map<string, readonly FlagDefinition[]>()

function gather(path: string): readonly FlagDefinition[] {
  const own = [...(factsOf(path)?.flags ?? []), ...(deprecated[path] ?? [])]
  const names = new Set(own.map((f) => f.name))
  const shorts = new Set(own.flatMap((f) => (f.short === undefined ? [] : [f.short])))
  const global = globalFlags
    .filter((f) => !names.has(f.name))
    .map((f) => (f.short !== undefined && shorts.has(f.short) ? { ...f, short: undefined } : f))
  return [...own, ...(global as FlagDefinition[])]
}

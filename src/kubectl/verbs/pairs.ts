/**
 * Resources first, then `key=value` and `key-`: the arguments of label, annotate, taint, set image and set env.
 */
import { CommandError } from '../errors.ts'

export interface ResourcesAndPairs {
  readonly resources: readonly string[]
  readonly pairs: readonly string[]
}

const isPair = (arg: string): boolean => (arg.includes('=') && !arg.startsWith('=')) || (arg.endsWith('-') && arg !== '-')

/** Splits the arguments; a resource after a pair is an error that names `what`. */
export function splitPairs(args: readonly string[], what: string): ResourcesAndPairs {
  const resources: string[] = []
  const pairs: string[] = []
  for (const arg of args) {
    if (isPair(arg)) pairs.push(arg)
    else if (pairs.length > 0) throw new CommandError(`all resources must be specified before ${what} changes: ${arg}`)
    else resources.push(arg)
  }
  return { resources, pairs }
}

export interface Changes {
  readonly set: ReadonlyMap<string, string>
  readonly remove: readonly string[]
}

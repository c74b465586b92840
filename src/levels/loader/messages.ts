/** What is said of a value that does not fit a level's schema, and of YAML that cannot be read: what is needed, and what was meant perhaps. */
import type { YAMLParseError } from 'yaml'
import type { z } from 'zod'
import { closest } from './problems.ts'

type Issue = z.core.$ZodIssue

const NEEDED: Readonly<Record<string, string>> = {
  string: 'a text is needed',
  number: 'a number is needed',
  int: 'a whole number is needed',
  boolean: 'true or false is needed',
  array: 'a list is needed',
  tuple: 'a list is needed',
  object: 'keys with values are needed',
  record: 'keys with values are needed',
}

export const didYouMean = (word: string, words: readonly string[]): string => {
  const near = closest(word, words)
  return near === undefined ? '' : `; did you mean "${near}"?`
}

/** Of some words: what was meant perhaps, otherwise all there are. */
const oneOf = (given: unknown, words: readonly string[]): string => {
  const all = words.length === 1 ? `"${words[0]}" is needed` : `there are ${words.join(', ')}`
  const near = closest(String(given), words)
  return near === undefined ? all : `did you mean "${near}"?${words.length === 1 ? '' : ` (${all})`}`
}

const shown = (value: unknown): string => (typeof value === 'string' ? `"${value}"` : String(value))

/** What a value of another type was meant to be. */
function otherType(expected: string, value: unknown): string {
  const needed = NEEDED[expected] ?? `${expected} is needed`
  if (expected === 'array' && (typeof value === 'string' || typeof value === 'number')) return `${needed}: [${value}]`
  if (/^(?:number|int)$/.test(expected) && typeof value === 'string')
    return /^\d+$/.test(value) ? `${needed}: ${value}, without quotes` : `${needed}, not ${shown(value)}`
  if (expected === 'int' && typeof value === 'number') return `${needed}, not ${value}`
  if (expected === 'string' && (typeof value === 'number' || typeof value === 'boolean')) return `${needed}: "${value}", in quotes`
  if (/^(?:object|record)$/.test(expected) && Array.isArray(value)) return `${needed}, not a list`
  return value === null ? `${needed}, and there is nothing` : needed
}

/** In plain words; `value` is what stands in the file. */
export function issueText(issue: Issue, value: unknown): string {
  switch (issue.code) {
    case 'invalid_type':
      // A schema's own words come before ours.
      if (!issue.message.startsWith('Invalid input')) return issue.message
      return value === undefined ? 'it is missing' : otherType(issue.expected, value)
    case 'invalid_value':
      return value === undefined ? 'it is missing' : `${shown(value)} is not known here; ${oneOf(value, issue.values.map(String))}`
    case 'too_big':
      return `${issue.maximum} at most`
    case 'too_small':
      return value === '' ? 'it is empty' : Array.isArray(value) ? `at least ${issue.minimum} of it` : `${issue.minimum} at least`
    default:
      return issue.message.replace(/^Invalid input: /, '')
  }
}

const INDENTED = 'this line is indented by another number of spaces than its neighbours'
const YAML_WORDS: Readonly<Record<string, string>> = {
  BLOCK_AS_IMPLICIT_KEY: 'a text with ": " in it needs quotes, and a key a line of its own',
  MULTILINE_IMPLICIT_KEY: 'a key and its ":" must stand in one line',
  BAD_INDENT: INDENTED,
}

/** The first thing that is wrong; what follows from it is not told. Tabs are the commonest, and the hardest to see. */
export function yamlProblem(errors: readonly YAMLParseError[], text: string): { offset: number; message: string } | undefined {
  const [first] = errors
  if (first === undefined) return undefined
  const tab = /^[ ]*\t/m.exec(text)
  if (tab !== null) return { offset: tab.index + tab[0].length - 1, message: 'a tab: YAML is indented with spaces' }
  const offset = first.pos[0]
  if (first.code === 'DUPLICATE_KEY') {
    const key = /^[\w.-]+/.exec(text.slice(offset))?.[0] ?? 'this key'
    return { offset, message: `"${key}" stands here for the second time; a key may stand once` }
  }
  const open = /end with a ([\]}])$/.exec(first.message)
  if (open !== null) {
    const [opening, closing] = open[1] === ']' ? ['[', ']'] : ['{', '}']
    let depth = 1
    let at = offset - 1
    for (; at >= 0; at--) {
      if (text[at] === closing) depth++
      else if (text[at] === opening && --depth === 0) break
    }
    return { offset: at < 0 ? offset : at, message: `a ${opening} is never closed: a ${closing} is missing` }
  }
  if (/^Sequence item without|^All mapping items must start/.test(first.message)) return { offset, message: INDENTED }
  return { offset, message: YAML_WORDS[first.code] ?? first.message }
}

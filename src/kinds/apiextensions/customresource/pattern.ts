/**
 * Patterns that users write in CRDs, run in linear time (Go's RE2 syntax, as upstream's).
 */
import { RE2JS } from 're2js'

const CACHE_LIMIT = 1000
const compiled = new Map<string, ((text: string) => boolean) | string>()

function compile(pattern: string): ((text: string) => boolean) | string {
  try {
    const expression = RE2JS.compile(pattern)
    return (text) => expression.matcher(text).find()
  } catch (e) {
    return e instanceof Error ? e.message : String(e)
  }
}

function lookup(pattern: string): ((text: string) => boolean) | string {
  const known = compiled.get(pattern)
  if (known !== undefined) return known
  const fresh = compile(pattern)
  if (compiled.size >= CACHE_LIMIT) compiled.clear()
  compiled.set(pattern, fresh)
  return fresh
}

/** Whether a text holds a match; a pattern that cannot be read matches everything (the CRD's own validation refuses it). */
export function patternOf(pattern: string): (text: string) => boolean {
  const got = lookup(pattern)
  return typeof got === 'string' ? () => true : got
}

/** What is wrong with a pattern; undefined when nothing is. */
export function patternError(pattern: string): string | undefined {
  const got = lookup(pattern)
  return typeof got === 'string' ? got : undefined
}

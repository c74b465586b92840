/** Fingerprints of kept values: equal for values that are equal as JSON, whatever the order of their keys; revisions are left out, since they go on after an undo. */
import { sha256 } from '../lib/hash.ts'

const REVISION = 'resourceVersion'
/** Shorter texts stand for themselves. */
const LONGEST_TEXT = 64

/** Field names as JSON writes them, with the colon; there are few. */
const names = new Map<string, string>()
const MAX_NAMES = 10_000

function quoted(key: string): string {
  let text = names.get(key)
  if (text === undefined) {
    text = `${JSON.stringify(key)}:`
    if (names.size < MAX_NAMES) names.set(key, text)
  }
  return text
}

/** JSON with keys in byte order; what JSON leaves out (undefined, functions) is left out. */
function canonical(value: unknown): string | undefined {
  if (value === null || typeof value !== 'object') return JSON.stringify(value)
  if (Array.isArray(value)) return `[${value.map((v) => canonical(v) ?? 'null').join(',')}]`
  let text = ''
  for (const key of Object.keys(value).sort()) {
    if (key === REVISION) continue
    const inner = canonical((value as Record<string, unknown>)[key])
    if (inner !== undefined) text += text === '' ? quoted(key) + inner : `,${quoted(key)}${inner}`
  }
  return `{${text}}`
}

const known = new WeakMap<object, string>()

/** The fingerprint of a value that is never changed; made once for each object. */
export function fingerprint(value: unknown): string {
  if (value === null || typeof value !== 'object') return shortened(canonical(value) ?? '')
  let text = known.get(value)
  if (text === undefined) {
    text = shortened(canonical(value)!)
    known.set(value, text)
  }
  return text
}

const shortened = (text: string): string => (text.length <= LONGEST_TEXT ? text : sha256(text))

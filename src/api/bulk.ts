/** How much there is to a value of the API, in parts and letters: what reading, copying and printing it takes grows with that. */

/** Letters that are looked through as fast as one part. */
const LETTERS_A_PART = 4

const known = new WeakMap<object, number>()

/** How deep what is frozen is remembered: an object's own large parts, not each leaf's list. */
const REMEMBERED = 2

/** Parts of a value (fields, items), long texts counted as several. What is frozen is counted once. */
export function bulkOf(value: unknown, depth = 0): number {
  if (typeof value === 'string') return value.length < LETTERS_A_PART ? 1 : 1 + Math.floor(value.length / LETTERS_A_PART)
  if (typeof value !== 'object' || value === null) return 1
  const keeps = depth < REMEMBERED && Object.isFrozen(value)
  const before = keeps ? known.get(value) : undefined
  if (before !== undefined) return before
  let sum = 1
  // The items of a list are objects themselves.
  if (Array.isArray(value)) for (const item of value) sum += bulkOf(item, depth === 1 ? 0 : depth + 1)
  else for (const key of Object.keys(value)) sum += bulkOf((value as Record<string, unknown>)[key], depth + 1)
  if (keeps) known.set(value, sum)
  return sum
}

/** Of an object, without what changes all the time: its metadata and status. */
export function bulkOfLasting(object: object): number {
  let sum = 1
  for (const [key, value] of Object.entries(object)) if (key !== 'metadata' && key !== 'status') sum += bulkOf(value, 1)
  return sum
}

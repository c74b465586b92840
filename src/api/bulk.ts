/** How much there is to a value of the API, in parts and letters: what reading, copying and printing it takes grows with that. */

/** Letters that are looked through as fast as one part. */
const LETTERS_A_PART = 16

const known = new WeakMap<object, number>()

/** Parts of a value (fields, items), long texts counted as several. What is frozen is counted once. */
export function bulkOf(value: unknown): number {
  if (typeof value === 'string') return 1 + Math.floor(value.length / LETTERS_A_PART)
  if (typeof value !== 'object' || value === null) return 1
  const before = known.get(value)
  if (before !== undefined) return before
  let sum = 1
  if (Array.isArray(value)) for (const item of value) sum += bulkOf(item)
  else for (const key in value) sum += bulkOf((value as Record<string, unknown>)[key])
  if (Object.isFrozen(value)) known.set(value, sum)
  return sum
}

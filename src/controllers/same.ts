/** Whether two pieces of plain JSON data say the same; undefined fields count as absent, as the API's own encoding drops them. */

const fieldsOf = (value: object): string[] => Object.keys(value).filter((k) => (value as Record<string, unknown>)[k] !== undefined)

export function same(a: unknown, b: unknown): boolean {
  if (a === b) return true
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false
  if (Array.isArray(a) !== Array.isArray(b)) return false
  if (Array.isArray(a)) return a.length === (b as unknown[]).length && a.every((item, i) => same(item, (b as unknown[])[i]))
  const keys = fieldsOf(a)
  if (keys.length !== fieldsOf(b).length) return false
  return keys.every((k) => same((a as Record<string, unknown>)[k], (b as Record<string, unknown>)[k]))
}

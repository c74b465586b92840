/**
 * Fields a JSON text has twice: JSON.parse keeps the last silently, the API server's strict decoder tells of each.
 */

const MAX_DEPTH = 10_000

interface Level {
  /** Keys seen, for an object; a list counts its items. */
  readonly seen: Set<string> | undefined
  index: number
  path: string
}

const childPath = (level: Level | undefined, key: string | undefined): string => {
  if (level === undefined) return ''
  if (level.seen === undefined) return `${level.path}[${level.index}]`
  return level.path === '' ? (key ?? '') : `${level.path}.${key ?? ''}`
}

/** Paths such as `data.color`, in the order they are met; the text must be valid JSON (an invalid one gives no promise but ends). */
export function duplicateFields(text: string): string[] {
  const found = new Set<string>()
  const stack: Level[] = []
  let key: string | undefined
  const token = /"(?:[^"\\]|\\.)*"(\s*:)?|[{}[\],]/gs
  for (let m = token.exec(text); m !== null; m = token.exec(text)) {
    const top = stack[stack.length - 1]
    const c = m[0][0]
    if (c === '{' || c === '[') {
      if (stack.length >= MAX_DEPTH) break
      stack.push({ seen: c === '{' ? new Set() : undefined, index: 0, path: childPath(top, key) })
    } else if (c === '}' || c === ']') stack.pop()
    else if (c === ',') {
      if (top !== undefined) top.index++
    } else if (m[1] !== undefined && top?.seen !== undefined) {
      key = keyOf(m[0].slice(0, -m[1].length))
      if (top.seen.has(key)) found.add(childPath(top, key))
      top.seen.add(key)
    }
  }
  return [...found]
}

function keyOf(quoted: string): string {
  try {
    return JSON.parse(quoted) as string
  } catch {
    return quoted
  }
}

/**
 * The simple JSONPaths that CRDs hold (columns, scale, selectable fields): dots, `['key']`, indexes, `[*]` and `[?(@.a=="b")]`.
 */

type Step =
  | { readonly key: string }
  | { readonly index: number }
  | { readonly all: true }
  | { readonly where: readonly string[]; readonly equals: string }

const token =
  /^(?:\.?\[\?\(\s*@((?:\.[\w-]+)+)\s*==\s*(?:"([^"]*)"|'([^']*)')\s*\)\]|\.?\[['"]([^'"]+)['"]\]|\[(\d+)\]|\[(\*)\]|\.(\*)|\.((?:\\.|[^.[\]\\])+))/

/** Undefined for a path that is not of this simple form. */
export function parseSimplePath(path: string): readonly Step[] | undefined {
  let rest = path.startsWith('{') && path.endsWith('}') ? path.slice(1, -1) : path
  if (!rest.startsWith('.') && !rest.startsWith('[')) return undefined
  const steps: Step[] = []
  while (rest !== '' && rest !== '.') {
    const m = token.exec(rest)
    if (m === null) return undefined
    if (m[1] !== undefined) steps.push({ where: m[1].slice(1).split('.'), equals: m[2] ?? m[3] ?? '' })
    else if (m[4] !== undefined) steps.push({ key: m[4] })
    else if (m[5] !== undefined) steps.push({ index: Number(m[5]) })
    else if (m[6] !== undefined || m[7] !== undefined) steps.push({ all: true })
    else steps.push({ key: m[8]!.replace(/\\(.)/g, '$1') })
    rest = rest.slice(m[0].length)
  }
  return steps
}

const field = (value: unknown, key: string): unknown =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && Object.hasOwn(value, key)
    ? (value as Record<string, unknown>)[key]
    : undefined

function follow(value: unknown, step: Step): unknown[] {
  if ('key' in step) {
    const found = field(value, step.key)
    return found === undefined ? [] : [found]
  }
  const list = Array.isArray(value) ? value : typeof value === 'object' && value !== null ? Object.values(value) : []
  if ('index' in step) return Array.isArray(value) && step.index < value.length ? [value[step.index]] : []
  if ('all' in step) return list
  return list.filter((item) => String(step.where.reduce<unknown>((v, key) => field(v, key), item)) === step.equals)
}

/** Every value the path finds. */
export const findPath = (value: unknown, steps: readonly Step[]): unknown[] =>
  steps.reduce<unknown[]>((found, step) => found.flatMap((v) => follow(v, step)), [value])

/** Versions and their constraints (semver 2, with the ranges that Masterminds/semver knows). */

export interface Version {
  readonly major: number
  readonly minor: number
  readonly patch: number
  readonly pre: string
  readonly build: string
}

const NUMBER = '(?:0|[1-9]\\d*)'
const LOOSE = /^v?(\d+)(?:\.(\d+))?(?:\.(\d+))?(?:-([0-9A-Za-z.-]+))?(?:\+([0-9A-Za-z.-]+))?$/
const STRICT = new RegExp(`^${NUMBER}\\.${NUMBER}\\.${NUMBER}(?:-[0-9A-Za-z.-]+)?(?:\\+[0-9A-Za-z.-]+)?$`)

export const isStrictVersion = (text: string): boolean => STRICT.test(text)
export const isVersion = (text: string): boolean => LOOSE.test(text)

/** Throws `Invalid Semantic Version`. */
export function parseVersion(text: string): Version {
  const found = LOOSE.exec(text)
  if (found === null) throw new Error('Invalid Semantic Version')
  return { major: Number(found[1]), minor: Number(found[2] ?? 0), patch: Number(found[3] ?? 0), pre: found[4] ?? '', build: found[5] ?? '' }
}

function comparePre(a: string, b: string): number {
  if (a === b) return 0
  if (a === '') return 1
  if (b === '') return -1
  const x = a.split('.')
  const y = b.split('.')
  for (let i = 0; i < Math.max(x.length, y.length); i++) {
    const [p, q] = [x[i], y[i]]
    if (p === q) continue
    if (p === undefined) return -1
    if (q === undefined) return 1
    const numbers = [p, q].map((t) => /^\d+$/.test(t))
    if (numbers[0] && numbers[1]) return Number(p) < Number(q) ? -1 : 1
    if (numbers[0] !== numbers[1]) return numbers[0] ? -1 : 1
    return p < q ? -1 : 1
  }
  return 0
}

/** -1, 0 or 1. */
export function compareVersions(a: string, b: string): number {
  const x = parseVersion(a)
  const y = parseVersion(b)
  return Math.sign(x.major - y.major || x.minor - y.minor || x.patch - y.patch || comparePre(x.pre, y.pre))
}

const PART =
  /^(=|!=|>=|=>|<=|=<|>|<|~>|~|\^)?\s*v?(\d+|[xX*])(?:\.(\d+|[xX*]))?(?:\.(\d+|[xX*]))?(?:-([0-9A-Za-z.-]+))?(?:\+[0-9A-Za-z.-]+)?$/
const wild = (text: string | undefined): boolean => text === undefined || /^[xX*]$/.test(text)

function partHolds(version: string, part: string): boolean {
  const found = PART.exec(part)
  if (found === null) throw new Error(`improper constraint: ${part}`)
  const [, operator = '', major, minor, patch, pre = ''] = found
  const v = parseVersion(version)
  // A pre-release satisfies only constraints that speak of one.
  if (v.pre !== '' && pre === '') return false
  const base = `${wild(major) ? 0 : major}.${wild(minor) ? 0 : minor}.${wild(patch) ? 0 : patch}${pre === '' ? '' : `-${pre}`}`
  const order = compareVersions(version, base)
  const upTo = (M: number, m: number, p: number): boolean => order >= 0 && (v.major - M || v.minor - m || v.patch - p) < 0
  const [M, m, p] = [major, minor, patch].map((t) => (wild(t) ? 0 : Number(t))) as [number, number, number]
  const within = (): boolean => (wild(major) ? true : wild(minor) ? upTo(M + 1, 0, 0) : wild(patch) ? upTo(M, m + 1, 0) : order === 0)
  switch (operator) {
    case '!=':
      return !within()
    case '>':
      return wild(major) ? false : wild(minor) ? v.major > M : wild(patch) ? v.major > M || (v.major === M && v.minor > m) : order > 0
    case '>=':
    case '=>':
      return order >= 0
    case '<':
      return order < 0
    case '<=':
    case '=<':
      return order <= 0 || within()
    case '~':
    case '~>':
      return wild(major) ? true : wild(minor) ? upTo(M + 1, 0, 0) : upTo(M, m + 1, 0)
    case '^':
      if (wild(major)) return true
      if (M > 0 || wild(minor)) return upTo(M + 1, 0, 0)
      return m > 0 || wild(patch) ? upTo(0, m + 1, 0) : upTo(0, 0, p + 1)
    default:
      return within()
  }
}

/** Whether a version fits a constraint (`>=1.19-0`, `^1.2`, `1.x || 2.x`, `1.2 - 1.4`). Throws for either that is none. */
export function satisfies(version: string, constraint: string): boolean {
  return constraint.split('||').some((any) =>
    any
      .trim()
      .replace(/(\S+)\s+-\s+(\S+)/g, '>=$1 <=$2')
      .replace(/([=<>!~^])\s+/g, '$1')
      .split(/[\s,]+/)
      .filter((part) => part !== '')
      .every((part) => partHolds(version, part)),
  )
}

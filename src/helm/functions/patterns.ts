/** Regular expressions (in linear time, as Go's RE2) and versions. */
import { RE2JS } from 're2js'
import { compareVersions, parseVersion, satisfies } from '../chart/semver.ts'
import { GoObject } from '../template/values.ts'
import { type Functions, type FunctionWorld, fn } from './contract.ts'

const MAX_PATTERN = 10_000

function compiled(pattern: string): RE2JS {
  if (pattern.length > MAX_PATTERN) throw new Error('error parsing regexp: expression is larger than the lab compiles')
  try {
    return RE2JS.compile(pattern)
  } catch (error) {
    throw new Error(error instanceof Error ? error.message : String(error))
  }
}

/** `$1` and `${name}` as Go expands them. */
function expand(template: string, group: (name: string) => string): string {
  return template.replace(/\$(?:\$|\{(\w+)\}|(\w+))/g, (all, braced?: string, bare?: string) =>
    all === '$$' ? '$' : group(braced ?? bare ?? ''),
  )
}

export function patternFunctions({ budget }: FunctionWorld): Functions {
  /** All matches, `limit` at most: where each stands and its groups. */
  const matches = (pattern: string, text: string, limit: number): { start: number; end: number; group: (name: string) => string }[] => {
    budget.spend(text.length + pattern.length)
    const matcher = compiled(pattern).matcher(text)
    const out: { start: number; end: number; group: (name: string) => string }[] = []
    while (out.length < limit && matcher.find()) {
      budget.spend(10)
      const groups = Array.from({ length: matcher.groupCount() + 1 }, (_x, i) => matcher.group(i) ?? '')
      const named = matcher.namedGroups as Record<string, number> | undefined
      out.push({
        start: matcher.start(),
        end: matcher.end(),
        group: (name) => (/^\d+$/.test(name) ? groups[Number(name)] : groups[named?.[name] ?? -1]) ?? '',
      })
    }
    return out
  }
  const count = (n: bigint): number => (n < 0n ? Number.POSITIVE_INFINITY : Number(n))
  const replaced = (pattern: string, text: string, by: (group: (name: string) => string) => string): string => {
    let out = ''
    let at = 0
    for (const match of matches(pattern, text, Number.POSITIVE_INFINITY)) {
      const made = by(match.group)
      budget.spend(made.length)
      out += text.slice(at, match.start) + made
      at = match.end
    }
    return out + text.slice(at)
  }
  const functions: Functions = {
    regexMatch: fn('ss', (pattern, text) => matches(pattern, text, 1).length > 0),
    regexFind: fn('ss', (pattern, text: string) => matches(pattern, text, 1).map((m) => text.slice(m.start, m.end))[0] ?? ''),
    regexFindAll: fn('ssi', (pattern, text: string, n) => matches(pattern, text, count(n)).map((m) => text.slice(m.start, m.end))),
    regexReplaceAll: fn('sss', (pattern, text, by) => replaced(pattern, text, (group) => expand(by, group))),
    regexReplaceAllLiteral: fn('sss', (pattern, text, by) => replaced(pattern, text, () => by)),
    regexSplit: fn('ssi', (pattern, text: string, n: bigint) => {
      const limit = count(n)
      if (limit === 0) return []
      const out: string[] = []
      let at = 0
      for (const match of matches(pattern, text, limit - 1)) {
        out.push(text.slice(at, match.start))
        at = match.end
      }
      return [...out, text.slice(at)]
    }),
    regexQuoteMeta: fn('s', (text: string) => text.replace(/[\\.+*?()|[\]{}^$]/g, '\\$&')),
  }
  const strict = ['regexMatch', 'regexFind', 'regexFindAll', 'regexReplaceAll', 'regexReplaceAllLiteral', 'regexSplit']
  return {
    ...functions,
    ...Object.fromEntries(strict.map((name) => [`must${name[0]!.toUpperCase()}${name.slice(1)}`, functions[name]!])),
    semverCompare: fn('ss', (constraint, version) => satisfies(version, constraint)),
    semver: fn('s', (text) => {
      const { major, minor, patch, pre, build } = parseVersion(text)
      const fields = { Major: BigInt(major), Minor: BigInt(minor), Patch: BigInt(patch), Prerelease: pre, Metadata: build, Original: text }
      return new GoObject(
        '*semver.Version',
        fields,
        { Compare: (other) => BigInt(compareVersions(text, String((other as GoObject).fields.Original))) },
        false,
        () => `${major}.${minor}.${patch}${pre === '' ? '' : `-${pre}`}`,
      )
    }),
  }
}

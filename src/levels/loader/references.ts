/** What no schema can say of a level: names that must fit each other, files that must be there. */
import type { LevelSpec } from '../format/level.ts'
import { didYouMean } from './messages.ts'
import type { Problem } from './problems.ts'

type Say = (path: readonly PropertyKey[], message: string) => void

export function referenceProblems(
  spec: LevelSpec,
  files: Readonly<Record<string, string>>,
  at: (path: readonly PropertyKey[]) => Omit<Problem, 'message'>,
): Problem[] {
  const problems: Problem[] = []
  const say: Say = (path, message) => void problems.push({ ...at(path), message })
  checkReferences(spec, say)
  for (const [key, variant] of Object.entries(spec.variants ?? {}))
    if ('int' in variant && variant.int[0] > variant.int[1])
      say(['spec', 'variants', key, 'int'], 'the first number must not be larger than the second')
  fileReferences(spec, Object.keys(files), say)
  return problems
}

function checkReferences({ checks, timeline }: LevelSpec, say: Say): void {
  const ids = checks.map((c) => c.id)
  const unknown = (id: string): string => `there is no check "${id}"${didYouMean(id, ids)}`
  checks.forEach((check, i) => {
    const own = ['spec', 'checks', i] as const
    if (ids.indexOf(check.id) < i) say([...own, 'id'], `two checks have the id "${check.id}"`)
    check.needs?.forEach((need, k) => {
      if (!ids.includes(need)) say([...own, 'needs', k], unknown(need))
    })
    for (const [moment, id] of referred(check)) {
      const other = checks.find((c) => c.id === id)
      if (other === undefined) say([...own, 'experiment', moment, 'check'], unknown(id))
      else if (other['experiment'] !== undefined || other['data'] !== undefined)
        say([...own, 'experiment', moment], `"${id}" is run in a world of its own; steady and after need a check that only looks`)
    }
    if (isWaitingForItself(check.id, checks)) say([...own, 'needs'], `"${check.id}" needs itself, by way of others or at once`)
    if (check.guard && (check.points ?? 0) > 0) say([...own, 'points'], 'a guard carries no points; leave them out')
  })
  timeline?.forEach((item, i) => {
    const inFault = 'fault' in item
    const moment = inFault ? item.fault.at : item.at
    if (moment !== undefined && typeof moment === 'object' && 'after' in moment && !ids.includes(moment.after.check))
      say(['spec', 'timeline', i, ...(inFault ? ['fault'] : []), 'at', 'after', 'check'], unknown(moment.after.check))
  })
}

function fileReferences({ start, timeline }: LevelSpec, files: readonly string[], say: Say): void {
  const folders = [...new Set(files.flatMap((f) => (f.includes('/') ? [f.slice(0, f.indexOf('/') + 1)] : [])))]
  const missing = (path: string): string => {
    const near = folders.includes(`${path}/`) ? `; did you mean "${path}/"?` : didYouMean(path, [...files, ...folders])
    return `there is no file ${path} in the level's folder${near}`
  }
  start?.apply?.forEach((path, i) => {
    if (path.endsWith('/') ? !files.some((f) => f.startsWith(path)) : !files.includes(path))
      say(['spec', 'start', 'apply', i], missing(path))
  })
  for (const [to, from] of Object.entries(start?.files ?? {})) if (!files.includes(from)) say(['spec', 'start', 'files', to], missing(from))
  timeline?.forEach((item, i) => {
    if ('apply' in item && !files.includes(item.apply)) say(['spec', 'timeline', i, 'apply'], missing(item.apply))
  })
}

/** The checks that an experiment looks at before and afterwards. */
function referred(check: LevelSpec['checks'][number]): [string, string][] {
  const { steady, after } = (check['experiment'] ?? {}) as { steady?: { check: string }; after?: { check: string } }
  return [...(steady ? [['steady', steady.check] as [string, string]] : []), ...(after ? [['after', after.check] as [string, string]] : [])]
}

function isWaitingForItself(id: string, checks: LevelSpec['checks']): boolean {
  const seen = new Set<string>()
  const queue = [...(checks.find((c) => c.id === id)?.needs ?? [])]
  for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
    if (next === id) return true
    if (seen.has(next)) continue
    seen.add(next)
    queue.push(...(checks.find((c) => c.id === next)?.needs ?? []))
  }
  return false
}

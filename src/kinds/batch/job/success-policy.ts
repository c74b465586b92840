/**
 * What the API refuses in an Indexed Job's successPolicy (upstream's validateSuccessPolicy): which indexes are enough.
 */
import { type FieldError, invalid, required, tooMany } from '../../../api/errors.ts'
import type { JobSpec, SuccessPolicyRule } from '../../../api/generated/types/batch-v1.ts'
import { nonNegative } from '../../fields/numbers.ts'

const MAX_RULES = 20
const order = (before: number, now: number): string => `non-increasing order, previous: ${before}, current: ${now}`

/** One part, `3` or `3-5`, as its two ends; or what is wrong with it. */
function interval(text: string, completions: number): readonly [number, number] | string {
  const limits = text.split('-')
  if (limits.length > 2) {
    const rule = "the requirement that an index interval can have at most two parts separated by '-'"
    return `the fragment ${JSON.stringify(text)} violates ${rule}`
  }
  for (const limit of limits) {
    if (!/^\+?\d+$/.test(limit)) return `cannot convert string to integer for index: ${JSON.stringify(limit)}`
    if (Number(limit) >= completions) return `too large index: ${JSON.stringify(limit)}`
  }
  const [from = 0, to = from] = limits.map(Number)
  return limits.length === 2 && from >= to ? order(from, to) : [from, to]
}

/** How many indexes a text such as `1,3-5` names, or what is wrong with it. */
function countIndexes(text: string, completions: number): number | string {
  let count = 0
  let last = -1
  for (const part of text === '' ? [] : text.split(',')) {
    const ends = interval(part, completions)
    if (typeof ends === 'string') return ends
    if (last >= ends[0]) return order(last, ends[0])
    count += ends[1] - ends[0] + 1
    last = ends[1]
  }
  return count
}

function ruleErrors(rule: SuccessPolicyRule, completions: number, path: string): FieldError[] {
  const { succeededIndexes: indexes, succeededCount: count } = rule
  const found: FieldError[] = []
  if (indexes === undefined && count === undefined)
    found.push(required(path, 'at least one of succeededCount or succeededIndexes must be specified'))
  const named = indexes === undefined ? 0 : countIndexes(indexes, completions)
  if (typeof named === 'string') found.push(invalid(`${path}.succeededIndexes`, indexes, `error parsing succeededIndexes: ${named}`))
  if (count === undefined) return found
  const at = `${path}.succeededCount`
  const atMost = (limit: number, what: string): string => `must be less than or equal to ${limit} (the number of ${what})`
  found.push(...nonNegative(count, at))
  if (count > completions) found.push(invalid(at, count, atMost(completions, 'specified completions')))
  const total = typeof named === 'string' ? 0 : named
  if (indexes !== undefined && count > total)
    found.push(invalid(at, count, atMost(total, 'indexes in the specified succeededIndexes field')))
  return found
}

/** As upstream's internal type prints it. */
const goPolicy = (rules: readonly SuccessPolicyRule[] | undefined): unknown => ({
  Rules: rules?.map((r) => ({ SucceededIndexes: r.succeededIndexes ?? null, SucceededCount: r.succeededCount ?? null })) ?? null,
})

export function successPolicyErrors(spec: JobSpec, path: string): FieldError[] {
  if (spec.successPolicy === undefined) return []
  const rules = spec.successPolicy.rules ?? []
  if (spec.completionMode !== 'Indexed') return [invalid(path, goPolicy(spec.successPolicy.rules), 'requires indexed completion mode')]
  const found: FieldError[] = []
  if (rules.length === 0) found.push(required(`${path}.rules`, 'at least one rules must be specified when the successPolicy is specified'))
  if (rules.length > MAX_RULES) found.push(tooMany(`${path}.rules`, rules.length, MAX_RULES))
  return [...found, ...rules.flatMap((rule, i) => ruleErrors(rule, spec.completions ?? 0, `${path}.rules[${i}]`))]
}

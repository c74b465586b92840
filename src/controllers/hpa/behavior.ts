/** Stabilization windows and rate policies between what the metrics ask for and what is done. Models upstream's behaviour normalization. */
import type { HorizontalPodAutoscaler, HPAScalingRules } from '../../api/generated/types/autoscaling-v2.ts'

export interface Moment {
  readonly atMs: number
  readonly n: number
}

/** What is remembered between syncs: recommendations, and by how much it scaled when. */
export interface Memory {
  readonly recommendations: readonly Moment[]
  readonly ups: readonly Moment[]
  readonly downs: readonly Moment[]
}

export const NO_MEMORY: Memory = { recommendations: [], ups: [], downs: [] }

const UP: HPAScalingRules = {
  stabilizationWindowSeconds: 0,
  selectPolicy: 'Max',
  policies: [
    { type: 'Pods', value: 4, periodSeconds: 15 },
    { type: 'Percent', value: 100, periodSeconds: 15 },
  ],
}
const DOWN: HPAScalingRules = {
  stabilizationWindowSeconds: 300,
  selectPolicy: 'Max',
  policies: [{ type: 'Percent', value: 100, periodSeconds: 15 }],
}

export const rulesOf = (hpa: HorizontalPodAutoscaler): { up: HPAScalingRules; down: HPAScalingRules } => ({
  up: { ...UP, ...hpa.spec?.behavior?.scaleUp },
  down: { ...DOWN, ...hpa.spec?.behavior?.scaleDown },
})

const READY = { reason: 'ReadyForNewScale', message: 'recommended size matches current size' }
const SCALE_DOWN_STABILIZED = {
  reason: 'ScaleDownStabilized',
  message: 'recent recommendations were higher than current one, applying the highest recent recommendation',
}
const SCALE_UP_STABILIZED = {
  reason: 'ScaleUpStabilized',
  message: 'recent recommendations were lower than current one, applying the lowest recent recommendation',
}
const limited = (reason: string, message: string): Limited['limited'] => ({ status: 'True', reason, message })
const SCALE_UP_LIMIT = limited('ScaleUpLimit', 'the desired replica count is increasing faster than the maximum scale rate')
const SCALE_DOWN_LIMIT = limited('ScaleDownLimit', 'the desired replica count is decreasing faster than the maximum scale rate')
const TOO_MANY = limited('TooManyReplicas', 'the desired replica count is more than the maximum replica count')
const TOO_FEW = limited('TooFewReplicas', 'the desired replica count is less than the minimum replica count')
const WITHIN_RANGE: Limited['limited'] = {
  status: 'False',
  reason: 'DesiredWithinRange',
  message: 'the desired count is within the acceptable range',
}

export interface Limited {
  readonly replicas: number
  readonly able?: { readonly reason: string; readonly message: string }
  readonly limited: { readonly status: 'True' | 'False'; readonly reason: string; readonly message: string }
}

function stabilized(
  current: number,
  wanted: number,
  memory: Memory,
  rules: { up: HPAScalingRules; down: HPAScalingRules },
  nowMs: number,
): number {
  const since = (r: HPAScalingRules): Moment[] =>
    memory.recommendations.filter((m) => m.atMs > nowMs - (r.stabilizationWindowSeconds ?? 0) * 1000)
  const up = Math.min(wanted, ...since(rules.up).map((m) => m.n))
  const down = Math.max(wanted, ...since(rules.down).map((m) => m.n))
  return Math.min(Math.max(current, up), down)
}

const changed = (moments: readonly Moment[], seconds: number, nowMs: number): number =>
  moments.filter((m) => m.atMs > nowMs - seconds * 1000).reduce((n, m) => n + m.n, 0)

/** The farthest that policies allow from here; `Disabled` allows nothing. */
function policyLimit(rules: HPAScalingRules, current: number, memory: Memory, nowMs: number, up: boolean): number {
  if (rules.selectPolicy === 'Disabled') return current
  const limits = (rules.policies ?? []).map((p) => {
    const start = current - changed(memory.ups, p.periodSeconds, nowMs) + changed(memory.downs, p.periodSeconds, nowMs)
    if (up) return p.type === 'Pods' ? start + p.value : Math.ceil(start * (1 + p.value / 100))
    return p.type === 'Pods' ? start - p.value : Math.trunc(start * (1 - p.value / 100))
  })
  if (limits.length === 0) return current
  const farthest = rules.selectPolicy !== 'Min'
  return up === farthest ? Math.max(...limits) : Math.min(...limits)
}

/** Without a behavior: at most twice as many, or four. */
const GROWTH = 2
const GROWTH_FROM = 4

function plain(hpa: HorizontalPodAutoscaler, current: number, wanted: number, memory: Memory, nowMs: number): Limited {
  const since = nowMs - (DOWN.stabilizationWindowSeconds ?? 0) * 1000
  const stable = Math.max(wanted, ...memory.recommendations.filter((m) => m.atMs >= since).map((m) => m.n))
  const [min, max] = [hpa.spec?.minReplicas ?? 1, hpa.spec?.maxReplicas ?? 1]
  const able = stable === wanted ? READY : SCALE_DOWN_STABILIZED
  const rate = Math.max(GROWTH * current, GROWTH_FROM)
  if (stable < min) return { replicas: min, able, limited: TOO_FEW }
  if (stable > Math.min(max, rate)) return { replicas: Math.min(max, rate), able, limited: max > rate ? SCALE_UP_LIMIT : TOO_MANY }
  return { replicas: stable, able, limited: WITHIN_RANGE }
}

export function limit(hpa: HorizontalPodAutoscaler, current: number, wanted: number, memory: Memory, nowMs: number): Limited {
  if (hpa.spec?.behavior === undefined) return plain(hpa, current, wanted, memory, nowMs)
  const rules = rulesOf(hpa)
  const stable = stabilized(current, wanted, memory, rules, nowMs)
  const [min, max] = [hpa.spec?.minReplicas ?? 1, hpa.spec?.maxReplicas ?? 1]
  const able = stable === wanted ? READY : wanted >= current ? SCALE_UP_STABILIZED : SCALE_DOWN_STABILIZED
  return { able, ...rated(stable, current, min, max, rules, memory, nowMs) }
}

function rated(
  stable: number,
  current: number,
  min: number,
  max: number,
  rules: { up: HPAScalingRules; down: HPAScalingRules },
  memory: Memory,
  nowMs: number,
): Omit<Limited, 'able'> {
  if (stable > current) {
    const rate = Math.max(current, policyLimit(rules.up, current, memory, nowMs, true))
    const top = Math.min(max, rate)
    if (stable > top) {
      return { replicas: top, limited: max > rate ? SCALE_UP_LIMIT : TOO_MANY }
    }
  } else if (stable < current) {
    const rate = Math.min(current, policyLimit(rules.down, current, memory, nowMs, false))
    const bottom = Math.max(min, rate)
    if (stable < bottom) {
      return { replicas: bottom, limited: min < rate ? SCALE_DOWN_LIMIT : TOO_FEW }
    }
  }
  return { replicas: stable, limited: WITHIN_RANGE }
}

/** Memory after a sync, what no rule can ask for any more left out. */
export function remember(
  memory: Memory,
  hpa: HorizontalPodAutoscaler,
  recommendation: number | undefined,
  change: number,
  nowMs: number,
): Memory {
  const { up, down } = rulesOf(hpa)
  const window = Math.max(up.stabilizationWindowSeconds ?? 0, down.stabilizationWindowSeconds ?? 0) * 1000
  const period = (r: HPAScalingRules): number => Math.max(0, ...(r.policies ?? []).map((p) => p.periodSeconds)) * 1000
  const fresh = (moments: readonly Moment[], ms: number): Moment[] => moments.filter((m) => m.atMs > nowMs - ms)
  const grown = (moments: readonly Moment[], n: number): readonly Moment[] => (n > 0 ? [...moments, { atMs: nowMs, n }] : moments)
  return {
    recommendations: [
      ...fresh(memory.recommendations, window),
      ...(recommendation === undefined ? [] : [{ atMs: nowMs, n: recommendation }]),
    ],
    ups: grown(fresh(memory.ups, period(up)), change),
    downs: grown(fresh(memory.downs, period(down)), -change),
  }
}

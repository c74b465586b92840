/**
 * `experiment`: steady state, load, faults at times unknown to the player, and what was measured (the chaos engineering way of saying it).
 * It runs on a fork: the player's cluster never feels it.
 */
import { z } from 'zod'
import { applyFault, endOf, type Fault } from '../../cluster/faults/index.ts'
import type { World } from '../../cluster/world.ts'
import { fault, faultOf, load, loadIn } from '../../levels/format/faults.ts'
import { bound, duration, durationMs, holds, parseBound } from '../../levels/format/times.ts'
import type { CheckContext, CheckDefinition, Verdict } from '../contract.ts'
import { countLost, type Exchange, writeKey } from './data.ts'
import { httpSpec } from './http.ts'

const exchange = httpSpec
  .omit({ times: true, expect: true })
  .extend({ expect: z.strictObject({ status: z.union([z.int(), z.array(z.int())]).optional() }).optional() })

const experimentSpec = z.strictObject({
  /** A check that must hold before it begins. */
  steady: z.strictObject({ check: z.string() }).optional(),
  load,
  faults: z.array(fault).optional(),
  /** What people do meanwhile (an administrator empties a node): commands, as in a timeline; what they would wait for they leave. */
  acts: z.array(z.strictObject({ at: duration, as: z.string().optional(), run: z.string() })).optional(),
  /** How long it is measured. */
  lasts: duration.optional(),
  measure: z.strictObject({
    availability: bound.optional(),
    maxFailed: z.int().min(0).optional(),
    p50: bound.optional(),
    p99: bound.optional(),
    rate: bound.optional(),
  }),
  /** Entries written while it runs; each that was acknowledged must be readable `within` so long after the last fault. */
  writes: z
    .strictObject({ write: exchange, read: exchange, every: duration, within: duration, lost: z.int().min(0).optional() })
    .optional(),
  /** Pods with these labels must not be OOM-killed or restarted meanwhile. */
  noRestarts: z.record(z.string(), z.string()).optional(),
  /** Must hold again afterwards. */
  after: z.strictObject({ check: z.string(), within: duration.optional() }).optional(),
})
type ExperimentSpec = z.infer<typeof experimentSpec>

const DEFAULT_LENGTH_MS = 300_000

interface PlannedFault {
  readonly atMs: number
  readonly act: () => void
}

/** Faults at their times since the beginning; those with an end bring it. */
function plan(spec: ExperimentSpec, context: CheckContext): PlannedFault[] {
  const { world, commandCount } = context.session
  const planned: PlannedFault[] = []
  for (const [i, one] of (spec.faults ?? []).entries()) {
    const { at } = one
    const range = at !== undefined && typeof at === 'object' && 'between' in at ? at.between.map((t) => durationMs(t)!) : undefined
    const atMs = range
      ? range[0]! + Math.round(world.random.unit('experiment', `${context.check.id}/${commandCount}`, i) * (range[1]! - range[0]!))
      : (durationMs(typeof at === 'string' ? at : '') ?? 0)
    let hit: readonly string[] = []
    planned.push({
      atMs,
      act: () => {
        hit = applyFault(world, faultOf(one))
      },
    })
    const forMs = durationMs(one.for ?? '')
    if (forMs !== undefined) planned.push({ atMs: atMs + forMs, act: () => finish(world, endOf(faultOf(one), hit)) })
  }
  for (const { at, as, run } of spec.acts ?? [])
    planned.push({ atMs: durationMs(at)!, act: () => void context.session.runAs(as ?? 'colleague', run) })
  return planned.sort((a, b) => a.atMs - b.atMs)
}

const finish = (world: World, end: Fault | undefined): void => {
  if (end !== undefined) applyFault(world, end)
}

function restartsOf(labels: Readonly<Record<string, string>>, context: CheckContext): number {
  const pods = context.session.world.cluster.read
    .list('pods', context.namespace)
    .filter((p) => Object.entries(labels).every(([k, v]) => p.metadata.labels?.[k] === v))
  return pods.reduce((sum, p) => sum + (p.status?.containerStatuses ?? []).reduce((n, s) => n + (s.restartCount ?? 0), 0), 0)
}

function perform(spec: ExperimentSpec, context: CheckContext): Verdict {
  const { world } = context.session
  const expected = describe(spec)
  const fail = (observed: string): Verdict => ({ ok: false, expected, observed })
  if (spec.steady) {
    const steady = context.judge(spec.steady.check)
    if (!steady.ok) return fail(`no steady state to begin with: ${steady.observed}`)
  }
  const startMs = world.nowMs
  const lengthMs = durationMs(spec.lasts ?? spec.load.for ?? '') ?? DEFAULT_LENGTH_MS
  const faults = plan(spec, context)
  const restarts = spec.noRestarts ? restartsOf(spec.noRestarts, context) : 0
  const clients = world.clients.start(`experiment-${context.check.id}`, { ...loadIn(spec.load, context.namespace), for: `${lengthMs}ms` })
  const keys: string[] = []
  const everyMs = durationMs(spec.writes?.every ?? '')
  let nextWrite = everyMs ?? Number.POSITIVE_INFINITY
  let turn = 0
  for (let elapsed = 0; elapsed < lengthMs; elapsed = world.nowMs - startMs) {
    while (faults[0] !== undefined && faults[0].atMs <= elapsed) faults.shift()!.act()
    if (elapsed >= nextWrite && spec.writes) {
      const key = `${context.nonce}-${++turn}`
      if (writeKey(spec.writes.write as Exchange, key, context, turn) === '') keys.push(key)
      nextWrite += everyMs!
    }
    const next = Math.min(lengthMs, faults[0]?.atMs ?? lengthMs, nextWrite)
    world.advance(Math.max(next - elapsed, 1))
  }
  clients.stop()
  const measured = world.clients.report(`experiment-${context.check.id}`)
  const complaints = complaintsOf(spec, measured)
  if (spec.noRestarts) {
    const more = restartsOf(spec.noRestarts, context) - restarts
    if (more > 0) complaints.push(`${more} container restart(s)`)
  }
  if (spec.writes && keys.length > 0) {
    const { lost } = countLost(spec.writes.read as Exchange, keys, durationMs(spec.writes.within)!, context)
    if (lost > (spec.writes.lost ?? 0))
      complaints.push(`${lost} of ${keys.length} acknowledged writes cannot be read within ${spec.writes.within}`)
  } else if (spec.writes) complaints.push('no write was acknowledged')
  if (spec.after) {
    const deadline = world.nowMs + (durationMs(spec.after.within ?? '') ?? 120_000)
    let verdict = context.judge(spec.after.check)
    while (!verdict.ok && world.nowMs < deadline) {
      world.advance(1_000)
      verdict = context.judge(spec.after.check)
    }
    if (!verdict.ok) complaints.push(`afterwards: ${verdict.observed}`)
  }
  const summary = `${measured.ok} of ${measured.sent} answered (${(100 * availabilityOf(measured)).toFixed(2)} %), 99 % within ${Math.round(measured.p99Ms)} ms`
  return { ok: complaints.length === 0, expected, observed: complaints.length === 0 ? summary : `${complaints.join('; ')} (${summary})` }
}

interface Measured {
  readonly sent: number
  readonly ok: number
  readonly p50Ms: number
  readonly p99Ms: number
  readonly seconds: number
}

const availabilityOf = (m: Measured): number => (m.sent === 0 ? 0 : m.ok / m.sent)

function complaintsOf(spec: ExperimentSpec, m: Measured): string[] {
  const { availability, maxFailed, p50, p99, rate } = spec.measure
  const complaints: string[] = []
  const check = (text: string | undefined, value: number, name: string): void => {
    if (text !== undefined && !holds(value, parseBound(text))) complaints.push(`${name} is not ${text}`)
  }
  check(availability, availabilityOf(m), `availability ${availabilityOf(m).toFixed(4)}`)
  check(p50, m.p50Ms, `p50 ${Math.round(m.p50Ms)} ms`)
  check(p99, m.p99Ms, `p99 ${Math.round(m.p99Ms)} ms`)
  check(rate, m.ok / Math.max(m.seconds, 1), `${(m.ok / Math.max(m.seconds, 1)).toFixed(1)} answers a second`)
  if (maxFailed !== undefined && m.sent - m.ok > maxFailed) complaints.push(`${m.sent - m.ok} requests failed, ${maxFailed} may`)
  return complaints
}

const describe = (spec: ExperimentSpec): string => {
  const faults = (spec.faults ?? []).map((f) => f.kind).join(', ')
  const bounds = Object.entries(spec.measure)
    .map(([k, v]) => `${k} ${v}`)
    .join(', ')
  return `${bounds || 'it stands'} at ${spec.load.rps} requests a second${faults === '' ? '' : ` through ${faults}`}`
}

export const experimentCheck: CheckDefinition<ExperimentSpec> = {
  kind: 'experiment',
  schema: experimentSpec,
  when: 'asked',
  evaluate: (spec, context) => context.session.world.fork(() => perform(spec, context)),
}

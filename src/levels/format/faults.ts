/** Faults and loads: one form in timelines, experiments and data checks. */
import { z } from 'zod'
import { type Fault as ClusterFault, faults, mistakeOf } from '../../cluster/faults/index.ts'
import { duration } from './times.ts'

const labels = z.record(z.string(), z.string())

export const target = z.union([
  z.strictObject({ node: z.string() }),
  z.strictObject({ nodeOf: labels }),
  z.strictObject({ pods: labels, namespace: z.string().optional(), count: z.int().positive().optional() }),
  z.strictObject({ link: z.strictObject({ from: z.string(), to: z.string().optional() }) }),
  z.strictObject({ component: z.string() }),
])

const kind = z.enum(faults.map((f) => f.kind) as [string, ...string[]])

export const moment = z.union([
  duration,
  z.strictObject({ between: z.tuple([duration, duration]) }),
  z.strictObject({ after: z.strictObject({ check: z.string() }), wait: duration.optional() }),
])

export const fault = z
  .strictObject({
    kind,
    target,
    at: moment.optional(),
    /** How long it lasts; for a crash, until the machine is switched on again. */
    for: duration.optional(),
    /** For delay and loss: `200ms`, `10%`. */
    amount: z.string().optional(),
  })
  .superRefine((value, context) => {
    const message = mistakeOf(faultOf(value))
    if (message !== undefined) context.addIssue({ code: 'custom', message })
  })

export const load = z.strictObject({
  http: z.string(),
  host: z.string().optional(),
  method: z.enum(['GET', 'POST']).optional(),
  rps: z.number().positive().max(10_000),
  for: duration.optional(),
  timeout: duration.optional(),
  retries: z.int().min(0).max(10).optional(),
  from: z.union([z.literal('external'), z.strictObject({ pod: labels, namespace: z.string().optional() })]).optional(),
})

export type Fault = z.infer<typeof fault>

/** A fault of a level file as the cluster takes it. */
export const faultOf = ({
  kind: name,
  target: at,
  amount,
}: {
  readonly kind: string
  readonly target: unknown
  readonly amount?: string | undefined
}): ClusterFault => ({
  kind: name,
  target: at as ClusterFault['target'],
  ...(amount !== undefined && { amount }),
})

/** A load whose pods are looked for in the player's namespace, unless it names another. */
export const loadIn = (spec: LoadSpec, namespace: string): LoadSpec =>
  typeof spec.from === 'object' ? { ...spec, from: { namespace, ...spec.from } } : spec

export type Moment = z.infer<typeof moment>
export type Target = z.infer<typeof target>
export type LoadSpec = z.infer<typeof load>

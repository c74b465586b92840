/**
 * The level file, as LEVELS.md has it: one zod schema, from which the types, the linter's errors and the JSON Schema for editors come.
 * Checks are a registry of their own (grading/checks); this schema takes what it is given for them.
 */
import { z } from 'zod'
import { type AddOnName, ALL_ADD_ONS } from '../../cluster/addons/index.ts'
import { PRESETS } from '../../cluster/presets.ts'
import { type NetworkRanges, rangeProblems, USUAL_RANGES } from '../../network/ranges.ts'
import { fault, load, moment } from './faults.ts'
import { duration } from './times.ts'

const name = z.string().regex(/^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/, 'lower-case letters, digits and - are allowed')
const relativePath = z.string().regex(/^(?!\/)(?!.*(^|\/)\.\.(\/|$))[\w./-]+$/, 'a relative path inside the level folder is needed')

const policyRule = z.strictObject({
  apiGroups: z.array(z.string()).optional(),
  resources: z.array(z.string()).optional(),
  resourceNames: z.array(z.string()).optional(),
  verbs: z.array(z.string()),
})

const node = z.strictObject({
  name: name,
  cpu: z.union([z.string(), z.number()]).optional(),
  memory: z.string().optional(),
  pods: z.int().positive().optional(),
  labels: z.record(z.string(), z.string()).optional(),
  taints: z
    .array(
      z.strictObject({ key: z.string(), value: z.string().optional(), effect: z.enum(['NoSchedule', 'PreferNoSchedule', 'NoExecute']) }),
    )
    .optional(),
})

const clusterFields = z.strictObject({
  preset: z.enum(PRESETS).optional(),
  nodes: z.array(node).max(50).optional(),
  /** Where pods' and Services' addresses come from; kubeadm's ranges when absent. */
  podCidr: z.string().optional(),
  serviceCidr: z.string().optional(),
  /** Of the default preset's add-ons only these. */
  addons: z.array(z.enum(ALL_ADD_ONS as unknown as [AddOnName, ...AddOnName[]])).optional(),
  dns: z.record(z.string(), z.string()).optional(),
})

/** The ranges a level asks for, with kubeadm's where it asks for none. */
export const rangesOf = ({ podCidr, serviceCidr }: Pick<ClusterSpec, 'podCidr' | 'serviceCidr'>): NetworkRanges => ({
  podCidr: podCidr ?? USUAL_RANGES.podCidr,
  serviceCidr: serviceCidr ?? USUAL_RANGES.serviceCidr,
})

const cluster = clusterFields.superRefine((spec, context) => {
  const nodes = spec.nodes === undefined ? 4 : spec.nodes.length + (spec.nodes.some((n) => n.name === 'control-plane') ? 0 : 1)
  for (const { field, message } of rangeProblems(rangesOf(spec), nodes)) context.addIssue({ code: 'custom', path: [field], message })
})

const persona = z.union([z.enum(['developer', 'cluster-admin']), z.array(policyRule)])

const player = z.strictObject({
  namespace: name.optional(),
  persona: persona.optional(),
  /** Allows `--as` towards these users: the level's sudo. */
  sudo: z.array(z.string()).optional(),
})

const start = z.strictObject({
  apply: z.array(relativePath).optional(),
  files: z.record(relativePath, relativePath).optional(),
  settle: duration.optional(),
})

const timelineItem = z.union([
  z.strictObject({ fault }),
  z.strictObject({ load: load, at: moment.optional() }),
  z.strictObject({ at: moment, as: z.string().optional(), apply: relativePath }),
  z.strictObject({ at: moment, as: z.string().optional(), delete: z.string() }),
  z.strictObject({ at: moment, as: z.string().optional(), run: z.string() }),
])

const variant = z.union([
  z.strictObject({ int: z.tuple([z.int(), z.int()]) }),
  z.strictObject({ choice: z.array(z.union([z.string(), z.number()])).min(1) }),
  z.strictObject({ password: z.int().min(6).max(64) }),
])

const hint = z.strictObject({
  id: name.optional(),
  when: z.string().optional(),
  cost: z.int().min(0).max(3).optional(),
  text: z.string(),
})

export const levelSchema = (checks: z.ZodType): z.ZodType =>
  z.strictObject({
    apiVersion: z.literal('clusterlab/v1'),
    kind: z.literal('Level'),
    metadata: z.strictObject({ name, version: z.int().positive() }),
    spec: z.strictObject({
      title: z.string().min(1).max(120),
      brief: z.string().min(1),
      difficulty: z.int().min(1).max(5),
      concepts: z.array(z.string()).min(1),
      needs: z.array(z.string()).optional(),
      cluster: cluster.optional(),
      player: player.optional(),
      start: start.optional(),
      timeline: z.array(timelineItem).optional(),
      limits: z.strictObject({ time: duration.optional(), commands: z.int().positive().optional() }).optional(),
      variants: z.record(name, variant).optional(),
      checks: z.array(checks).min(1),
      hints: z.array(hint).optional(),
      debrief: z.string().optional(),
      par: z.strictObject({ commands: z.int().positive() }).optional(),
    }),
  })

export type ClusterSpec = z.infer<typeof cluster>
export type PlayerSpec = z.infer<typeof player>
export type StartSpec = z.infer<typeof start>
export type TimelineItem = z.infer<typeof timelineItem>
export type VariantSpec = z.infer<typeof variant>
export type HintSpec = z.infer<typeof hint>

export interface LevelSpec {
  readonly title: string
  readonly brief: string
  readonly difficulty: number
  readonly concepts: readonly string[]
  readonly needs?: readonly string[]
  readonly cluster?: ClusterSpec
  readonly player?: PlayerSpec
  readonly start?: StartSpec
  readonly timeline?: readonly TimelineItem[]
  readonly limits?: { readonly time?: string; readonly commands?: number }
  readonly variants?: Readonly<Record<string, VariantSpec>>
  readonly checks: readonly CheckSpec[]
  readonly hints?: readonly HintSpec[]
  readonly debrief?: string
  readonly par?: { readonly commands: number }
}

/** A check as the file has it: common keys, and one key that names its kind. */
export interface CheckSpec {
  readonly id: string
  readonly title: string
  readonly points?: number
  readonly needs?: readonly string[]
  readonly within?: string
  readonly holdFor?: string
  readonly message?: string
  readonly guard?: boolean
  readonly effect?: { readonly cap?: number; readonly deduct?: number }
  /** Known to the teacher alone: it came from hidden.yaml. */
  readonly hidden?: boolean
  readonly [kind: string]: unknown
}

const checkTexts = z.record(
  z.string(),
  z.strictObject({
    title: z.string().optional(),
    message: z.string().optional(),
    question: z.string().optional(),
    choices: z.record(z.string(), z.string()).optional(),
  }),
)

/** Checks that only the teacher has, with their texts in other languages: language → check id → texts. */
export const hiddenSchema = (checks: z.ZodType): z.ZodType =>
  z.strictObject({ checks: z.array(checks).min(1), translations: z.record(z.string().regex(/^[a-z]{2}$/), checkTexts).optional() })

export interface HiddenChecks {
  readonly checks: readonly CheckSpec[]
  readonly translations?: Readonly<Record<string, z.infer<typeof checkTexts>>>
}

/** The same texts in another language, by id. */
export const translationSchema = z.strictObject({
  title: z.string().optional(),
  brief: z.string().optional(),
  debrief: z.string().optional(),
  checks: checkTexts.optional(),
  hints: z.union([z.array(z.string()), z.record(z.string(), z.string())]).optional(),
})
export type Translation = z.infer<typeof translationSchema>

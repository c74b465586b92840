/** `forbid` and `audit`: what must never have happened, and what must have, by the API's audit log and by the state of the cluster. */
import { z } from 'zod'
import type { AuditRecord } from '../../apiserver/audit.ts'
import type { CheckContext, CheckDefinition, Verdict } from '../contract.ts'
import { judgeState, stateSpec } from './state.ts'

const auditSpec = z.strictObject({
  verb: z.union([z.string(), z.array(z.string())]).optional(),
  resource: z.string(),
  group: z.string().optional(),
  subresource: z.string().optional(),
  namespace: z.string().optional(),
  name: z.string().optional(),
  /** Only requests of the player's own, by default. */
  anybody: z.boolean().optional(),
  /** It must have come before the first request of this sort. */
  before: z
    .strictObject({ verb: z.union([z.string(), z.array(z.string())]).optional(), resource: z.string(), name: z.string().optional() })
    .optional(),
})
type AuditSpec = z.infer<typeof auditSpec>

const fits = (spec: Omit<AuditSpec, 'before'>, record: AuditRecord): boolean =>
  record.code < 400 &&
  record.dryRun !== true &&
  (spec.anybody === true || record.internal !== true) &&
  (spec.verb === undefined || [spec.verb].flat().includes(record.verb)) &&
  spec.resource === record.resource &&
  (spec.group === undefined || spec.group === record.group) &&
  (spec.subresource === undefined ? true : spec.subresource === (record.subresource ?? '')) &&
  (spec.namespace === undefined || spec.namespace === record.namespace) &&
  (spec.name === undefined || spec.name === record.name)

const playersOwn = (context: CheckContext): readonly AuditRecord[] =>
  context.session.world.server.audit.records().filter((r) => r.timeMs >= context.session.enteredMs)

const describe = (spec: AuditSpec): string =>
  `${[spec.verb ?? 'touch'].flat().join(' or ')} ${spec.resource}${spec.name ? `/${spec.name}` : ''}`

export const auditCheck: CheckDefinition<AuditSpec> = {
  kind: 'audit',
  schema: auditSpec,
  when: 'second',
  latch: 'passed',
  starsOnly: true,
  evaluate(spec, context): Verdict {
    const records = playersOwn(context)
    const hit = records.find((r) => fits(spec, r))
    const expected = `${describe(spec)}${spec.before ? ` before ${[spec.before.verb ?? 'touching'].flat().join(' or ')} ${spec.before.resource}` : ''}`
    if (hit === undefined) return { ok: false, expected, observed: 'it was not done' }
    if (spec.before === undefined) return { ok: true, expected, observed: 'it was done' }
    const other = records.find((r) => fits(spec.before!, r))
    return {
      ok: other === undefined || hit.seq < other.seq,
      expected,
      observed: other === undefined || hit.seq < other.seq ? 'it was done' : 'it was done too late',
    }
  },
}

const forbidSpec = z.union([
  z.strictObject({ audit: auditSpec }),
  z.strictObject({ stateFinal: stateSpec }),
  z.strictObject({ stateEver: stateSpec }),
])
type ForbidSpec = z.infer<typeof forbidSpec>

/** Turned round: what it forbids must not hold. */
const never = (verdict: Verdict, expected: string): Verdict => ({
  ok: !verdict.ok,
  expected,
  observed: verdict.ok ? verdict.observed : 'it did not happen',
})

export const forbidCheck: CheckDefinition<ForbidSpec> = {
  kind: 'forbid',
  schema: forbidSpec,
  when: 'change',
  evaluate(spec, context): Verdict {
    if ('audit' in spec) {
      const hit = playersOwn(context).find((r) => fits(spec.audit, r))
      return {
        ok: hit === undefined,
        expected: `never ${describe(spec.audit)}`,
        observed: hit === undefined ? 'it was not done' : `${hit.verb} ${hit.resource}/${hit.name ?? ''}`,
      }
    }
    const state = 'stateFinal' in spec ? spec.stateFinal : spec.stateEver
    const verdict = judgeState({ quantifier: 'any', ...state }, context)
    return never(verdict, `no ${verdict.expected}`)
  },
}

/** `stateEver` and `audit` are kept once broken; `stateFinal` is looked at as it is. */
export const forbidLatches = (spec: ForbidSpec): boolean => !('stateFinal' in spec)

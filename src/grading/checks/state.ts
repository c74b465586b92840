/** `state`: what objects of a kind look like. All over nothing fails. */
import { z } from 'zod'
import type { KindDefinition } from '../../api/kind.ts'
import type { ApiObject } from '../../api/meta.ts'
import { storeResource } from '../../api/registry.ts'
import { celRule, celValue } from '../../kinds/cel/rule.ts'
import { bound, holds, parseBound } from '../../levels/format/times.ts'
import type { CheckContext, CheckDefinition, Verdict } from '../contract.ts'
import { labelsOrSelector, matcher, mismatch } from './selection.ts'

export const stateSpec = z.strictObject({
  kind: z.string(),
  apiVersion: z.string().optional(),
  name: z.string().optional(),
  namespace: z.string().optional(),
  allNamespaces: z.boolean().optional(),
  selector: labelsOrSelector.optional(),
  match: z.record(z.string(), z.unknown()).optional(),
  cel: z.string().optional(),
  count: z.union([z.int().min(0), bound]).optional(),
  quantifier: z.enum(['all', 'any', 'none']).optional(),
  nonEmpty: z.boolean().optional(),
})
export type StateSpec = z.infer<typeof stateSpec>

export function kindOf(spec: StateSpec, context: CheckContext): KindDefinition | undefined {
  const { registry } = context.session.world
  return spec.apiVersion === undefined ? registry.resolve(spec.kind.toLowerCase()) : registry.byKind(spec.apiVersion, spec.kind)
}

export function selectObjects(spec: StateSpec, kind: KindDefinition, context: CheckContext): readonly ApiObject[] {
  const namespace = kind.namespaced && !spec.allNamespaces ? (spec.namespace ?? context.namespace) : undefined
  const { read } = context.session.world.cluster
  const resource = storeResource(kind)
  if (spec.name !== undefined && (namespace !== undefined || !kind.namespaced)) {
    const one = read.get(resource, namespace, spec.name)
    return one === undefined ? [] : [one]
  }
  const fits = matcher(spec.selector)
  return read.list(resource, namespace).filter((o) => (spec.name === undefined || o.metadata.name === spec.name) && fits(o.metadata.labels))
}

/** Why an object does not fit; '' when it does. Throws where the CEL expression fails: that is never a pass. */
function problemOf(spec: StateSpec, kind: KindDefinition, object: ApiObject): string {
  if (spec.match !== undefined) {
    const found = mismatch(spec.match, object, kind.schema)
    if (found !== '') return found
  }
  if (spec.cel !== undefined) {
    const rule = celRule(spec.cel)
    if (rule instanceof Error) throw rule
    try {
      if (rule.run({ object: celValue(object) }) !== true) return `${spec.cel} does not hold`
    } catch (error) {
      // A key that is not there yet is not there yet.
      return `${spec.cel}: ${error instanceof Error ? error.message : String(error)}`
    }
  }
  return ''
}

const describe = (spec: StateSpec): string => {
  const what = `${spec.kind}${spec.name ? ` ${spec.name}` : ''}`
  const count = spec.count === undefined ? '' : ` (${spec.count})`
  const where = spec.match ? ` with ${JSON.stringify(spec.match)}` : spec.cel ? ` with ${spec.cel}` : ''
  return `${spec.quantifier === 'none' ? 'no ' : spec.quantifier === 'any' ? 'some ' : ''}${what}${count}${where}`
}

export function judgeState(spec: StateSpec, context: CheckContext): Verdict {
  const expected = describe(spec)
  const kind = kindOf(spec, context)
  if (kind === undefined) return { ok: false, expected, observed: `the cluster knows no kind ${spec.kind}` }
  const objects = selectObjects(spec, kind, context)
  const problems = objects.map((o) => problemOf(spec, kind, o))
  const fitting = problems.filter((p) => p === '').length
  const first = problems.findIndex((p) => p !== '')
  const complaint = first < 0 ? '' : `${kind.resource}/${objects[first]!.metadata.name}: ${problems[first]}`
  if (spec.quantifier === 'none') {
    const hit = problems.indexOf('')
    return { ok: fitting === 0, expected, observed: hit < 0 ? 'none' : `${kind.resource}/${objects[hit]!.metadata.name}` }
  }
  if (spec.count !== undefined) {
    const fits = typeof spec.count === 'number' ? fitting === spec.count : holds(fitting, parseBound(spec.count))
    return { ok: fits, expected, observed: `${fitting}${complaint === '' ? '' : `; ${complaint}`}` }
  }
  if (objects.length === 0)
    return { ok: spec.nonEmpty === false, expected, observed: `no ${kind.resource}${spec.name ? ` "${spec.name}"` : ''} found` }
  const ok = spec.quantifier === 'any' ? fitting > 0 : first < 0
  return { ok, expected, observed: ok ? 'it is so' : complaint }
}

export const stateCheck: CheckDefinition<StateSpec> = {
  kind: 'state',
  schema: stateSpec,
  when: 'change',
  evaluate: judgeState,
}

/**
 * MutatingAdmissionPolicy: changes in CEL, brought into force by bindings (apiserver/pkg/admission/plugin/policy/mutating). Nobody comes to
 * own the fields that a policy sets.
 */
import { ApiError, errors } from '../../../api/errors.ts'
import type { ApiObject } from '../../../api/meta.ts'
import { type AdmissionPlugin, type AdmissionRequest, refusalName } from '../contract.ts'
import { conditionsHold, errorText, evaluate } from '../matching/expressions.ts'
import { inVersion } from '../matching/facts.ts'
import { takeIn } from '../matching/mutation.ts'
import { noParams } from '../matching/params.ts'
import { contextFor, type Invocation, invocationsOf, type PolicySpec } from '../matching/policies.ts'
import { noteChange, noteInvoked, takesPart } from '../matching/reinvocation.ts'
import { withConfiguration, withOperations } from './patches.ts'

const RESOURCES = [
  'mutatingadmissionpolicies.admissionregistration.k8s.io',
  'mutatingadmissionpolicybindings.admissionregistration.k8s.io',
] as const

interface Mutation {
  readonly patchType: 'ApplyConfiguration' | 'JSONPatch'
  readonly applyConfiguration?: { readonly expression: string }
  readonly jsonPatch?: { readonly expression: string }
}

interface Spec extends PolicySpec {
  readonly mutations?: readonly Mutation[]
  readonly reinvocationPolicy?: string
}

interface Fault {
  readonly message: string
  readonly reason: string
}

function mutated(r: AdmissionRequest, i: Invocation<Spec>, m: Mutation): unknown {
  const expression = (m.applyConfiguration ?? m.jsonPatch)?.expression ?? ''
  let value: unknown
  try {
    value = evaluate(expression, contextFor(r, i))
  } catch (e) {
    throw new Error(errorText(expression, e))
  }
  const object = inVersion(r.object, r, i.matched)
  return m.patchType === 'JSONPatch' ? withOperations(object, value) : withConfiguration(object, value, i.matched)
}

/** Runs one policy; gives what went wrong. */
function run(r: AdmissionRequest, i: Invocation<Spec>, key: string): readonly string[] {
  const holds = conditionsHold(i.spec.matchConditions, contextFor(r, i))
  if (typeof holds === 'string') return [holds]
  if (!holds || !takesPart(r, key)) return []
  const wrong: string[] = []
  let changed = false
  for (const m of i.spec.mutations ?? []) {
    try {
      if (takeIn(r, i.matched, mutated(r, i, m))) changed = true
    } catch (e) {
      wrong.push((e as Error).message)
    }
  }
  if (changed) noteChange(r)
  noteInvoked(r, key, i.spec.reinvocationPolicy)
  return wrong
}

function refuse(r: AdmissionRequest, faults: readonly Fault[]): never {
  const { status } = errors.forbidden(r.requested.group, r.requested.resource, refusalName(r), '')
  const [first] = faults
  throw new ApiError({
    ...status,
    message: first!.message,
    reason: first!.reason,
    details: { ...status.details, causes: faults.map(({ message }) => ({ message })) },
  })
}

function mutate(r: AdmissionRequest): void {
  if (r.object === undefined || r.view !== undefined) return
  const faults: Fault[] = []
  const add = (message: string, reason: string, policy: ApiObject, binding?: ApiObject): void => {
    if ((policy['spec'] as Spec).failurePolicy === 'Ignore') return
    const { name } = policy.metadata
    const who = binding === undefined ? `policy ${JSON.stringify(name)}` : `policy '${name}' with binding '${binding.metadata.name}'`
    faults.push({ message: `${who} denied request: ${message}`, reason })
  }
  // Which policies are about the request is settled before any of them changes it.
  const invocations = [...invocationsOf<Spec>(r, RESOURCES, (why, policy, binding) => add(why, 'Forbidden', policy, binding))]
  for (const i of invocations) {
    const param = i.param === noParams ? '' : `${i.param.metadata.namespace ?? ''}/${i.param.metadata.name}`
    const key = `policy ${i.policy.metadata.name} ${i.binding.metadata.name} ${param}`
    for (const why of run(r, i, key)) add(why, 'Invalid', i.policy, i.binding)
  }
  if (faults.length > 0) refuse(r, faults)
}

export const mutatingAdmissionPolicy: AdmissionPlugin = {
  name: 'MutatingAdmissionPolicy',
  subresources: ['*'],
  operations: ['CREATE', 'UPDATE'],
  mutate,
}

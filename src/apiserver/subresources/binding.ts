/** `/binding`: gives a pod its node, once (registry/core/pod/storage BindingREST). */
import { decodeObject } from '../../api/decode.ts'
import { kindSchema } from '../../api/definitions.ts'
import { errors, invalid, required, type Status } from '../../api/errors.ts'
import type { Pod } from '../../api/generated/types/core-v1.ts'
import type { ApiObject } from '../../api/meta.ts'
import { formatTime } from '../../api/rfc3339.ts'
import { deepFreeze, dropKey, isRecord } from '../../api/walk.ts'
import type { ApiAnswer, ApiRequest } from '../contract.ts'
import type { Exchange } from '../exchange.ts'
import { persist } from '../write/persist.ts'
import { existing } from '../write/update.ts'
import { isResource, type SubresourceDefinition } from './contract.ts'

export const created: Status = { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', code: 201 }

interface BindingBody {
  readonly metadata?: { readonly name?: string; readonly uid?: string; readonly annotations?: Readonly<Record<string, string>> }
  readonly target?: { readonly kind?: string; readonly name?: string }
}

/** The body of a request for a binding: the scheduler's as it is, others' decoded. Throws ApiError. */
export function bindingOf(request: ApiRequest): BindingBody {
  if (!isRecord(request.body)) return {}
  if (request.internal) return request.body as BindingBody
  const fieldValidation = request.query?.fieldValidation
  return decodeObject<ApiObject>(request.body, kindSchema('', 'v1', 'Binding')!, {
    kind: 'Binding',
    version: 'v1',
    ...(fieldValidation && { fieldValidation }),
  }).object as unknown as BindingBody
}

function targetOf(name: string, body: BindingBody): string {
  const { target } = body
  const found = []
  if (target?.kind && target.kind !== 'Node') found.push(invalid('target.kind', target.kind, 'must be empty or Node'))
  if (!target?.name) found.push(required('target.name'))
  if (found.length > 0) throw errors.invalid('', 'Binding', name, found)
  return target!.name!
}

type Conditions = NonNullable<NonNullable<Pod['status']>['conditions']>

function scheduled(x: Exchange, pod: Pod): Conditions {
  const others = (pod.status?.conditions ?? []).filter((c) => c.type !== 'PodScheduled')
  const { generation } = pod.metadata
  const condition = {
    type: 'PodScheduled',
    status: 'True',
    lastProbeTime: null as unknown as string,
    lastTransitionTime: formatTime(x.nowMs),
    ...(generation !== undefined && { observedGeneration: generation }),
  }
  return [...others, condition] as Conditions
}

/** Binds the pod named by the request; used by `/pods/NAME/binding` and by `/bindings`. */
export function bindPod(x: Exchange): ApiAnswer {
  const body = bindingOf(x.request)
  const pod = existing(x) as Pod
  const { name, uid } = pod.metadata
  const node = targetOf(name, body)
  const refuse = (why: string): never => {
    throw errors.conflict('', 'pods/binding', name, why)
  }
  if (body.metadata?.uid && body.metadata.uid !== uid)
    refuse(`Precondition failed: UID in precondition: ${body.metadata.uid}, UID in object meta: ${uid}`)
  if (pod.metadata.deletionTimestamp !== undefined) refuse(`pod ${name} is being deleted, cannot be assigned to a host`)
  if (pod.spec?.nodeName) refuse(`pod ${name} is already assigned to node ${JSON.stringify(pod.spec.nodeName)}`)
  if (pod.spec?.schedulingGates?.length) refuse(`pod ${name} has non-empty .spec.schedulingGates`)
  const { annotations } = body.metadata ?? {}
  // Where it was to go is of no more interest (ClearingNominatedNodeNameAfterBinding).
  const status = Object.assign({}, pod.status, { conditions: scheduled(x, pod) })
  dropKey(status, 'nominatedNodeName')
  const next = {
    ...pod,
    metadata: { ...pod.metadata, ...(annotations && { annotations: { ...pod.metadata.annotations, ...annotations } }) },
    spec: { ...pod.spec, nodeName: node },
    status,
  } as ApiObject
  if (!x.dryRun) persist(x, next)
  return x.answer(201, deepFreeze({ ...created }))
}

export const binding: SubresourceDefinition = {
  name: 'binding',
  of: isResource('', 'pods'),
  responseKind: { group: '', version: 'v1', kind: 'Binding' },
  verbs: { create: bindPod },
}

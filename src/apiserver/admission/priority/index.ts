/** Priority: pods get the number their class stands for; only one class may be the default (plugin/pkg/admission/priority). */
import { errors } from '../../../api/errors.ts'
import type { Pod } from '../../../api/generated/types/core-v1.ts'
import type { PriorityClass } from '../../../api/generated/types/scheduling-v1.ts'
import { type AdmissionPlugin, type AdmissionRequest, refusalName } from '../contract.ts'

const CLASSES = 'priorityclasses.scheduling.k8s.io'

/** Of several defaults the lowest wins. */
function defaultClass(request: AdmissionRequest): PriorityClass | undefined {
  let found: PriorityClass | undefined
  for (const one of request.server.reader.list(CLASSES)) {
    if (one.globalDefault && (found === undefined || (one.value ?? 0) < (found.value ?? 0))) found = one
  }
  return found
}

function admitPod(request: AdmissionRequest): void {
  const pod = request.object as Pod
  pod.spec ??= { containers: [] }
  const { spec } = pod
  if (request.operation === 'UPDATE') {
    const old = (request.old as Pod).spec
    if (spec.priority === undefined && old?.priority !== undefined && spec.priorityClassName === old.priorityClassName)
      spec.priority = old.priority
    return
  }
  const named = spec.priorityClassName ? request.server.reader.get(CLASSES, undefined, spec.priorityClassName) : defaultClass(request)
  if (spec.priorityClassName && named === undefined) {
    throw errors.forbidden('', 'pods', refusalName(request), `no PriorityClass with name ${spec.priorityClassName} was found`)
  }
  const value = named?.value ?? 0
  if (spec.priority !== undefined && spec.priority !== value) {
    const why = `the integer value of priority (${spec.priority}) must not be provided in pod spec; priority admission controller computed ${value} from the given PriorityClass name`
    throw errors.forbidden('', 'pods', refusalName(request), why)
  }
  if (named !== undefined) spec.priorityClassName = named.metadata.name
  spec.priority = value
  spec.preemptionPolicy ??= named?.preemptionPolicy ?? 'PreemptLowerPriority'
}

function validateClass(request: AdmissionRequest): void {
  const one = request.object as PriorityClass
  if (!one.globalDefault || (request.old as PriorityClass | undefined)?.globalDefault) return
  const other = defaultClass(request)
  if (other === undefined || other.metadata.name === one.metadata.name) return
  const why = `PriorityClass ${other.metadata.name} is already marked as default. Only one default can exist`
  throw errors.forbidden('scheduling.k8s.io', 'priorityclasses', one.metadata.name, why)
}

export const podPriority: AdmissionPlugin = { name: 'Priority', resources: ['pods'], operations: ['CREATE', 'UPDATE'], mutate: admitPod }
export const onePriorityDefault: AdmissionPlugin = {
  name: 'Priority/PriorityClass',
  resources: [CLASSES],
  operations: ['CREATE', 'UPDATE'],
  validate: validateClass,
}

/** RuntimeClass: pods take over the overhead and scheduling of the runtime class they name. */
import { errors } from '../../../api/errors.ts'
import type { Pod, Toleration } from '../../../api/generated/types/core-v1.ts'
import { deepEqual } from '../../../api/walk.ts'
import { type AdmissionPlugin, type AdmissionRequest, refusalName } from '../contract.ts'

function mutate(request: AdmissionRequest): void {
  const { spec } = request.object as Pod
  const name = spec?.runtimeClassName
  const refuse = (why: string): never => {
    throw errors.forbidden('', 'pods', refusalName(request), why)
  }
  if (spec === undefined) return
  if (!name) {
    if (spec.overhead !== undefined) refuse('pod rejected: Pod Overhead set without corresponding RuntimeClass defined Overhead')
    return
  }
  const found = request.server.reader.get('runtimeclasses.node.k8s.io', undefined, name)
  if (found === undefined)
    throw errors.forbidden('', 'pods', refusalName(request), `pod rejected: RuntimeClass ${JSON.stringify(name)} not found`)
  if (found.overhead?.podFixed !== undefined) {
    if (spec.overhead !== undefined && !deepEqual(spec.overhead, found.overhead.podFixed)) {
      refuse("pod rejected: Pod's Overhead doesn't match RuntimeClass's defined Overhead")
    }
    spec.overhead = { ...found.overhead.podFixed }
  }
  for (const [key, value] of Object.entries(found.scheduling?.nodeSelector ?? {})) {
    const own = spec.nodeSelector?.[key]
    if (own !== undefined && own !== value) refuse('pod rejected: conflict: runtimeClass.scheduling.nodeSelector')
    spec.nodeSelector = { ...spec.nodeSelector, [key]: value }
  }
  const more = (found.scheduling?.tolerations ?? []) as readonly Toleration[]
  if (more.length > 0)
    spec.tolerations = [...(spec.tolerations ?? []), ...more.filter((t) => !spec.tolerations?.some((o) => deepEqual(o, t)))]
}

export const runtimeClass: AdmissionPlugin = { name: 'RuntimeClass', resources: ['pods'], operations: ['CREATE'], mutate }

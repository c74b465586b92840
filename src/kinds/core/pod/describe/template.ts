/**
 * The pod template section in the description of a workload.
 */
import type { PodTemplateSpec } from '../../../../api/generated/types/core-v1.ts'
import { annotations, labels, tolerations } from '../../../describe/fields.ts'
import type { DescribeWriter } from '../../../describe/writer.ts'
import { writeContainers } from './containers.ts'
import { noFields } from './environment.ts'
import { writeTopologySpread } from './index.ts'
import { writeVolumes } from './volumes.ts'

export function writePodTemplate(w: DescribeWriter, template: PodTemplateSpec | undefined): void {
  w.line(0, 'Pod Template:')
  if (!template) {
    w.raw('  <unset>')
    return
  }
  const spec = template.spec ?? { containers: [] }
  labels(w, '  Labels', template.metadata?.labels)
  if (Object.keys(template.metadata?.annotations ?? {}).length > 0) annotations(w, '  Annotations', template.metadata?.annotations)
  if (spec.serviceAccountName) w.field(1, 'Service Account', spec.serviceAccountName)
  if (spec.initContainers?.length) writeContainers(w, 'Init Containers', spec.initContainers, undefined, noFields, '  ')
  writeContainers(w, 'Containers', spec.containers, undefined, noFields, '  ')
  writeVolumes(w, spec.volumes, '  ')
  writeTopologySpread(w, spec.topologySpreadConstraints, '  ')
  if (spec.priorityClassName) w.field(1, 'Priority Class Name', spec.priorityClassName)
  labels(w, '  Node-Selectors', spec.nodeSelector)
  tolerations(w, '  Tolerations', spec.tolerations)
}

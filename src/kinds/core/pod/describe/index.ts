/**
 * `kubectl describe pod`.
 */
import type { Container, Pod, TopologySpreadConstraint } from '../../../../api/generated/types/core-v1.ts'
import type { DescribeContext } from '../../../../api/kind.ts'
import { formatLabelSelector } from '../../../../api/selectors.ts'
import { eventsAbout, writeEvents } from '../../../describe/events.ts'
import { annotations, controlledBy, labels, moment, multiline, since, tolerations } from '../../../describe/fields.ts'
import { type DescribeWriter, describeWith } from '../../../describe/writer.ts'
import { podQos } from '../qos.ts'
import { writeContainers, writeResources } from './containers.ts'
import { resolverFor } from './environment.ts'
import { writeVolumes } from './volumes.ts'

export function writeTopologySpread(w: DescribeWriter, constraints: readonly TopologySpreadConstraint[] | undefined, space: string): void {
  if (!constraints?.length) return
  const sorted = [...constraints].sort((a, b) => (a.topologyKey < b.topologyKey ? -1 : a.topologyKey > b.topologyKey ? 1 : 0))
  const lines = sorted.map((c) => {
    const selector = c.labelSelector ? ` for selector ${formatLabelSelector(c.labelSelector)}` : ''
    return `${c.topologyKey}:${c.whenUnsatisfiable} when max skew ${c.maxSkew} is exceeded${selector}`
  })
  multiline(w, 'Topology Spread Constraints', lines, space)
}

function writeIdentity(w: DescribeWriter, pod: Pod): void {
  const spec = pod.spec ?? { containers: [] }
  w.field(0, 'Name', pod.metadata.name)
  w.field(0, 'Namespace', pod.metadata.namespace ?? '')
  if (spec.priority !== undefined && spec.priority !== null) w.field(0, 'Priority', spec.priority)
  if (spec.priorityClassName) w.field(0, 'Priority Class Name', spec.priorityClassName)
  if (spec.runtimeClassName) w.field(0, 'Runtime Class Name', spec.runtimeClassName)
  if (spec.serviceAccountName) w.field(0, 'Service Account', spec.serviceAccountName)
  w.field(0, 'Node', spec.nodeName ? `${spec.nodeName}/${pod.status?.hostIP ?? ''}` : '<none>')
  if (pod.status?.startTime) w.field(0, 'Start Time', moment(pod.status.startTime))
  labels(w, 'Labels', pod.metadata.labels)
  annotations(w, 'Annotations', pod.metadata.annotations)
}

function writePhase(w: DescribeWriter, pod: Pod, nowMs: number): void {
  const phase = pod.status?.phase ?? ''
  if (pod.metadata.deletionTimestamp !== undefined && phase !== 'Failed' && phase !== 'Succeeded') {
    w.field(0, 'Status', `Terminating (lasts ${since(pod.metadata.deletionTimestamp, nowMs)})`)
    w.field(0, 'Termination Grace Period', `${pod.metadata.deletionGracePeriodSeconds ?? 0}s`)
  } else w.field(0, 'Status', phase)
  if (pod.status?.reason) w.field(0, 'Reason', pod.status.reason)
  if (pod.status?.message) w.field(0, 'Message', pod.status.message)
  const profile = pod.spec?.securityContext?.seccompProfile
  if (profile) w.field(0, 'SeccompProfile', profile.type)
  if (profile?.type === 'Localhost') w.field(0, 'LocalhostProfile', profile.localhostProfile ?? '')
}

function writeNetwork(w: DescribeWriter, pod: Pod): void {
  w.field(0, 'IP', pod.status?.podIP ?? '')
  const ips = pod.status?.podIPs ?? []
  if (ips.length === 0) w.field(0, 'IPs', '<none>')
  else w.line(0, 'IPs:')
  for (const { ip } of ips) w.field(1, 'IP', ip)
  const owner = controlledBy(pod)
  if (owner) w.field(0, 'Controlled By', owner)
  if (pod.status?.nominatedNodeName) w.field(0, 'NominatedNodeName', pod.status.nominatedNodeName)
}

function writeAllContainers(w: DescribeWriter, pod: Pod): void {
  const spec = pod.spec ?? { containers: [] }
  const status = pod.status ?? {}
  const resolve = resolverFor(pod)
  if (spec.resources) {
    w.line(0, 'Resources:')
    writeResources(w, spec.resources, 1)
  }
  if (spec.initContainers?.length) writeContainers(w, 'Init Containers', spec.initContainers, status.initContainerStatuses, resolve, '')
  writeContainers(w, 'Containers', spec.containers, status.containerStatuses, resolve, '')
  if (spec.ephemeralContainers?.length)
    writeContainers(w, 'Ephemeral Containers', spec.ephemeralContainers as Container[], status.ephemeralContainerStatuses, resolve, '')
}

function writeConditions(w: DescribeWriter, pod: Pod): void {
  const conditions = pod.status?.conditions ?? []
  const gates = pod.spec?.readinessGates ?? []
  if (gates.length > 0) {
    w.line(0, 'Readiness Gates:')
    w.line(1, 'Type\tStatus')
    for (const gate of gates)
      w.line(1, `${gate.conditionType} \t${conditions.find((c) => c.type === gate.conditionType)?.status ?? '<none>'} `)
  }
  if (conditions.length === 0) return
  w.line(0, 'Conditions:')
  w.line(1, 'Type\tStatus')
  for (const c of conditions) w.line(1, `${c.type} \t${c.status} `)
}

export function describePod(pod: Pod, context: DescribeContext): string {
  return describeWith((w) => {
    writeIdentity(w, pod)
    writePhase(w, pod, context.nowMs)
    writeNetwork(w, pod)
    writeAllContainers(w, pod)
    writeConditions(w, pod)
    writeVolumes(w, pod.spec?.volumes, '')
    w.field(0, 'QoS Class', podQos(pod))
    labels(w, 'Node-Selectors', pod.spec?.nodeSelector)
    tolerations(w, 'Tolerations', pod.spec?.tolerations)
    writeTopologySpread(w, pod.spec?.topologySpreadConstraints, '')
    if (!context.showEvents) return
    const { name, namespace, uid } = pod.metadata
    writeEvents(w, eventsAbout(context, { name, namespace, uid }), context.nowMs)
  })
}

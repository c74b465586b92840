/**
 * Containers in a description: of pods, with what their statuses say, and of pod templates.
 */
import type {
  Container,
  ContainerPort,
  ContainerState,
  ContainerStatus,
  ResourceRequirements,
} from '../../../../api/generated/types/core-v1.ts'
import { formatQuantity } from '../../../../api/quantity.ts'
import { moment, trueFalse } from '../../../describe/fields.ts'
import type { DescribeWriter } from '../../../describe/writer.ts'
import { type FieldResolver, writeEnvironment } from './environment.ts'
import { probeText } from './probes.ts'

const portText = (number: number, port: ContainerPort): string => `${number}/${port.protocol}${port.name ? ` (${port.name})` : ''}`

function writePorts(w: DescribeWriter, title: string, ports: readonly string[]): void {
  if (ports.length > 1) w.field(2, `${title}s`, ports.join(', '))
  else w.field(2, title, ports[0] ?? '<none>')
}

function writeBasics(w: DescribeWriter, container: Container, status: ContainerStatus | undefined, space: string): void {
  w.line(1, `${space === '' ? '' : ' '}${container.name}:`)
  if (status) w.field(2, 'Container ID', status.containerID ?? '')
  w.field(2, 'Image', container.image ?? '')
  if (status) w.field(2, 'Image ID', status.imageID ?? '')
  const ports = container.ports ?? []
  writePorts(
    w,
    'Port',
    ports.map((p) => portText(p.containerPort, p)),
  )
  writePorts(
    w,
    'Host Port',
    ports.map((p) => portText(p.hostPort ?? 0, p)),
  )
  const profile = container.securityContext?.seccompProfile
  if (!profile) return
  w.field(2, 'SeccompProfile', profile.type)
  if (profile.type === 'Localhost') w.field(3, 'LocalhostProfile', profile.localhostProfile ?? '')
}

function writeWords(w: DescribeWriter, title: string, words: readonly string[] | undefined): void {
  if (!words || words.length === 0) return
  w.line(2, `${title}:`)
  for (const word of words) for (const line of word.split('\n')) w.line(3, line)
}

function writeState(w: DescribeWriter, title: string, state: ContainerState | undefined): void {
  if (state?.running) {
    w.field(2, title, 'Running')
    w.field(3, 'Started', moment(state.running.startedAt))
    return
  }
  const ended = state?.terminated
  if (!state?.waiting && ended) {
    w.field(2, title, 'Terminated')
    if (ended.reason) w.field(3, 'Reason', ended.reason)
    if (ended.message) w.field(3, 'Message', ended.message)
    w.field(3, 'Exit Code', ended.exitCode)
    if ((ended.signal ?? 0) > 0) w.field(3, 'Signal', ended.signal!)
    w.field(3, 'Started', moment(ended.startedAt))
    w.field(3, 'Finished', moment(ended.finishedAt))
    return
  }
  w.field(2, title, 'Waiting')
  if (state?.waiting?.reason) w.field(3, 'Reason', state.waiting.reason)
}

function writeStatus(w: DescribeWriter, status: ContainerStatus): void {
  writeState(w, 'State', status.state)
  if (status.lastState?.terminated) writeState(w, 'Last State', status.lastState)
  w.field(2, 'Ready', trueFalse(status.ready))
  w.field(2, 'Restart Count', status.restartCount ?? 0)
}

export function writeResources(w: DescribeWriter, resources: ResourceRequirements | undefined, level: number): void {
  for (const [title, list] of [
    ['Limits', resources?.limits],
    ['Requests', resources?.requests],
  ] as const) {
    const names = Object.keys(list ?? {}).sort()
    if (names.length > 0) w.line(level, `${title}:`)
    for (const name of names) w.field(level + 1, name, formatQuantity(list![name]))
  }
}

function writeMounts(w: DescribeWriter, container: Container): void {
  const mounts = [...(container.volumeMounts ?? [])].sort((a, b) => (a.mountPath < b.mountPath ? -1 : a.mountPath > b.mountPath ? 1 : 0))
  w.line(2, mounts.length === 0 ? 'Mounts:\t<none>' : 'Mounts:')
  for (const mount of mounts) {
    const flags = [mount.readOnly ? 'ro' : 'rw', ...(mount.subPath ? [`path=${JSON.stringify(mount.subPath)}`] : [])]
    w.line(3, `${mount.mountPath} from ${mount.name} (${flags.join(',')})`)
  }
  const devices = [...(container.volumeDevices ?? [])].sort((a, b) => (a.devicePath < b.devicePath ? -1 : 1))
  if (devices.length > 0) w.line(2, mounts.length === 0 ? 'Devices:\t<none>' : 'Devices:')
  for (const device of devices) w.line(3, `${device.devicePath} from ${device.name}`)
}

function writeContainer(
  w: DescribeWriter,
  container: Container,
  status: ContainerStatus | undefined,
  resolve: FieldResolver,
  space: string,
): void {
  writeBasics(w, container, status, space)
  writeWords(w, 'Command', container.command)
  writeWords(w, 'Args', container.args)
  if (status) writeStatus(w, status)
  writeResources(w, container.resources, 2)
  if (container.livenessProbe) w.field(2, 'Liveness', probeText(container.livenessProbe))
  if (container.readinessProbe) w.field(2, 'Readiness', probeText(container.readinessProbe))
  if (container.startupProbe) w.field(2, 'Startup', probeText(container.startupProbe))
  writeEnvironment(w, container, resolve)
  writeMounts(w, container)
}

/** A list of containers under its title; statuses are found by name. */
export function writeContainers(
  w: DescribeWriter,
  title: string,
  containers: readonly Container[] | undefined,
  statuses: readonly ContainerStatus[] | undefined,
  resolve: FieldResolver,
  space: string,
): void {
  w.line(0, `${space}${title}:${containers?.length ? '' : ' <none>'}`)
  const byName = new Map((statuses ?? []).map((s) => [s.name, s]))
  for (const container of containers ?? []) writeContainer(w, container, byName.get(container.name), resolve, space)
}

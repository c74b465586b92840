/** `kubectl logs` as the kubelet answers it: which container's log, from where, in which form. */

import { errors } from '../api/errors.ts'
import type { ContainerStatus, Pod } from '../api/generated/types/core-v1.ts'
import { formatTime, parseTime } from '../api/rfc3339.ts'
import type { ApiStream } from '../apiserver/contract.ts'
import { byteLength } from '../script/bytes.ts'
import type { LogLine, Logs } from './runtime/logs.ts'

export interface LogOptions {
  readonly container?: string
  readonly previous?: boolean
  readonly follow?: boolean
  readonly tailLines?: number
  readonly sinceSeconds?: number
  readonly sinceTime?: string
  readonly timestamps?: boolean
  readonly limitBytes?: number
}

const idOf = (text: string | undefined): string | undefined => text?.replace(/^containerd:\/\//, '')

/** The id of the container whose log is asked for. Throws BadRequest as the kubelet words it. */
function containerId(pod: Pod, name: string, previous: boolean): string {
  const all: readonly ContainerStatus[] = [
    ...(pod.status?.containerStatuses ?? []),
    ...(pod.status?.initContainerStatuses ?? []),
    ...(pod.status?.ephemeralContainerStatuses ?? []),
  ]
  const status = all.find((s) => s.name === name)
  const waiting = (why: string): Error => errors.badRequest(`container "${name}" in pod "${pod.metadata.name}" is waiting to start: ${why}`)
  // A pod that the kubelet refused has none.
  if (status === undefined) throw errors.badRequest(`container "${name}" in pod "${pod.metadata.name}" is not available`)
  const last = idOf(status.lastState?.terminated?.containerID)
  if (previous) {
    if (last === undefined) throw errors.badRequest(`previous terminated container "${name}" in pod "${pod.metadata.name}" not found`)
    return last
  }
  const current = idOf(status.state?.terminated?.containerID) ?? (status.state?.running ? idOf(status.containerID) : undefined)
  if (current !== undefined) return current
  if (last !== undefined) return last
  const reason = status.state?.waiting?.reason
  if (reason === 'ErrImagePull') throw waiting("image can't be pulled")
  if (reason === 'ImagePullBackOff') throw waiting('trying and failing to pull image')
  throw waiting(reason ?? 'ContainerCreating')
}

/** Nanoseconds are drawn from the milliseconds: the clock knows no finer time. */
export const stamp = (ms: number): string => formatTime(ms).replace('Z', `.${String(Math.floor(ms) % 1000).padStart(3, '0')}000000Z`)

function render(lines: readonly LogLine[], options: LogOptions): string {
  let text = lines.map((l) => `${options.timestamps ? `${stamp(l.ms)} ` : ''}${l.text}${l.partial ? '' : '\n'}`).join('')
  if (options.limitBytes !== undefined && byteLength(text) > options.limitBytes)
    text = Buffer.from(text, 'utf8').subarray(0, options.limitBytes).toString('utf8')
  return text
}

function select(lines: readonly LogLine[], options: LogOptions, nowMs: number): readonly LogLine[] {
  const sinceMs =
    options.sinceSeconds !== undefined
      ? nowMs - options.sinceSeconds * 1000
      : options.sinceTime !== undefined
        ? (parseTime(options.sinceTime) ?? 0)
        : undefined
  const recent = sinceMs === undefined ? lines : lines.filter((l) => l.ms >= sinceMs)
  return options.tailLines === undefined ? recent : options.tailLines === 0 ? [] : recent.slice(-options.tailLines)
}

export function readLogs(
  pod: Pod,
  options: LogOptions,
  logs: Logs,
  nowMs: number,
  isOver: (id: string) => boolean,
): { text: string } | { stream: ApiStream } {
  const name = options.container ?? pod.spec!.containers[0]!.name
  const id = containerId(pod, name, options.previous === true)
  if (!logs.has(id)) {
    // Nothing was ever written: empty. A container that was removed: the runtime cannot find its log.
    const known = [...(pod.status?.containerStatuses ?? []), ...(pod.status?.initContainerStatuses ?? [])].some(
      (s) => idOf(s.containerID) === id,
    )
    if (!known && options.previous) return { text: `unable to retrieve container logs for containerd://${id}` }
    if (!options.follow) return { text: '' }
  }
  if (!options.follow) return { text: render(select(logs.lines(id), options, nowMs), options) }
  return { stream: follow(id, options, logs, nowMs, isOver) }
}

/** A log from now on. A last line that was not whole when it was read is read on. */
export function follow(id: string, options: LogOptions, logs: Logs, nowMs: number, isOver: (id: string) => boolean): ApiStream {
  let position = -1
  let read = 0
  let closed = false
  const goneOn = (): string => {
    const last = position > 0 ? logs.lines(id, position - 1)[0] : undefined
    return last === undefined || read < 0 ? '' : `${last.text.slice(read)}${last.partial ? '' : '\n'}`
  }
  return {
    take: () => {
      if (closed) return []
      const count = logs.count(id)
      const more = position < 0 ? '' : goneOn()
      const lines = position < 0 ? select(logs.lines(id), options, nowMs) : position < count ? logs.lines(id, position) : []
      const last = count > 0 ? logs.lines(id, count - 1)[0] : undefined
      // Negative: the last line is whole.
      read = last?.partial ? last.text.length : -1
      position = count
      const text = more + render(lines, options)
      return text === '' ? [] : [text]
    },
    get done() {
      return closed || (isOver(id) && position >= logs.count(id))
    },
    close: () => {
      closed = true
    },
  }
}

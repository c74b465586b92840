/**
 * Fields that many describers share: labels, annotations, taints, tolerations, lists of names, moments.
 */
import { humanDuration } from '../../api/ages.ts'
import type { Taint, Toleration } from '../../api/generated/types/core-v1.ts'
import { type ApiObject, controllerOf } from '../../api/meta.ts'
import { formatRfc1123, parseTime } from '../../api/rfc3339.ts'
import type { DescribeWriter } from './writer.ts'

const NONE = '<none>'
const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration'
const MAX_ANNOTATION = 140

/** The first line beside the title, the others below it. */
export function multiline(w: DescribeWriter, title: string, lines: readonly string[], indent = ''): void {
  if (lines.length === 0) {
    w.line(0, `${indent}${title}:\t${NONE}`)
    return
  }
  for (const [i, line] of lines.entries()) w.line(0, i === 0 ? `${indent}${title}:\t${line}` : `${indent}\t${line}`)
}

/** `Labels: a=b`, sorted, one a line. `indent` stands before every line. */
export function labels(w: DescribeWriter, title: string, map: Readonly<Record<string, string>> | undefined, indent = ''): void {
  const keys = Object.keys(map ?? {}).sort()
  multiline(
    w,
    title,
    keys.map((key) => `${key}=${map![key]}`),
    indent,
  )
}

const shorten = (text: string, max: number): string => (text.length > max ? `${text.slice(0, max)}...` : text)

/** Annotations, the last applied configuration left out, long or many-lined values below their key. */
export function annotations(w: DescribeWriter, title: string, map: Readonly<Record<string, string>> | undefined): void {
  const keys = Object.keys(map ?? {})
    .filter((key) => key !== LAST_APPLIED)
    .sort()
  const lines = keys.flatMap((key) => {
    const value = map![key]!.replace(/\n$/, '')
    if (value.length + key.length + 2 <= MAX_ANNOTATION && !value.includes('\n')) return [`${key}: ${value}`]
    return [`${key}:`, ...value.split('\n').map((line) => `  ${shorten(line, MAX_ANNOTATION - 2)}`)]
  })
  multiline(w, title, lines)
}

export const taintText = (t: Taint): string => `${t.key}${t.value ? `=${t.value}` : ''}${t.effect ? `:${t.effect}` : ''}`

export function taints(w: DescribeWriter, title: string, list: readonly Taint[] | undefined): void {
  const key = (t: Taint): string => `${t.effect},${t.key}`
  const sorted = [...(list ?? [])].sort((a, b) => (key(a) < key(b) ? -1 : key(a) > key(b) ? 1 : 0))
  multiline(w, title, sorted.map(taintText))
}

function tolerationText(t: Toleration): string {
  let text = t.key ?? ''
  if (t.value) text += `=${t.value}`
  if (t.effect) text += `:${t.effect}`
  if (t.operator === 'Exists' && !t.value) text += t.key || t.effect ? ' op=Exists' : 'op=Exists'
  if (t.tolerationSeconds !== undefined && t.tolerationSeconds !== null) text += ` for ${t.tolerationSeconds}s`
  return text
}

export function tolerations(w: DescribeWriter, title: string, list: readonly Toleration[] | undefined): void {
  const sorted = [...(list ?? [])].sort((a, b) => ((a.key ?? '') < (b.key ?? '') ? -1 : (a.key ?? '') > (b.key ?? '') ? 1 : 0))
  multiline(w, title, sorted.map(tolerationText))
}

/** Go's zero time where there is none. */
export function moment(text: string | undefined | null): string {
  const ms = text ? parseTime(text) : undefined
  return ms === undefined ? 'Mon, 01 Jan 0001 00:00:00 +0000' : formatRfc1123(ms)
}

export function since(text: string | undefined | null, nowMs: number): string {
  const ms = text ? parseTime(text) : undefined
  return ms === undefined ? '<unknown>' : humanDuration(nowMs - ms)
}

/** `ReplicaSet/web-5d…`, or undefined. */
export function controlledBy(object: ApiObject): string | undefined {
  const owner = controllerOf(object)
  return owner && `${owner.kind}/${owner.name}`
}

/** As Go prints a list of strings: `[a b]`. */
export const goList = (list: readonly unknown[] | undefined): string => `[${(list ?? []).join(' ')}]`

export const trueFalse = (value: boolean | undefined): string => (value ? 'True' : 'False')

/** Name, and namespace where there is one to tell, then labels and annotations: how most descriptions begin. */
export function heading(w: DescribeWriter, object: ApiObject): void {
  w.field(0, 'Name', object.metadata.name)
  w.field(0, 'Namespace', object.metadata.namespace ?? '')
  labels(w, 'Labels', object.metadata.labels)
  annotations(w, 'Annotations', object.metadata.annotations)
}

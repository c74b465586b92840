/** Choosing pods and objects in checks: by labels, by name; and comparing an object with a partial one. */
import { z } from 'zod'
import type { Pod } from '../../api/generated/types/core-v1.ts'
import type { Schema } from '../../api/schema.ts'
import { matchesLabels, parseLabelSelector, selectorFromSet } from '../../api/selectors.ts'
import { isRecord } from '../../api/walk.ts'
import type { Origin } from '../../network/contract.ts'
import type { Session } from '../../session/session.ts'

export const labelsOrSelector = z.union([z.string(), z.record(z.string(), z.string())])
export type LabelsOrSelector = z.infer<typeof labelsOrSelector>

export const matcher = (selector: LabelsOrSelector | undefined): ((labels: Readonly<Record<string, string>> | undefined) => boolean) => {
  if (selector === undefined) return () => true
  const parsed = typeof selector === 'string' ? parseLabelSelector(selector) : selectorFromSet(selector)
  return (labels) => matchesLabels(parsed, labels)
}

/** Where a request starts: the office PC outside, or a pod. */
export const from = z.union([
  z.literal('external'),
  z.strictObject({ pod: labelsOrSelector, namespace: z.string().optional(), container: z.string().optional() }),
])
export type From = z.infer<typeof from>

export const OFFICE_PC: Origin = { kind: 'outside', name: 'office-pc', ip: '192.168.0.200' }

/** A running pod, the first by name; undefined when there is none. */
export function findPod(session: Session, where: Exclude<From, 'external'>, namespace: string): Pod | undefined {
  return findPods(session, where, namespace)[0]
}

/** All running pods, by name. */
export function findPods(session: Session, where: Exclude<From, 'external'>, namespace: string): readonly Pod[] {
  const fits = matcher(where.pod)
  return session.world.cluster.read
    .list('pods', where.namespace ?? namespace)
    .filter((p) => p.status?.phase === 'Running' && !p.metadata.deletionTimestamp && fits(p.metadata.labels))
}

export const originOfPod = (pod: Pod): Origin => ({
  kind: 'pod',
  namespace: pod.metadata.namespace!,
  name: pod.metadata.name,
  uid: pod.metadata.uid!,
  ip: pod.status?.podIP ?? '',
  node: pod.spec?.nodeName ?? '',
})

export function originOf(session: Session, where: From, namespace: string): Origin | undefined {
  if (where === 'external') return OFFICE_PC
  const pod = findPod(session, where, namespace)
  return pod === undefined ? undefined : originOfPod(pod)
}

/** What a partial object asks for and the object does not have; '' when all fits. List items are found by their Kubernetes key. */
export function mismatch(want: unknown, have: unknown, schema: Schema | undefined, path = ''): string {
  if (isRecord(want)) {
    if (!isRecord(have)) return `${path || 'object'} is ${text(have)}`
    for (const [key, value] of Object.entries(want)) {
      const child =
        schema?.properties?.[key] ?? (typeof schema?.additionalProperties === 'object' ? schema.additionalProperties : undefined)
      const found = mismatch(value, Object.hasOwn(have, key) ? have[key] : undefined, child, path === '' ? key : `${path}.${key}`)
      if (found !== '') return found
    }
    return ''
  }
  if (Array.isArray(want)) return listMismatch(want, have, schema, path)
  return want === have ||
    (want !== null &&
      have !== undefined &&
      have !== null &&
      typeof want !== 'object' &&
      typeof have !== 'object' &&
      String(want) === String(have))
    ? ''
    : `${path} is ${text(have)}, not ${text(want)}`
}

function listMismatch(want: readonly unknown[], have: unknown, schema: Schema | undefined, path: string): string {
  if (!Array.isArray(have)) return `${path} is ${text(have)}`
  const keys = schema?.listMapKeys ?? (schema?.patchMergeKey ? [schema.patchMergeKey] : ['name'])
  for (const item of want) {
    const named = isRecord(item) && keys.some((k) => item[k] !== undefined)
    const candidates = named
      ? have.filter(
          (h) =>
            isRecord(h) &&
            keys.every(
              (k) => (item as Record<string, unknown>)[k] === undefined || String(h[k]) === String((item as Record<string, unknown>)[k]),
            ),
        )
      : have
    const label = named
      ? `${path}[${keys
          .map((k) => String((item as Record<string, unknown>)[k] ?? ''))
          .filter((t) => t !== '')
          .join(',')}]`
      : `${path}[]`
    if (candidates.length === 0) return `${label} is missing`
    const misses = candidates.map((c) => mismatch(item, c, schema?.items, label))
    if (!misses.includes('')) return misses[0]!
  }
  return ''
}

export const text = (value: unknown): string => (value === undefined ? 'not set' : JSON.stringify(value))

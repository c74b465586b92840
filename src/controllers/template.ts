/**
 * Pod templates: their hash (a name suffix in the alphabet Kubernetes uses), comparison, and the pods made from them.
 */
import type { Pod, PodTemplateSpec } from '../api/generated/types/core-v1.ts'
import type { ApiObject } from '../api/meta.ts'
import { controllerRef } from '../client/ownership.ts'
import { same } from './same.ts'
import { templateHash } from './template-hash.ts'

const SAFE = 'bcdfghjklmnpqrstvwxz2456789'

/** JSON with sorted keys. */
export function canonicalJson(value: unknown): string {
  if (value === null || typeof value !== 'object') return JSON.stringify(value) ?? 'null'
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`
  const record = value as Record<string, unknown>
  const parts: string[] = []
  for (const key of Object.keys(record).sort())
    if (record[key] !== undefined) parts.push(`${JSON.stringify(key)}:${canonicalJson(record[key])}`)
  return `{${parts.join(',')}}`
}

/** Digits of a number in the alphabet of generated names (rand.SafeEncodeString). */
export const safeEncode = (text: string): string => [...text].map((c) => SAFE[c.charCodeAt(0) % SAFE.length]).join('')

/** The 8–10 characters that ReplicaSets and DaemonSets' revisions are named by (controller.ComputeHash). */
export const templateSuffix = (template: PodTemplateSpec, collisions: number | undefined): string =>
  safeEncode(String(templateHash(template, collisions)))

/** Those of a StatefulSet's revision: FNV-1 over the JSON of what it keeps, and the count (history.HashControllerRevision). */
export function dataSuffix(data: unknown, collisions: number): string {
  const json = canonicalJson(data).replace(/[<>&\u2028\u2029]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`)
  let hash = 0x811c9dc5
  for (const byte of new TextEncoder().encode(`${json}${collisions}`)) hash = Math.imul(hash, 0x01000193) ^ byte
  return safeEncode(String(hash >>> 0))
}

export const POD_TEMPLATE_HASH = 'pod-template-hash'

function withoutHash(template: PodTemplateSpec): PodTemplateSpec {
  const labels = template.metadata?.labels
  if (labels?.[POD_TEMPLATE_HASH] === undefined) return template
  const { [POD_TEMPLATE_HASH]: _hash, ...rest } = labels
  return { ...template, metadata: { ...template.metadata!, labels: rest } }
}

/** Whether two templates would make the same pods, the hash label aside. */
export const sameTemplate = (a: PodTemplateSpec | undefined, b: PodTemplateSpec | undefined): boolean => {
  if (a === b || a === undefined || b === undefined) return a === b
  return same(a.spec, b.spec) && same(cleanMeta(withoutHash(a)), cleanMeta(withoutHash(b)))
}

/** A template's metadata without what only means absence: null timestamps, empty maps. */
function cleanMeta(template: PodTemplateSpec): unknown {
  const meta: Record<string, unknown> = { ...(template.metadata as object | undefined) }
  delete meta['creationTimestamp']
  for (const key of ['labels', 'annotations']) {
    const value = meta[key]
    if (value === undefined || value === null || Object.keys(value as object).length === 0) delete meta[key]
  }
  return meta
}

/** A pod as its owner's template says; the server draws the name from `generateName`. */
export function podFromTemplate(template: PodTemplateSpec, owner: ApiObject, name: { name: string } | { generateName: string }): Pod {
  const meta = template.metadata
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      ...(name as { name: string }),
      namespace: owner.metadata.namespace!,
      ...(meta?.labels && { labels: { ...meta.labels } }),
      ...(meta?.annotations && { annotations: { ...meta.annotations } }),
      ...(meta?.finalizers && { finalizers: [...meta.finalizers] }),
      ownerReferences: [controllerRef(owner)],
    },
    spec: template.spec!,
  }
}

/** `generateName` of a controller's pods. */
export const podPrefix = (ownerName: string): string => `${ownerName}-`

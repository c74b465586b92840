/** From rendered templates to objects in the order in which they are installed, hooks apart (helm's releaseutil). */
import { parseYaml } from '../../kubectl/resources/yaml.ts'
import { compareBytes } from '../../script/bytes.ts'
import { type Fields, isMap } from '../template/values.ts'
import { HelmError } from './contract.ts'
import type { Rendered } from './render.ts'

/** helm's order of installing; what is not named comes last, by kind. Uninstalling goes the other way round. */
const INSTALL_ORDER = [
  'PriorityClass', 'Namespace', 'NetworkPolicy', 'ResourceQuota', 'LimitRange', 'PodSecurityPolicy', 'PodDisruptionBudget', 'ServiceAccount', 'Secret', 'SecretList', 'ConfigMap', 'StorageClass', 'PersistentVolume', 'PersistentVolumeClaim', 'CustomResourceDefinition', 'ClusterRole', 'ClusterRoleList', 'ClusterRoleBinding', 'ClusterRoleBindingList', 'Role', 'RoleList', 'RoleBinding', 'RoleBindingList', 'Service', 'DaemonSet', 'Pod', 'ReplicationController', 'ReplicaSet', 'Deployment', 'HorizontalPodAutoscaler', 'StatefulSet', 'Job', 'CronJob', 'IngressClass', 'Ingress', 'APIService', 'MutatingWebhookConfiguration', 'ValidatingWebhookConfiguration',
] // biome-ignore format: a list of words

const rank = new Map(INSTALL_ORDER.map((kind, i) => [kind, i]))

export const HOOK_EVENTS = [
  'pre-install',
  'post-install',
  'pre-delete',
  'post-delete',
  'pre-upgrade',
  'post-upgrade',
  'pre-rollback',
  'post-rollback',
  'test',
] as const
export type HookEvent = (typeof HOOK_EVENTS)[number]
export type DeletePolicy = 'before-hook-creation' | 'hook-succeeded' | 'hook-failed'

export interface ManifestPart {
  /** The template it came from. */
  readonly name: string
  readonly kind: string
  readonly text: string
  readonly object: Fields
}

export interface Hook {
  readonly name: string
  readonly kind: string
  readonly path: string
  readonly manifest: string
  readonly events: readonly HookEvent[]
  readonly weight: number
  readonly policies: readonly DeletePolicy[]
  /** Of the last time it ran. */
  readonly lastRun?: {
    readonly startedAt: string
    readonly completedAt: string
    readonly phase: 'Unknown' | 'Running' | 'Succeeded' | 'Failed'
  }
}

export const metadataOf = (object: Fields): Fields => (isMap(object.metadata) ? object.metadata : {})
export const annotationsOf = (object: Fields): Fields => {
  const { annotations } = metadataOf(object)
  return isMap(annotations) ? annotations : {}
}

/** The documents of a text, each without blank ends. */
export const splitManifests = (text: string): string[] =>
  text
    .trim()
    .split(/(?:^|\s*\n)---\s*/)
    .map((part) => part.trim())
    .filter((part) => part !== '')

/** Whether a document holds more than comments. */
const says = (text: string): boolean => text.split('\n').some((line) => line.trim() !== '' && !line.trim().startsWith('#'))

/** Throws HelmError where it is no YAML. */
export function parseManifest(name: string, text: string): Fields | undefined {
  let value: unknown
  try {
    value = parseYaml(text)
  } catch (error) {
    throw new HelmError(`YAML parse error on ${name}: error converting YAML to JSON: ${(error as Error).message}`)
  }
  if (value === null || value === undefined) return undefined
  if (!isMap(value))
    throw new HelmError(
      `YAML parse error on ${name}: error unmarshaling JSON: while decoding JSON: json: cannot unmarshal ${Array.isArray(value) ? 'array' : typeof value} into Go value of type releaseutil.SimpleHead`,
    )
  return value
}

function hookOf(part: ManifestPart): Hook | undefined {
  const annotations = annotationsOf(part.object)
  const wanted = annotations['helm.sh/hook']
  if (typeof wanted !== 'string') return undefined
  const words = (key: string): string[] =>
    String(annotations[key] ?? '')
      .split(',')
      .map((w) => w.trim().toLowerCase())
  const events = words('helm.sh/hook')
    .map((w) => (w === 'test-success' ? 'test' : w))
    .filter((w): w is HookEvent => (HOOK_EVENTS as readonly string[]).includes(w))
  const policies = words('helm.sh/hook-delete-policy').filter((w): w is DeletePolicy =>
    ['before-hook-creation', 'hook-succeeded', 'hook-failed'].includes(w),
  )
  const weight = Number.parseInt(String(annotations['helm.sh/hook-weight'] ?? '0'), 10)
  return {
    name: String(metadataOf(part.object).name ?? ''),
    kind: part.kind,
    path: part.name,
    manifest: part.text,
    events,
    weight: Number.isNaN(weight) ? 0 : weight,
    policies: policies.length === 0 ? ['before-hook-creation'] : policies,
  }
}

const orderOf = (kind: string): number => rank.get(kind) ?? INSTALL_ORDER.length

/** Sorts in place of installing; stable within a kind. */
export const inInstallOrder = <T extends { readonly kind: string }>(parts: readonly T[]): T[] =>
  [...parts].sort((a, b) => orderOf(a.kind) - orderOf(b.kind) || (rank.has(a.kind) ? 0 : compareBytes(a.kind, b.kind)))

export const inUninstallOrder = <T extends { readonly kind: string }>(parts: readonly T[]): T[] =>
  [...parts].sort((a, b) => orderOf(b.kind) - orderOf(a.kind) || (rank.has(a.kind) ? 0 : compareBytes(a.kind, b.kind)))

/** Objects to install, in order, and hooks. Throws HelmError. */
export function sortManifests(rendered: readonly Rendered[]): { parts: ManifestPart[]; hooks: Hook[] } {
  const parts: ManifestPart[] = []
  const hooks: Hook[] = []
  for (const { name, text } of rendered) {
    if (text.trim() === '' || /(?:^|\/)_|NOTES\.txt$/.test(name.split('/').pop()!)) continue
    for (const document of splitManifests(text)) {
      if (!says(document)) continue
      const object = parseManifest(name, document)
      if (object === undefined) continue
      const part = { name, kind: String(object.kind ?? ''), text: document, object }
      const hook = hookOf(part)
      if (hook === undefined) parts.push(part)
      else if (hook.events.length > 0) hooks.push(hook)
    }
  }
  return { parts: inInstallOrder(parts), hooks: inInstallOrder(hooks) }
}

/** A manifest as releases keep it. */
export const manifestText = (parts: readonly { readonly name: string; readonly text: string }[]): string =>
  parts.map((p) => `---\n# Source: ${p.name}\n${p.text}\n`).join('')

/** A kept manifest taken apart again. */
export function partsOf(manifest: string): ManifestPart[] {
  return splitManifests(manifest).flatMap((text) => {
    const name = /^# Source: (.*)$/m.exec(text)?.[1] ?? ''
    const object = parseManifest(name, text)
    return object === undefined ? [] : [{ name, kind: String(object.kind ?? ''), text, object }]
  })
}

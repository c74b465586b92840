/** What releases do to the cluster's objects: make, adopt, patch three ways, delete (helm's kube client). */
import { ApiError } from '../../api/errors.ts'
import type { KindDefinition } from '../../api/kind.ts'
import type { ApiObject } from '../../api/meta.ts'
import { createThreeWayJsonMergePatch } from '../../api/patch/merge.ts'
import { createThreeWayMergePatch } from '../../api/patch/strategic-diff.ts'
import { ConnectionError } from '../../kubectl/contract.ts'
import type { Kube } from '../../kubectl/kube.ts'
import { strategicFor } from '../../kubectl/verbs/apply/three-way.ts'
import { HelmError } from '../chart/contract.ts'
import { annotationsOf, inUninstallOrder, type ManifestPart, metadataOf } from '../chart/manifest.ts'
import { data } from '../functions/encoding.ts'
import { type Fields, isMap } from '../template/values.ts'

/** An object of a release, and where it stands. */
export interface Target {
  readonly part: ManifestPart
  readonly kind: KindDefinition
  readonly namespace: string | undefined
  readonly name: string
  readonly object: ApiObject
}

const MANAGER = { fieldManager: 'helm' }
export const MANAGED_BY = 'app.kubernetes.io/managed-by'
export const RELEASE_NAME = 'meta.helm.sh/release-name'
export const RELEASE_NAMESPACE = 'meta.helm.sh/release-namespace'

export const messageOf = (error: unknown): string => (error instanceof ApiError ? (error.status.message ?? '') : (error as Error).message)
/** A failure of the API or of the way to it as helm's own; anything else is a bug and passes through. */
export function asHelmError(error: unknown): HelmError {
  if (error instanceof HelmError) return error
  if (error instanceof ApiError) return new HelmError(messageOf(error))
  if (error instanceof ConnectionError)
    return new HelmError(`Kubernetes cluster unreachable: Get "${error.server}/version": ${error.message}`)
  throw error
}
export const isNotFound = (error: unknown): boolean => error instanceof ApiError && error.status.reason === 'NotFound'

/** Several failures as hashicorp's multierror lists them. */
export function together(failures: readonly string[]): HelmError {
  return new HelmError(
    `${failures.length} error${failures.length === 1 ? '' : 's'} occurred:\n${failures.map((f) => `\t* ${f}\n`).join('')}\n`,
  )
}

/** Finds each object's kind. Throws HelmError for those nobody serves. */
export function targetsOf(kube: Kube, parts: readonly ManifestPart[], namespace: string, doing: string): Target[] {
  return parts.map((part) => {
    const { object } = part
    const apiVersion = String(object.apiVersion ?? '')
    const name = String(metadataOf(object).name ?? '')
    const fail = (why: string): never => {
      throw new HelmError(`${doing}: ${why}`)
    }
    if (part.kind === '') fail('error validating "": error validating data: kind not set')
    if (apiVersion === '') fail('error validating "": error validating data: apiVersion not set')
    const kind = kube.kinds.byKind(apiVersion, part.kind)
    if (kind === undefined)
      return fail(
        `resource mapping not found for name: ${JSON.stringify(name)} namespace: ${JSON.stringify(String(metadataOf(object).namespace ?? ''))} from "": no matches for kind ${JSON.stringify(part.kind)} in version ${JSON.stringify(apiVersion)}\nensure CRDs are installed first`,
      )
    const own = metadataOf(object).namespace
    const where = kind.namespaced ? (typeof own === 'string' && own !== '' ? own : namespace) : undefined
    const body = data(object) as Fields
    return {
      part,
      kind,
      name,
      namespace: where,
      object: { ...body, metadata: { ...metadataOf(body), ...(where !== undefined && { namespace: where }) } } as unknown as ApiObject,
    }
  })
}

/** The same objects with the marks of their release. */
export function marked(targets: readonly Target[], release: string, namespace: string): Target[] {
  return targets.map((target) => {
    const metadata = metadataOf(target.object as unknown as Fields)
    const labels = { ...(isMap(metadata.labels) ? metadata.labels : {}), [MANAGED_BY]: 'Helm' }
    const annotations = {
      ...(isMap(metadata.annotations) ? metadata.annotations : {}),
      [RELEASE_NAME]: release,
      [RELEASE_NAMESPACE]: namespace,
    }
    return { ...target, object: { ...target.object, metadata: { ...metadata, labels, annotations } } as unknown as ApiObject }
  })
}

export const keyOf = (target: Target): string => `${target.kind.group}/${target.kind.kind}/${target.namespace ?? ''}/${target.name}`

function ownership(live: ApiObject, release: string, namespace: string): string[] {
  const problem = (what: string, held: Readonly<Record<string, string>> | undefined, key: string, wanted: string): string[] => {
    const value = held?.[key]
    if (value === wanted) return []
    return [
      `${what} validation error: ${value === undefined ? `missing key "${key}": must be set to "${wanted}"` : `key "${key}" must equal "${wanted}": current value is "${value}"`}`,
    ]
  }
  const { labels, annotations } = live.metadata
  return [
    ...problem('label', labels, MANAGED_BY, 'Helm'),
    ...problem('annotation', annotations, RELEASE_NAME, release),
    ...problem('annotation', annotations, RELEASE_NAMESPACE, namespace),
  ]
}

/** Those objects that exist and may be taken over. Throws HelmError for one that belongs to somebody else. */
export function adopted(kube: Kube, targets: readonly Target[], release: string, namespace: string, takeOver: boolean): Target[] {
  return targets.filter((target) => {
    let live: ApiObject | undefined
    try {
      live = kube.find(target.kind, target.namespace, target.name)
    } catch (error) {
      if (error instanceof ApiError)
        throw new HelmError(
          `could not get information about the resource ${target.kind.kind} ${JSON.stringify(target.name)} in namespace ${JSON.stringify(target.namespace ?? '')}: ${messageOf(error)}`,
        )
      throw error
    }
    if (live === undefined) return false
    const problems = takeOver ? [] : ownership(live, release, namespace)
    if (problems.length > 0)
      throw new HelmError(
        `${target.kind.kind} ${JSON.stringify(target.name)} in namespace ${JSON.stringify(target.namespace ?? '')} exists and cannot be imported into the current release: invalid ownership metadata; ${problems.join('; ')}`,
      )
    return true
  })
}

export function createOne(kube: Kube, target: Target): ApiObject {
  return kube.create(target.kind, target.namespace, target.object, { query: MANAGER })
}

/** Makes all; kinds in order, and the first kind with failures is the last. Throws HelmError. */
export function createAll(kube: Kube, targets: readonly Target[]): void {
  let failures: string[] = []
  let last = ''
  for (const target of targets) {
    if (failures.length > 0 && target.kind.kind !== last) break
    last = target.kind.kind
    try {
      createOne(kube, target)
    } catch (error) {
      if (!(error instanceof ApiError)) throw error
      failures = [...failures, messageOf(error)]
    }
  }
  if (failures.length > 0) throw together(failures)
}

function patchOf(target: Target, original: Target | undefined, live: ApiObject): { patch: Fields; type: 'strategic' | 'merge' } {
  const before = original?.object ?? live
  return strategicFor(target.kind)
    ? { patch: createThreeWayMergePatch(before, target.object, live, target.kind.schema) as Fields, type: 'strategic' }
    : { patch: createThreeWayJsonMergePatch(before, target.object, live), type: 'merge' }
}

/** Patches an object to what is wanted: old manifest, new one, what is there. */
function updateOne(kube: Kube, target: Target, original: Target | undefined, live: ApiObject, force: boolean): void {
  const { kind, namespace, name } = target
  if (force) {
    const body = { ...target.object, metadata: { ...target.object.metadata, resourceVersion: live.metadata.resourceVersion } }
    try {
      kube.update(kind, namespace, name, body, { query: MANAGER })
    } catch (error) {
      if (error instanceof ApiError) throw new HelmError(`failed to replace object: ${messageOf(error)}`)
      throw error
    }
    return
  }
  const { patch, type } = patchOf(target, original, live)
  if (Object.keys(patch).length === 0) return
  try {
    kube.patch(kind, namespace, name, patch, type, { query: MANAGER })
  } catch (error) {
    if (error instanceof ApiError) throw new HelmError(`cannot patch ${JSON.stringify(name)} with kind ${kind.kind}: ${messageOf(error)}`)
    throw error
  }
}

export const isKept = (part: ManifestPart): boolean =>
  String(annotationsOf(part.object)['helm.sh/resource-policy'] ?? '')
    .trim()
    .toLowerCase() === 'keep'

/** Brings the cluster from one manifest to another; `made` gathers what was new. Throws HelmError. */
export function updateAll(kube: Kube, from: readonly Target[], to: readonly Target[], force: boolean, made: Target[] = []): void {
  const originals = new Map(from.map((t) => [keyOf(t), t]))
  const failures: string[] = []
  for (const target of to) {
    const live = kube.find(target.kind, target.namespace, target.name)
    if (live === undefined) {
      try {
        createOne(kube, target)
      } catch (error) {
        if (error instanceof ApiError) throw new HelmError(`failed to create resource: ${messageOf(error)}`)
        throw error
      }
      made.push(target)
      continue
    }
    try {
      updateOne(kube, target, originals.get(keyOf(target)), live, force)
    } catch (error) {
      if (!(error instanceof HelmError)) throw error
      failures.push(error.message)
    }
  }
  if (failures.length > 0) throw new HelmError(failures.join(' && '))
  const wanted = new Set(to.map(keyOf))
  for (const target of from) {
    if (wanted.has(keyOf(target))) continue
    const live = kube.find(target.kind, target.namespace, target.name)
    if (live === undefined || live.metadata.annotations?.['helm.sh/resource-policy'] === 'keep') continue
    removeOne(kube, target)
  }
}

const CASCADE = { background: 'Background', foreground: 'Foreground', orphan: 'Orphan' } as const
export type Cascade = keyof typeof CASCADE
export const cascades: readonly string[] = Object.keys(CASCADE)

/** Deletes an object; one that is gone already is fine. */
export function removeOne(kube: Kube, target: Target, cascade: Cascade = 'background'): void {
  try {
    kube.delete(target.kind, target.namespace, target.name, { propagationPolicy: CASCADE[cascade] })
  } catch (error) {
    if (!isNotFound(error)) throw error
  }
}

/** Deletes all, in the order of uninstalling; gives what went wrong. */
export function removeAll(kube: Kube, targets: readonly Target[], cascade: Cascade): string[] {
  const failures: string[] = []
  const ordered = inUninstallOrder(targets.map((target) => ({ kind: target.kind.kind, target })))
  for (const { target } of ordered) {
    try {
      removeOne(kube, target, cascade)
    } catch (error) {
      if (!(error instanceof ApiError)) throw error
      failures.push(messageOf(error))
    }
  }
  return failures
}

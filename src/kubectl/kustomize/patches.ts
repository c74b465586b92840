/**
 * Kustomize's patches: strategic merge and JSON 6902, by target or by the patch's own identity; and replacements.
 */
import { errors, isApiError } from '../../api/errors.ts'
import { type ApiObject, groupOf, versionOf } from '../../api/meta.ts'
import { applyJsonPatch } from '../../api/patch/json.ts'
import { applyMergePatch } from '../../api/patch/merge.ts'
import { applyStrategicPatch } from '../../api/patch/strategic.ts'
import { matchesLabels, parseLabelSelector } from '../../api/selectors.ts'
import { builtInKinds } from '../../kinds/index.ts'
import { CommandError, messageOf } from '../errors.ts'
import { parseYaml, splitDocuments } from '../resources/yaml.ts'
import type { PatchEntry, PatchTarget, Resource } from './contract.ts'

const anchored = (pattern: string): RegExp => new RegExp(`^(?:${pattern})$`)
const fits = (pattern: string | undefined, value: string): boolean =>
  pattern === undefined || pattern === '' || anchored(pattern).test(value)

/** Whether a resource is what a target describes; names may be former ones. */
export function isTarget(resource: Resource, target: PatchTarget): boolean {
  const { object } = resource
  const named =
    target.name === undefined || target.name === '' || [object.metadata.name, ...resource.names].some((name) => fits(target.name, name))
  return (
    named &&
    fits(target.group, groupOf(object.apiVersion)) &&
    fits(target.version, versionOf(object.apiVersion)) &&
    fits(target.kind, object.kind) &&
    fits(target.namespace, object.metadata.namespace ?? '') &&
    (!target.labelSelector || matchesLabels(parseLabelSelector(target.labelSelector), object.metadata.labels)) &&
    (!target.annotationSelector || matchesLabels(parseLabelSelector(target.annotationSelector), object.metadata.annotations))
  )
}

const schemaOf = (object: ApiObject) =>
  builtInKinds.find((kind) => kind.kind === object.kind && kind.group === groupOf(object.apiVersion))?.schema

function mergeInto(resources: Resource[], resource: Resource, patch: ApiObject & { $patch?: string }, keepIdentity: boolean): void {
  if (patch.$patch === 'delete') {
    resources.splice(resources.indexOf(resource), 1)
    return
  }
  const before = resource.object
  const schema = schemaOf(before)
  const merged = structuredClone(
    schema === undefined ? (applyMergePatch(before, patch) as ApiObject) : applyStrategicPatch(before, patch, schema),
  )
  if (keepIdentity) {
    merged.apiVersion = before.apiVersion
    merged.kind = before.kind
    merged.metadata = {
      ...merged.metadata,
      name: before.metadata.name,
      ...(before.metadata.namespace === undefined ? {} : { namespace: before.metadata.namespace }),
    }
    if (before.metadata.namespace === undefined) delete merged.metadata.namespace
  }
  resource.object = merged
}

/** `Deployment.v1.apps/web.[noNs]`, as kustomize names a resource in its errors. */
export const idText = (object: ApiObject): string =>
  `${object.kind}.${versionOf(object.apiVersion)}.${groupOf(object.apiVersion) || '[noGrp]'}/${object.metadata?.name ?? ''}.${object.metadata?.namespace ?? '[noNs]'}`

function byIdentity(resources: readonly Resource[], patch: ApiObject): Resource {
  const found = resources.find(
    ({ object, names }) =>
      object.kind === patch.kind &&
      groupOf(object.apiVersion) === groupOf(patch.apiVersion) &&
      (object.metadata.name === patch.metadata?.name || names.has(patch.metadata?.name)) &&
      (patch.metadata?.namespace === undefined || patch.metadata.namespace === object.metadata.namespace),
  )
  if (found === undefined) {
    const id = idText(patch)
    throw new CommandError(
      `no resource matches strategic merge patch "${id}": no matches for Id ${id}; failed to find unique target for patch ${id}`,
    )
  }
  return found
}

/** Applies one entry of `patches`, whose text is already read. */
export function applyPatch(resources: Resource[], text: string, entry: PatchEntry): void {
  for (const chunk of splitDocuments(text)) {
    const patch = parseYaml(chunk)
    if (patch === null || patch === undefined) continue
    if (Array.isArray(patch)) json6902(resources, patch, entry)
    else if (entry.target === undefined) mergeInto(resources, byIdentity(resources, patch as ApiObject), patch as ApiObject, true)
    else {
      const named = entry.options?.allowNameChange === true
      for (const resource of [...resources])
        if (isTarget(resource, entry.target)) mergeInto(resources, resource, patch as ApiObject, !named)
    }
  }
}

const missingAt: Readonly<Record<string, (path: string) => string>> = {
  add: (path) => `add operation does not apply: doc is missing path: ${JSON.stringify(path)}: missing value`,
  replace: (path) => `replace operation does not apply: doc is missing key: ${path}: missing value`,
  remove: (path) => `remove operation does not apply: doc is missing key: ${path}: missing value`,
  test: (path) => `testing value ${path} failed: test failed`,
}

/** Why an operation does not fit, as the library behind kustomize says it. */
function operationFailure(operation: unknown, error: unknown): string {
  const { op, path } = (operation ?? {}) as { op?: unknown; path?: unknown }
  return missingAt[String(op)]?.(String(path)) ?? messageOf(error)
}

function json6902(resources: readonly Resource[], patch: readonly unknown[], entry: PatchEntry): void {
  if (entry.target === undefined) throw new CommandError(`must specify a target for JSON patch ${JSON.stringify(patch)}`)
  for (const resource of resources) {
    if (!isTarget(resource, entry.target)) continue
    for (const operation of patch) {
      try {
        resource.object = structuredClone(applyJsonPatch(resource.object, [operation])) as ApiObject
      } catch (error) {
        if (!isApiError(error)) throw errors.internalError(messageOf(error))
        throw new CommandError(operationFailure(operation, error))
      }
    }
  }
}

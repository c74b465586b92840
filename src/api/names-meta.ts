/**
 * Validation of metadata: names, labels, annotations, owners, finalizers (apimachinery's api/validation, restated).
 */
import { type FieldError, forbidden, invalid, required, tooLong } from './errors.ts'
import type { ObjectMeta, OwnerReference } from './meta.ts'
import { byteLength, labelValueErrors, type NameCheck, nameIsDns1123Label, nameIsDns1123Subdomain, qualifiedNameErrors } from './names.ts'

export const TOTAL_ANNOTATION_BYTES = 256 * 1024

export const messagesToErrors = (path: string, value: unknown, messages: readonly string[]): FieldError[] =>
  messages.map((m) => invalid(path, value, m))

/** Both keys and values; every error stands on the map itself. */
export function validateLabels(labels: Readonly<Record<string, string>> | undefined, path: string): FieldError[] {
  const found: FieldError[] = []
  if (labels === undefined || labels === null) return found
  const keys = Object.keys(labels)
  if (keys.every((key) => qualifiedNameErrors(key).length === 0 && labelValueErrors(labels[key]!).length === 0)) return found
  for (const key of keys.sort()) {
    found.push(...messagesToErrors(path, key, qualifiedNameErrors(key)))
    found.push(...messagesToErrors(path, labels[key], labelValueErrors(labels[key]!)))
  }
  return found
}

export function validateAnnotations(annotations: Readonly<Record<string, string>> | undefined, path: string): FieldError[] {
  const found: FieldError[] = []
  if (annotations === undefined || annotations === null) return found
  let bytes = 0
  for (const key of Object.keys(annotations).sort()) {
    found.push(...messagesToErrors(path, key, qualifiedNameErrors(key.toLowerCase())))
    bytes += byteLength(key) + byteLength(annotations[key]!)
  }
  if (bytes > TOTAL_ANNOTATION_BYTES) found.push(tooLong(path, '', TOTAL_ANNOTATION_BYTES))
  return found
}

function validateOwner(owner: OwnerReference, path: string): FieldError[] {
  const found: FieldError[] = []
  const version = (owner.apiVersion ?? '').split('/').at(-1)
  if (!version) found.push(invalid(`${path}.apiVersion`, owner.apiVersion ?? '', 'version must not be empty'))
  if (!owner.kind) found.push(invalid(`${path}.kind`, owner.kind ?? '', 'must not be empty'))
  if (!owner.name) found.push(invalid(`${path}.name`, owner.name ?? '', 'must not be empty'))
  if (!owner.uid) found.push(invalid(`${path}.uid`, owner.uid ?? '', 'must not be empty'))
  if (owner.apiVersion === 'v1' && owner.kind === 'Event') {
    found.push(invalid(path, owner, '/v1, Kind=Event is disallowed from being an owner'))
  }
  return found
}

export function validateOwnerReferences(owners: readonly OwnerReference[] | undefined, path: string): FieldError[] {
  const found: FieldError[] = []
  let controller = ''
  for (const [i, owner] of (owners ?? []).entries()) {
    found.push(...validateOwner(owner, `${path}[${i}]`))
    if (owner.controller !== true) continue
    if (controller !== '') {
      const why = `Only one reference can have Controller set to true. Found "true" in references for ${controller} and ${owner.name}`
      found.push(invalid(path, owners, why))
    } else controller = owner.name
  }
  return found
}

const standardFinalizers = new Set(['kubernetes', 'orphan', 'foregroundDeletion'])

/** Twice over, as upstream does: as qualified names, and (unless `any` will do) entry by entry as names that somebody has defined. */
export function validateFinalizers(finalizers: readonly string[] | undefined, path: string, any = false): FieldError[] {
  const list = finalizers ?? []
  const found = list.flatMap((name) => messagesToErrors(path, name, qualifiedNameErrors(name)))
  if (list.includes('orphan') && list.includes('foregroundDeletion')) {
    found.push(invalid(path, list, 'finalizer orphan and foregroundDeletion cannot be both set'))
  }
  if (any) return found
  for (const [i, name] of list.entries()) {
    found.push(...messagesToErrors(`${path}[${i}]`, name, qualifiedNameErrors(name)))
    if (!name.includes('/') && !standardFinalizers.has(name))
      found.push(invalid(`${path}[${i}]`, name, 'name is neither a standard finalizer name nor is it fully qualified'))
  }
  return found
}

export interface MetaRules {
  readonly namespaced: boolean
  /** How this kind's names must look; a DNS-1123 subdomain if left out. */
  readonly nameFn?: NameCheck
  /** Finalizers need no domain. */
  readonly anyFinalizer?: boolean
  /** Where the metadata stands; `metadata` if left out. */
  readonly path?: string
}

/** Everything wrong with an object's metadata on create. */
export function validateObjectMeta(meta: ObjectMeta, rules: MetaRules): FieldError[] {
  const { namespaced, nameFn = nameIsDns1123Subdomain, anyFinalizer, path = 'metadata' } = rules
  const found: FieldError[] = []
  if (meta.generateName) found.push(...messagesToErrors(`${path}.generateName`, meta.generateName, nameFn(meta.generateName, true)))
  if (!meta.name) found.push(required(`${path}.name`, 'name or generateName is required'))
  else found.push(...messagesToErrors(`${path}.name`, meta.name, nameFn(meta.name, false)))
  if (namespaced && !meta.namespace) found.push(required(`${path}.namespace`))
  else if (namespaced) found.push(...messagesToErrors(`${path}.namespace`, meta.namespace, nameIsDns1123Label(meta.namespace!)))
  else if (meta.namespace) found.push(forbidden(`${path}.namespace`, 'not allowed on this type'))
  return found.concat(validateSharedMeta(meta, undefined, path, anyFinalizer))
}

/** What is the very value that was accepted before is not judged again. */
function validateSharedMeta(meta: ObjectMeta, old: ObjectMeta | undefined, path: string, anyFinalizer: boolean | undefined): FieldError[] {
  const found: FieldError[] = []
  if ((meta.generation ?? 0) < 0) found.push(invalid(`${path}.generation`, meta.generation, 'must be greater than or equal to 0'))
  const { labels, annotations, ownerReferences, finalizers } = meta
  if (labels !== old?.labels) found.push(...validateLabels(labels, `${path}.labels`))
  if (annotations !== old?.annotations) found.push(...validateAnnotations(annotations, `${path}.annotations`))
  if (ownerReferences !== old?.ownerReferences) found.push(...validateOwnerReferences(ownerReferences, `${path}.ownerReferences`))
  if (finalizers !== old?.finalizers) found.push(...validateFinalizers(finalizers, `${path}.finalizers`, anyFinalizer))
  return found
}

const immutable = ['name', 'namespace', 'uid', 'creationTimestamp', 'deletionTimestamp', 'deletionGracePeriodSeconds'] as const

/** Everything wrong with the metadata of an update. */
export function validateObjectMetaUpdate(meta: ObjectMeta, old: ObjectMeta, anyFinalizer?: boolean, path = 'metadata'): FieldError[] {
  const found: FieldError[] = []
  if (old.deletionTimestamp !== undefined) {
    const before = new Set(old.finalizers)
    const fresh = (meta.finalizers ?? []).filter((f) => !before.has(f)).sort()
    if (fresh.length > 0) {
      const list = `[]string{${fresh.map((f) => JSON.stringify(f)).join(', ')}}`
      found.push(
        forbidden(`${path}.finalizers`, `no new finalizers can be added if the object is being deleted, found new finalizers ${list}`),
      )
    }
  }
  if (!meta.resourceVersion) found.push(invalid(`${path}.resourceVersion`, '', 'must be specified for an update'))
  if ((meta.generation ?? 0) < (old.generation ?? 0))
    found.push(invalid(`${path}.generation`, meta.generation ?? 0, 'must not be decremented'))
  for (const field of immutable) {
    if (meta[field] !== old[field]) found.push(invalid(`${path}.${field}`, meta[field] ?? null, 'field is immutable'))
  }
  return found.concat(validateSharedMeta(meta, old, path, anyFinalizer))
}

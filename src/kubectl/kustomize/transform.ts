/**
 * Kustomize's built-in transformers: namespace, prefix and suffix, labels, annotations, images, replicas.
 */
import resourceFacts from '../../api/generated/resources.json' with { type: 'json' }
import type { ApiObject } from '../../api/meta.ts'
import type { Kustomization, Resource } from './contract.ts'

type Fields = Record<string, any>

const clusterScoped = new Set(
  Object.values(resourceFacts as Record<string, { kind: string; namespaced: boolean }>)
    .filter((facts) => !facts.namespaced)
    .map((facts) => facts.kind),
)
/** Kinds whose names stay (kustomize's prefix and suffix configuration). */
const keepName = new Set(['CustomResourceDefinition', 'APIService', 'Namespace'])

/** Gives a resource another name and remembers the old one. */
export function rename(resource: Resource, name: string): void {
  resource.names.add(resource.object.metadata.name)
  resource.object.metadata = { ...resource.object.metadata, name }
}

function setNamespace(resources: readonly Resource[], namespace: string): void {
  for (const { object } of resources) {
    if (object.kind === 'Namespace') continue
    if (!clusterScoped.has(object.kind)) object.metadata = { ...object.metadata, namespace }
    if (object.kind === 'RoleBinding' || object.kind === 'ClusterRoleBinding') {
      for (const subject of (object.subjects ?? []) as Fields[]) {
        const own = resources.some(
          (r) => r.object.kind === 'ServiceAccount' && (r.object.metadata.name === subject.name || r.names.has(subject.name)),
        )
        if (subject.kind === 'ServiceAccount' && (own || subject.name === 'default')) subject.namespace = namespace
      }
    }
  }
}

/** The pod templates within an object, the object itself for a pod. */
export function templatesOf(object: ApiObject): Fields[] {
  const found: Fields[] = []
  if (object.kind === 'Pod') found.push(object as Fields)
  for (const at of [
    object.spec?.template,
    object.spec?.jobTemplate,
    object.spec?.jobTemplate?.spec?.template,
    object.kind === 'PodTemplate' ? object.template : undefined,
  ]) {
    if (typeof at === 'object' && at !== null) found.push(at)
  }
  return found
}

const mergeInto = (holder: Fields, key: string, pairs: Readonly<Record<string, string>>): void => {
  holder[key] = { ...holder[key], ...pairs }
}

const metadataOf = (holder: Fields): Fields => {
  holder.metadata = { ...holder.metadata }
  return holder.metadata
}

/** Where `matchLabels` is made when it is missing. */
const selectorKinds = new Set(['Deployment', 'ReplicaSet', 'DaemonSet', 'StatefulSet'])

function labelSelectors(object: ApiObject, pairs: Readonly<Record<string, string>>): void {
  const spec = object.spec as Fields | undefined
  if (spec === undefined) return
  if (object.kind === 'Service' || object.kind === 'ReplicationController') {
    if (object.kind === 'ReplicationController' || spec.selector !== undefined) mergeInto(spec, 'selector', pairs)
    else spec.selector = { ...pairs }
    return
  }
  if (selectorKinds.has(object.kind)) {
    spec.selector = { ...spec.selector }
    mergeInto(spec.selector, 'matchLabels', pairs)
  } else if (spec.selector?.matchLabels !== undefined) mergeInto(spec.selector, 'matchLabels', pairs)
  if (spec.podSelector?.matchLabels !== undefined) mergeInto(spec.podSelector, 'matchLabels', pairs)
  if (spec.jobTemplate?.spec?.selector?.matchLabels !== undefined) mergeInto(spec.jobTemplate.spec.selector, 'matchLabels', pairs)
}

function addLabels(object: ApiObject, pairs: Readonly<Record<string, string>>, selectors: boolean, templates: boolean): void {
  mergeInto(metadataOf(object as Fields), 'labels', pairs)
  if (selectors) labelSelectors(object, pairs)
  if (!templates) return
  for (const template of templatesOf(object)) if (template !== object) mergeInto(metadataOf(template), 'labels', pairs)
  if (object.kind === 'StatefulSet')
    for (const claim of (object.spec?.volumeClaimTemplates ?? []) as Fields[]) mergeInto(metadataOf(claim), 'labels', pairs)
}

function addAnnotations(object: ApiObject, pairs: Readonly<Record<string, string>>): void {
  mergeInto(metadataOf(object as Fields), 'annotations', pairs)
  for (const template of templatesOf(object)) if (template !== object) mergeInto(metadataOf(template), 'annotations', pairs)
}

/** `registry:5000/nginx`, tag and digest. */
function splitImage(image: string): { name: string; tag: string; digest: string } {
  const at = image.indexOf('@')
  const digest = at < 0 ? '' : image.slice(at + 1)
  const bare = at < 0 ? image : image.slice(0, at)
  const colon = bare.lastIndexOf(':')
  const tagged = colon > bare.lastIndexOf('/')
  return { name: tagged ? bare.slice(0, colon) : bare, tag: tagged ? bare.slice(colon + 1) : '', digest }
}

type ImageEntry = NonNullable<Kustomization['images']>[number]

function newImage(image: string, entry: ImageEntry): string {
  const { name, tag, digest } = splitImage(image)
  if (name !== entry.name) return image
  const newName = entry.newName ?? name
  if (entry.digest !== undefined && entry.digest !== '') return `${newName}@${entry.digest}`
  if (entry.newTag !== undefined && entry.newTag !== '') return `${newName}:${entry.newTag}`
  if (entry.tagSuffix !== undefined && tag !== '') return `${newName}:${tag}${entry.tagSuffix}`
  return `${newName}${tag === '' ? '' : `:${tag}`}${digest === '' ? '' : `@${digest}`}`
}

function setImages(object: ApiObject, images: readonly ImageEntry[]): void {
  for (const template of templatesOf(object)) {
    for (const container of [...(template.spec?.containers ?? []), ...(template.spec?.initContainers ?? [])] as Fields[]) {
      if (typeof container.image === 'string') for (const entry of images) container.image = newImage(container.image, entry)
    }
  }
}

const scalable = new Set(['Deployment', 'ReplicaSet', 'ReplicationController', 'StatefulSet'])

/** Everything of one kustomization but patches, in kustomize's order. */
export function transform(resources: readonly Resource[], k: Kustomization, early: () => void): void {
  early()
  if (k.namespace !== undefined && k.namespace !== '') setNamespace(resources, k.namespace)
  const prefix = k.namePrefix ?? ''
  const suffix = k.nameSuffix ?? ''
  for (const resource of resources) {
    if ((prefix !== '' || suffix !== '') && !keepName.has(resource.object.kind))
      rename(resource, `${prefix}${resource.object.metadata.name}${suffix}`)
  }
  for (const { object } of resources) {
    for (const entry of k.labels ?? [])
      addLabels(object, entry.pairs, entry.includeSelectors === true, entry.includeSelectors === true || entry.includeTemplates === true)
    if (k.commonLabels !== undefined) addLabels(object, k.commonLabels, true, true)
    if (k.commonAnnotations !== undefined) addAnnotations(object, k.commonAnnotations)
  }
  for (const entry of k.replicas ?? []) {
    for (const resource of resources) {
      const named = resource.object.metadata.name === entry.name || resource.names.has(entry.name)
      if (named && scalable.has(resource.object.kind)) resource.object.spec = { ...resource.object.spec, replicas: entry.count }
    }
  }
  if (k.images !== undefined) for (const { object } of resources) setImages(object, k.images)
}

/**
 * Names that refer to other resources follow them when they are renamed (kustomize's nameReference configuration, by field patterns).
 */
import type { Resource } from './contract.ts'

type Fields = Record<string, any>

/** The resource a name means: one that has had it and has it no more. */
function renamed(resources: readonly Resource[], kind: string, name: unknown, namespace: string | undefined): string | undefined {
  if (typeof name !== 'string') return undefined
  const ofKind = resources.filter(
    (r) =>
      r.object.kind === kind &&
      (namespace === undefined || r.object.metadata.namespace === undefined || r.object.metadata.namespace === namespace),
  )
  if (ofKind.some((r) => r.object.metadata.name === name)) return undefined
  return ofKind.find((r) => r.names.has(name))?.object.metadata.name
}

/** Field, kind, and whether the name stands in a field below it. */
const named: Readonly<Record<string, { kind: string; field: string }>> = {
  configMapRef: { kind: 'ConfigMap', field: 'name' },
  configMapKeyRef: { kind: 'ConfigMap', field: 'name' },
  configMap: { kind: 'ConfigMap', field: 'name' },
  secretRef: { kind: 'Secret', field: 'name' },
  secretKeyRef: { kind: 'Secret', field: 'name' },
  persistentVolumeClaim: { kind: 'PersistentVolumeClaim', field: 'claimName' },
}
const plain: Readonly<Record<string, string>> = {
  serviceAccountName: 'ServiceAccount',
  serviceName: 'Service',
  priorityClassName: 'PriorityClass',
  storageClassName: 'StorageClass',
  ingressClassName: 'IngressClass',
  volumeName: 'PersistentVolume',
}

class Fixer {
  constructor(
    private readonly resources: readonly Resource[],
    private readonly namespace: string | undefined,
  ) {}

  #set(holder: Fields, field: string, kind: string): void {
    const next = renamed(this.resources, kind, holder[field], this.namespace)
    if (next !== undefined) holder[field] = next
  }

  walk(value: unknown): void {
    if (Array.isArray(value)) {
      for (const item of value) this.walk(item)
      return
    }
    if (typeof value !== 'object' || value === null) return
    const holder = value as Fields
    for (const [key, child] of Object.entries(holder)) {
      this.#field(holder, key, child)
      this.walk(child)
    }
  }

  #field(holder: Fields, key: string, child: any): void {
    const below = named[key]
    const isObject = typeof child === 'object' && child !== null && !Array.isArray(child)
    if (below !== undefined && isObject) this.#set(child, below.field, below.kind)
    else if (plain[key] !== undefined) this.#set(holder, key, plain[key])
    else if (key === 'secret' && isObject) {
      this.#set(child, 'secretName', 'Secret')
      this.#set(child, 'name', 'Secret')
    } else if (key === 'service' && isObject) this.#set(child, 'name', 'Service')
    else if ((key === 'roleRef' || key === 'scaleTargetRef' || key === 'targetRef') && isObject)
      this.#set(child, 'name', String(child.kind))
    else if (key === 'imagePullSecrets' || key === 'secrets')
      for (const item of Array.isArray(child) ? child : []) this.#set(item, 'name', 'Secret')
    else if (key === 'tls') for (const item of Array.isArray(child) ? child : []) this.#set(item, 'secretName', 'Secret')
    else if (key === 'subjects')
      for (const item of Array.isArray(child) ? child : []) if (item.kind === 'ServiceAccount') this.#set(item, 'name', 'ServiceAccount')
  }
}

/** Makes every reference follow; data of ConfigMaps and Secrets is left alone. */
export function fixReferences(resources: readonly Resource[]): void {
  for (const { object } of resources) {
    const fixer = new Fixer(resources, object.metadata.namespace)
    for (const key of Object.keys(object)) {
      if (['metadata', 'data', 'stringData', 'binaryData', 'apiVersion', 'kind', 'status'].includes(key)) continue
      fixer.walk({ [key]: object[key] })
      if (key === 'secrets' || key === 'imagePullSecrets' || key === 'roleRef' || key === 'subjects') fixer.walk({ [key]: object[key] })
    }
  }
}

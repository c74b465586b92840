/**
 * The parts every API object shares, and how objects and resources are named.
 * Field meanings: https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/object-meta/
 */

export interface OwnerReference {
  apiVersion: string
  kind: string
  name: string
  uid: string
  controller?: boolean
  blockOwnerDeletion?: boolean
}

export interface ManagedFieldsEntry {
  manager?: string
  operation?: 'Apply' | 'Update'
  apiVersion?: string
  time?: string
  fieldsType?: 'FieldsV1'
  fieldsV1?: Record<string, unknown>
  subresource?: string
}

export interface ObjectMeta {
  name: string
  generateName?: string
  /** Absent on cluster-scoped objects. */
  namespace?: string
  uid?: string
  resourceVersion?: string
  generation?: number
  /** RFC 3339, whole seconds. */
  creationTimestamp?: string
  deletionTimestamp?: string
  deletionGracePeriodSeconds?: number
  labels?: Record<string, string>
  annotations?: Record<string, string>
  ownerReferences?: OwnerReference[]
  finalizers?: string[]
  managedFields?: ManagedFieldsEntry[]
}

/**
 * Any API object. What comes out of the store is deep-frozen: change a copy (immer's `produce`, or spreads), never the object.
 */
export interface ApiObject {
  apiVersion: string
  kind: string
  metadata: ObjectMeta
  [key: string]: any
}

/** Names a resource in one place: `apps`, `v1`, `deployments`. The core group is ''. */
export interface GroupVersionResource {
  readonly group: string
  readonly version: string
  readonly resource: string
}

export const groupOf = (apiVersion: string): string => {
  const slash = apiVersion.indexOf('/')
  return slash < 0 ? '' : apiVersion.slice(0, slash)
}
export const versionOf = (apiVersion: string): string => apiVersion.slice(apiVersion.indexOf('/') + 1)
export const apiVersionOf = (group: string, version: string): string => (group === '' ? version : `${group}/${version}`)

/** The owner that manages the object, if one does. */
export const controllerOf = (object: ApiObject): OwnerReference | undefined =>
  object.metadata.ownerReferences?.find((r) => r.controller === true)

/** `namespace/name`, or the bare name of a cluster-scoped object: what work queues hold. */
export const keyOf = (object: ApiObject): string =>
  object.metadata.namespace === undefined ? object.metadata.name : `${object.metadata.namespace}/${object.metadata.name}`

export const splitKey = (key: string): { namespace: string | undefined; name: string } => {
  const slash = key.indexOf('/')
  return slash < 0 ? { namespace: undefined, name: key } : { namespace: key.slice(0, slash), name: key.slice(slash + 1) }
}

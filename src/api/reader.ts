/**
 * Reading the cluster: what controllers, `describe`, printers and checks are given. It promises snapshots in byte order of
 * namespace and name; objects are deep-frozen.
 */
import type { ResourceTypes } from './generated/resource-types.ts'
import type { ApiObject } from './meta.ts'

/** A resource as errors name it: `pods`, `deployments.apps`, `widgets.example.com`. */
export type ResourceName = keyof ResourceTypes | (string & {})
/** The type of a resource's objects; ApiObject for resources that only a CRD knows. */
export type ObjectOf<R> = R extends keyof ResourceTypes ? ResourceTypes[R] : ApiObject

/** Where a census counts an object, and as what sort. */
export interface Counted {
  readonly under: string
  readonly sort: string
}
/** Reads the object alone; undefined: it is not counted. */
export type CensusFunction = (object: ApiObject) => Counted | undefined

export interface Reader {
  get<R extends ResourceName>(resource: R, namespace: string | undefined, name: string): ObjectOf<R> | undefined
  /** All objects of a resource, or those of one namespace. */
  list<R extends ResourceName>(resource: R, namespace?: string): readonly ObjectOf<R>[]
}

/** A reader over an index: finds objects without looking at the others. In-process only. */
export interface IndexedReader extends Reader {
  /** Objects whose controller or other owner has this uid. */
  ownedBy<R extends ResourceName>(resource: R, ownerUid: string): readonly ObjectOf<R>[]
  /** Objects bound to a node (`spec.nodeName`). */
  onNode<R extends ResourceName>(resource: R, nodeName: string): readonly ObjectOf<R>[]
  /** Objects of a namespace that carry this label with this value. */
  labelled<R extends ResourceName>(resource: R, namespace: string, label: string, value: string): readonly ObjectOf<R>[]
  /** Any other index that a part of the cluster declared with `defineIndex`. */
  byIndex<R extends ResourceName>(resource: R, index: string, value: string): readonly ObjectOf<R>[]
  /** How many objects of each sort a census, declared with `defineCensus`, counts under a value. Read it at once: it moves with the next write. */
  census(resource: ResourceName, census: string, value: string): ReadonlyMap<string, number>
}

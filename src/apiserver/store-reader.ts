/**
 * The store as an IndexedReader. Indexes by owner, node and label are declared the first time a resource is asked for by them.
 */
import type { ApiObject } from '../api/meta.ts'
import type { IndexedReader, ObjectOf, ResourceName } from '../api/reader.ts'
import type { Store } from '../store/store.ts'

const owners = (object: ApiObject): readonly string[] => object.metadata.ownerReferences?.map((r) => r.uid) ?? []
const node = (object: ApiObject): readonly string[] => (object.spec?.nodeName ? [object.spec.nodeName] : [])
const labelKey = (namespace: string, label: string, value: string): string => `${namespace}\u0000${label}\u0000${value}`
const labels = (object: ApiObject): readonly string[] => {
  const { namespace = '', labels } = object.metadata
  return labels === undefined ? [] : Object.keys(labels).map((key) => labelKey(namespace, key, labels[key]!))
}

export class StoreReader implements IndexedReader {
  readonly #store: Store

  constructor(store: Store) {
    this.#store = store
  }

  get<R extends ResourceName>(resource: R, namespace: string | undefined, name: string): ObjectOf<R> | undefined {
    return this.#store.get(resource, namespace, name) as ObjectOf<R> | undefined
  }
  list<R extends ResourceName>(resource: R, namespace?: string): readonly ObjectOf<R>[] {
    return this.#store.list(resource, namespace) as readonly ObjectOf<R>[]
  }
  ownedBy<R extends ResourceName>(resource: R, ownerUid: string): readonly ObjectOf<R>[] {
    this.#store.defineIndex(resource, 'owner', owners, (o) => o.metadata.ownerReferences)
    return this.byIndex(resource, 'owner', ownerUid)
  }
  onNode<R extends ResourceName>(resource: R, nodeName: string): readonly ObjectOf<R>[] {
    this.#store.defineIndex(resource, 'node', node, (o) => o.spec?.nodeName)
    return this.byIndex(resource, 'node', nodeName)
  }
  labelled<R extends ResourceName>(resource: R, namespace: string, label: string, value: string): readonly ObjectOf<R>[] {
    this.#store.defineIndex(resource, 'label', labels, (o) => o.metadata.labels)
    return this.byIndex(resource, 'label', labelKey(namespace, label, value))
  }
  byIndex<R extends ResourceName>(resource: R, index: string, value: string): readonly ObjectOf<R>[] {
    return this.#store.byIndex(resource, index, value) as readonly ObjectOf<R>[]
  }
  census(resource: ResourceName, census: string, value: string): ReadonlyMap<string, number> {
    return this.#store.census(resource, census, value)
  }
}

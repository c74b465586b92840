/**
 * Every resource the cluster knows at this moment, built in or from a CRD: what the garbage collector and the namespace controller walk over.
 */
import facts from '../api/generated/resources.json' with { type: 'json' }
import { groupOf } from '../api/meta.ts'
import type { Reader } from '../api/reader.ts'

export interface KnownResource {
  /** As readers and errors name it: `deployments.apps`. */
  readonly name: string
  /** Plural alone. */
  readonly resource: string
  readonly group: string
  readonly kind: string
  readonly namespaced: boolean
}

/** The same objects under a second group, which must not be walked twice. */
const VIEWS = new Set(['events.events.k8s.io'])

const builtIn: readonly KnownResource[] = Object.entries(facts as Record<string, { kind: string; namespaced: boolean }>)
  .map(([key, fact]) => {
    // `configmaps.v1`, `deployments.apps/v1`: the version is the last part.
    const bare = key.includes('/') ? key.slice(0, key.indexOf('/')) : key.slice(0, key.lastIndexOf('.'))
    const dot = bare.indexOf('.')
    const resource = dot < 0 ? bare : bare.slice(0, dot)
    return { name: bare, resource, group: dot < 0 ? '' : bare.slice(dot + 1), kind: fact.kind, namespaced: fact.namespaced }
  })
  .filter((r) => !VIEWS.has(r.name))

/** Built-in resources in their fixed order, then those of CRDs. */
export function knownResources(read: Reader): readonly KnownResource[] {
  const definitions = read.list('customresourcedefinitions.apiextensions.k8s.io')
  if (definitions.length === 0) return builtIn
  const custom = definitions.map((crd) => ({
    name: crd.metadata.name,
    resource: crd.spec.names.plural,
    group: crd.spec.group,
    kind: crd.spec.names.kind,
    namespaced: crd.spec.scope === 'Namespaced',
  }))
  return [...builtIn, ...custom]
}

const byKind = new Map(builtIn.map((r) => [`${r.group}/${r.kind}`, r]))

/** The resource of a kind as an owner reference names it; undefined when the cluster does not know the kind. */
export function resourceOfKind(apiVersion: string, kind: string, read: Reader): KnownResource | undefined {
  const group = groupOf(apiVersion)
  return byKind.get(`${group}/${kind}`) ?? knownResources(read).find((r) => r.kind === kind && r.group === group)
}

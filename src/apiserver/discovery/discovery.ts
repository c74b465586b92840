/**
 * What the API offers, as clients discover it: group lists, resource lists and the aggregated form
 * (apidiscovery.k8s.io/v2). Plain functions of the registry.
 */
import type { KindDefinition } from '../../api/kind.ts'
import { apiVersionOf } from '../../api/meta.ts'
import type { KindRegistry } from '../../api/registry.ts'
import { GROUP_ORDER } from '../../api/registry.ts'
import type { SubresourceDefinition } from '../subresources/contract.ts'
import { subresourcesOf } from '../subresources/registry.ts'
import type { VirtualResource } from '../virtual/contract.ts'
import { virtualResources } from '../virtual/registry.ts'

/** A served resource, stored or not. */
interface Served {
  readonly group: string
  readonly version: string
  readonly resource: string
  readonly singular: string
  readonly kind: string
  readonly namespaced: boolean
  readonly verbs: readonly string[]
  readonly shortNames: readonly string[]
  readonly categories: readonly string[]
  readonly subresources: readonly SubresourceDefinition[]
}

const fromKind = (kind: KindDefinition): Served => ({
  ...kind,
  // metrics-server names no singulars; clients make them of the kinds.
  singular: kind.aggregated ? '' : kind.singular,
  verbs: [...kind.verbs].sort(),
  subresources: subresourcesOf(kind),
})
const fromVirtual = (v: VirtualResource): Served => ({ ...v, verbs: ['create'], shortNames: [], categories: [], subresources: [] })

function served(registry: KindRegistry): readonly Served[] {
  const virtual = new Set(virtualResources.map((v) => `${apiVersionOf(v.group, v.version)}/${v.resource}`))
  const stored = registry.all.filter((k) => !virtual.has(`${apiVersionOf(k.group, k.version)}/${k.resource}`)).map(fromKind)
  return [...stored, ...virtualResources.map(fromVirtual)].sort((a, b) => (a.resource < b.resource ? -1 : a.resource > b.resource ? 1 : 0))
}

/** Groups other than core with their versions, preferred first, in discovery order. */
function groupVersions(registry: KindRegistry): readonly { group: string; versions: readonly string[] }[] {
  const all = served(registry)
  const known = GROUP_ORDER.filter((g) => g !== '' && all.some((s) => s.group === g))
  const { unserved } = registry
  const others = [...new Set([...registry.groups(), ...unserved.map((u) => u.group)])].filter((g) => !GROUP_ORDER.includes(g))
  return [...known, ...others].map((group) => {
    const stored = registry.versionsOf(group)
    const versions = stored.length > 0 ? stored : [...new Set(all.filter((s) => s.group === group).map((s) => s.version))]
    return { group, versions: [...versions, ...unserved.filter((u) => u.group === group).map((u) => u.version)] }
  })
}

/** `GET /api`. */
export const coreVersions = (serverAddress: string): object => ({
  kind: 'APIVersions',
  versions: ['v1'],
  serverAddressByClientCIDRs: [{ clientCIDR: '0.0.0.0/0', serverAddress }],
})

const asGroup = ({ group, versions }: { group: string; versions: readonly string[] }): Record<string, unknown> => {
  const list = versions.map((version) => ({ groupVersion: `${group}/${version}`, version }))
  return { name: group, versions: list, preferredVersion: list[0] }
}

/** `GET /apis`. */
export const groupList = (registry: KindRegistry): object => ({
  kind: 'APIGroupList',
  apiVersion: 'v1',
  groups: groupVersions(registry).map(asGroup),
})

/** `GET /apis/GROUP`; undefined for a group that is not served. */
export function groupInfo(registry: KindRegistry, group: string): object | undefined {
  const found = groupVersions(registry).find((g) => g.group === group)
  return found === undefined ? undefined : { kind: 'APIGroup', apiVersion: 'v1', ...asGroup(found) }
}

function resourceEntries(s: Served): object[] {
  const own = {
    name: s.resource,
    singularName: s.singular,
    namespaced: s.namespaced,
    kind: s.kind,
    verbs: s.verbs,
    ...(s.shortNames.length > 0 && { shortNames: s.shortNames }),
    ...(s.categories.length > 0 && { categories: s.categories }),
  }
  const nested = s.subresources.map((sub) => ({
    name: `${s.resource}/${sub.name}`,
    singularName: '',
    namespaced: s.namespaced,
    ...(sub.responseKind && sub.responseKind.group !== '' && { group: sub.responseKind.group, version: sub.responseKind.version }),
    kind: sub.responseKind?.kind ?? s.kind,
    verbs: Object.keys(sub.verbs).sort(),
  }))
  return [own, ...nested]
}

/** `GET /api/v1`, `GET /apis/GROUP/VERSION`; undefined for what is not served. */
export function resourceList(registry: KindRegistry, group: string, version: string): object | undefined {
  const found = served(registry).filter((s) => s.group === group && s.version === version)
  if (found.length === 0) return undefined
  return {
    kind: 'APIResourceList',
    apiVersion: 'v1',
    groupVersion: apiVersionOf(group, version),
    resources: found.flatMap(resourceEntries),
  }
}

/** A kind of the resource's own group version, or of the core, goes without them. */
const responseKind = (sub: SubresourceDefinition, s: Served): object =>
  sub.responseKind === undefined || sub.responseKind.group === ''
    ? { group: '', version: '', kind: sub.responseKind?.kind ?? s.kind }
    : sub.responseKind

const aggregated = (s: Served): object => ({
  resource: s.resource,
  responseKind: { group: '', version: '', kind: s.kind },
  scope: s.namespaced ? 'Namespaced' : 'Cluster',
  singularResource: s.singular,
  verbs: s.verbs,
  ...(s.shortNames.length > 0 && { shortNames: s.shortNames }),
  ...(s.categories.length > 0 && { categories: s.categories }),
  ...(s.subresources.length > 0 && {
    subresources: s.subresources.map((sub) => ({
      subresource: sub.name,
      responseKind: responseKind(sub, s),
      verbs: Object.keys(sub.verbs).sort(),
    })),
  }),
})

/** `GET /api` or `/apis` with `as=APIGroupDiscoveryList`. */
export function aggregatedDiscovery(registry: KindRegistry, which: 'core' | 'groups'): object {
  const all = served(registry)
  const groups = which === 'core' ? [{ group: '', versions: ['v1'] }] : groupVersions(registry)
  const items = groups.map(({ group, versions }) => ({
    metadata: group === '' ? {} : { name: group },
    versions: versions.map((version) => ({
      version,
      resources: all.filter((s) => s.group === group && s.version === version).map(aggregated),
      freshness: registry.unserved.some((u) => u.group === group && u.version === version) ? 'Stale' : 'Current',
    })),
  }))
  return { kind: 'APIGroupDiscoveryList', apiVersion: 'apidiscovery.k8s.io/v2', metadata: {}, items }
}

/**
 * All kinds of one API server, found by resource, by kind or by any name a person may type. Kinds that CRDs add live in a second
 * layer, keyed by the CRD, so that a rewind can take them away again.
 */
import { assert } from '../lib/assert.ts'
import { getOrMake } from '../lib/get-or-make.ts'
import { qualifiedResource } from './errors.ts'
import type { GroupVersion, KindDefinition } from './kind.ts'
import { apiVersionOf, groupOf, versionOf } from './meta.ts'

/** The order in which the API server lists its groups; where a bare name fits several groups, the earlier wins. */
export const GROUP_ORDER: readonly string[] = [
  '',
  'apiregistration.k8s.io',
  'apps',
  'events.k8s.io',
  'authentication.k8s.io',
  'authorization.k8s.io',
  'autoscaling',
  'batch',
  'certificates.k8s.io',
  'networking.k8s.io',
  'policy',
  'rbac.authorization.k8s.io',
  'storage.k8s.io',
  'admissionregistration.k8s.io',
  'apiextensions.k8s.io',
  'scheduling.k8s.io',
  'coordination.k8s.io',
  'node.k8s.io',
  'discovery.k8s.io',
  'resource.k8s.io',
  'flowcontrol.apiserver.k8s.io',
]

const rank = (group: string): number => {
  const at = GROUP_ORDER.indexOf(group)
  return at < 0 ? GROUP_ORDER.length : at
}

const versionPattern = /^v(\d+)(?:(alpha|beta)(\d+))?$/

/** Kubernetes' order of versions: v2, v1, v1beta2, v1alpha1, then anything else by name. Negative when `a` comes first. */
export function compareVersions(a: string, b: string): number {
  const x = versionPattern.exec(a)
  const y = versionPattern.exec(b)
  if (x === null || y === null) return x === y ? (a < b ? -1 : a > b ? 1 : 0) : x === null ? 1 : -1
  const stage = (m: RegExpExecArray): number => (m[2] === undefined ? 2 : m[2] === 'beta' ? 1 : 0)
  return stage(y) - stage(x) || Number(y[1]) - Number(x[1]) || Number(y[3] ?? 0) - Number(x[3] ?? 0)
}

function compareKinds(a: KindDefinition, b: KindDefinition): number {
  const byRank = rank(a.group) - rank(b.group)
  if (byRank !== 0) return byRank
  if (a.group !== b.group) return a.group < b.group ? -1 : 1
  return compareVersions(a.version, b.version) || (a.resource < b.resource ? -1 : a.resource > b.resource ? 1 : 0)
}

const kindKey = (group: string, version: string, kind: string): string => `${apiVersionOf(group, version)} ${kind}`

/** The name under which the store keeps a kind's objects, and by which readers ask for them: `pods`, `deployments.apps`. */
export const storeResource = (kind: KindDefinition): string => qualifiedResource(kind.resource, kind.group)

export class KindRegistry {
  readonly #builtIn: readonly KindDefinition[]
  readonly #custom = new Map<string, readonly KindDefinition[]>()
  readonly #unserved = new Map<string, GroupVersion>()
  #all: readonly KindDefinition[] = []
  /** By plural: all groups' and versions' kinds of that name. */
  readonly #byResource = new Map<string, KindDefinition[]>()
  readonly #byKind = new Map<string, KindDefinition>()
  readonly #byStoreName = new Map<string, KindDefinition>()
  readonly #byName = new Map<string, KindDefinition>()
  #customKinds = new Set<KindDefinition>()
  #generation = 0

  constructor(kinds: readonly KindDefinition[]) {
    this.#builtIn = kinds
    this.#rebuild()
  }

  /** Grows with every change of the set of kinds; discovery caches are keyed by it. */
  get generation(): number {
    return this.#generation
  }

  /** Every served kind, in discovery order. */
  get all(): readonly KindDefinition[] {
    return this.#all
  }

  /** The kind served at group, version and plural. */
  byResource(group: string, version: string, resource: string): KindDefinition | undefined {
    return this.#byResource.get(resource)?.findLast((k) => k.version === version && k.group === group)
  }

  /** The kind an object says it is. */
  byKind(apiVersion: string, kind: string): KindDefinition | undefined {
    return this.#byKind.get(kindKey(groupOf(apiVersion), versionOf(apiVersion), kind))
  }

  /** The preferred version of a kind of a group. */
  byGroupKind(group: string, kind: string): KindDefinition | undefined {
    return this.#all.find((k) => k.group === group && k.kind === kind)
  }

  /** By the name readers use: `pods`, `deployments.apps`; the preferred version. */
  byStoreName(name: string): KindDefinition | undefined {
    return this.#byStoreName.get(name)
  }

  /** All versions of a group, preferred first. */
  versionsOf(group: string): readonly string[] {
    return [...new Set(this.#all.filter((k) => k.group === group).map((k) => k.version))]
  }

  /** Groups in discovery order. */
  groups(): readonly string[] {
    return [...new Set(this.#all.map((k) => k.group))]
  }

  /** The kind whose objects the store really holds for this one. */
  stored(kind: KindDefinition): KindDefinition {
    const at = kind.storedAs
    if (at === undefined) return kind
    const found = this.#byKind.get(kindKey(at.group, at.version, at.kind))
    assert(found !== undefined, `${kind.kind} is stored as ${at.kind}, which is not registered`)
    return found
  }

  /**
   * What a person means: `pods`, `pod`, `po`, `deployments.apps`, `deployments.v1.apps`, `Deployment` … A plural beats a singular,
   * which beats a short name; among groups the earlier in discovery order wins.
   */
  resolve(text: string): KindDefinition | undefined {
    const lower = text.toLowerCase()
    const bare = this.#byName.get(lower)
    // Short names are taken to the letter.
    if (bare !== undefined && text !== lower && bare.resource !== lower && bare.singular !== lower) return undefined
    if (bare !== undefined || !lower.includes('.')) return bare
    const dot = lower.indexOf('.')
    const name = lower.slice(0, dot)
    const rest = lower.slice(dot + 1)
    const second = rest.indexOf('.')
    const version = second < 0 ? rest : rest.slice(0, second)
    const group = second < 0 ? '' : rest.slice(second + 1)
    return (
      this.#named(name, (k) => k.version === version && k.group === group) ??
      this.#named(name, (k) => k.group === rest) ??
      this.#named(name, (k) => k.group.startsWith(rest))
    )
  }

  #named(name: string, fits: (kind: KindDefinition) => boolean): KindDefinition | undefined {
    const among = this.#all.filter(fits)
    return (
      among.find((k) => k.resource === name) ?? among.find((k) => k.singular === name) ?? among.find((k) => k.shortNames.includes(name))
    )
  }

  /** Kinds of a category (`all`), preferred versions only, in discovery order. */
  category(name: string): readonly KindDefinition[] {
    return this.#all.filter((k) => k.categories.includes(name) && this.#byStoreName.get(storeResource(k)) === k)
  }

  /** Group versions that are promised but not served now, in the order of their names; discovery says so. */
  get unserved(): readonly GroupVersion[] {
    return [...this.#unserved.keys()].sort().map((source) => this.#unserved.get(source)!)
  }

  setUnserved(source: string, which: GroupVersion | undefined): void {
    if (which === undefined ? !this.#unserved.delete(source) : this.#unserved.has(source)) return
    if (which !== undefined) this.#unserved.set(source, which)
    this.#generation++
  }

  /** Sets (or with [] takes away) the kinds that one definition object adds. */
  setCustom(source: string, kinds: readonly KindDefinition[]): void {
    if (kinds.length === 0 && !this.#custom.delete(source)) return
    if (kinds.length > 0) this.#custom.set(source, kinds)
    this.#rebuild()
  }

  isCustom(kind: KindDefinition): boolean {
    return this.#customKinds.has(kind)
  }

  #rebuild(): void {
    this.#generation++
    this.#customKinds = new Set([...this.#custom.values()].flat())
    this.#all = [...this.#builtIn, ...this.#customKinds].sort(compareKinds)
    for (const map of [this.#byResource, this.#byKind, this.#byStoreName, this.#byName]) map.clear()
    for (const kind of this.#all) {
      getOrMake(this.#byResource, kind.resource, () => [] as KindDefinition[]).push(kind)
      this.#byKind.set(kindKey(kind.group, kind.version, kind.kind), kind)
      if (!this.#byStoreName.has(storeResource(kind))) this.#byStoreName.set(storeResource(kind), kind)
    }
    const name = (text: string, kind: KindDefinition): void => {
      if (!this.#byName.has(text)) this.#byName.set(text, kind)
    }
    for (const kind of this.#all) name(kind.resource, kind)
    for (const kind of this.#all) name(kind.singular, kind)
    for (const kind of this.#all) for (const short of kind.shortNames) name(short, kind)
  }
}

/** Affinity terms made ready: which namespaces and labels they mean, seen from the pod that states them. */
import type { Pod, PodAffinityTerm } from '../../../api/generated/types/core-v1.ts'
import type { LabelSelector } from '../../../api/generated/types/meta.ts'
import type { IndexedReader } from '../../../api/reader.ts'
import { selects } from '../../snapshot.ts'

export interface Term {
  readonly topologyKey: string
  readonly matches: (pod: Pod) => boolean
  /** Terms with the same key mean the same pods. */
  readonly key: string
}

const prepared = new WeakMap<PodAffinityTerm, Map<string, Term>>()

/** `matchLabelKeys` and `mismatchLabelKeys` compare with the stating pod's own labels. */
function selectorFor(term: PodAffinityTerm, labels: Readonly<Record<string, string>>): LabelSelector | undefined {
  const own = (keys: readonly string[] | undefined, operator: 'In' | 'NotIn') =>
    (keys ?? []).filter((k) => labels[k] !== undefined).map((key) => ({ key, operator, values: [labels[key]!] }))
  const extra = [...own(term.matchLabelKeys, 'In'), ...own(term.mismatchLabelKeys, 'NotIn')]
  if (extra.length === 0 || term.labelSelector === undefined) return term.labelSelector
  return { ...term.labelSelector, matchExpressions: [...(term.labelSelector.matchExpressions ?? []), ...extra] }
}

/** A term of `stating`; kept per namespace and label values, since pods of one template share it. */
export function termOf(term: PodAffinityTerm, stating: Pod, read: IndexedReader): Term {
  const labels = stating.metadata.labels ?? {}
  const namespace = stating.metadata.namespace ?? ''
  const dynamic = (term.matchLabelKeys ?? []).length + (term.mismatchLabelKeys ?? []).length > 0
  const slot = dynamic ? `${namespace} ${JSON.stringify(labels)}` : namespace
  let slots = prepared.get(term)
  if (slots === undefined) {
    slots = new Map()
    prepared.set(term, slots)
  }
  const known = slots.get(slot)
  if (known !== undefined) return known
  const selector = selectorFor(term, labels)
  const named = new Set(term.namespaces ?? [])
  const plain = named.size === 0 && term.namespaceSelector === undefined
  const inNamespace = (name: string): boolean =>
    plain
      ? name === namespace
      : named.has(name) ||
        (term.namespaceSelector !== undefined && selects(term.namespaceSelector, read.get('namespaces', undefined, name)?.metadata.labels))
  const made: Term = {
    topologyKey: term.topologyKey,
    matches: (pod) => inNamespace(pod.metadata.namespace ?? '') && selects(selector, pod.metadata.labels),
    key: JSON.stringify([plain ? namespace : [...named], term.namespaceSelector ?? null, selector ?? null]),
  }
  slots.set(slot, made)
  return made
}

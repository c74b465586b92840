/** NodeAffinity: `nodeSelector` and node affinity, required and preferred. */
import type { NodeSelectorTerm } from '../../../api/generated/types/core-v1.ts'
import { podAcceptsNode, termMatches } from '../../../controllers/node-selector.ts'
import { fitsNow, labelsChanged } from '../../changes.ts'
import { type PluginRecord, unresolvable } from '../../contract.ts'
import { normalize } from '../../scores.ts'

const REASON = "node(s) didn't match Pod's node affinity/selector"

/** Names that every term demands through `metadata.name in (…)`; undefined when some term leaves the name open. */
function namedNodes(terms: readonly NodeSelectorTerm[]): Set<string> | undefined {
  const names = new Set<string>()
  for (const term of terms) {
    const byName = (term.matchFields ?? []).filter((r) => r.key === 'metadata.name' && r.operator === 'In')
    if (byName.length === 0) return undefined
    const all = byName.map((r) => new Set(r.values ?? []))
    for (const name of all[0]!) if (all.every((set) => set.has(name))) names.add(name)
  }
  return names
}

export const nodeAffinity: PluginRecord = {
  name: 'NodeAffinity',
  weight: 2,
  preFilter: (_state, pod) => {
    const spec = pod.pod.spec!
    const required = spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution
    if (!required && Object.keys(spec.nodeSelector ?? {}).length === 0) return 'skip'
    const names = required ? namedNodes(required.nodeSelectorTerms ?? []) : undefined
    if (names === undefined || (required!.nodeSelectorTerms ?? []).length === 0) return undefined
    return names.size === 0 ? unresolvable('pod affinity terms conflict') : { nodes: names }
  },
  filter: (_state, pod, node) => (podAcceptsNode(pod.pod.spec!, node.node!) ? undefined : unresolvable(REASON)),
  preScore: (_state, pod) =>
    (pod.pod.spec?.affinity?.nodeAffinity?.preferredDuringSchedulingIgnoredDuringExecution ?? []).length === 0 ? 'skip' : undefined,
  score: (_state, pod, node) => {
    let sum = 0
    for (const p of pod.pod.spec?.affinity?.nodeAffinity?.preferredDuringSchedulingIgnoredDuringExecution ?? []) {
      const { matchExpressions, matchFields } = p.preference
      // An empty preference matches every node, unlike an empty required term.
      if ((matchExpressions ?? []).length + (matchFields ?? []).length === 0 || termMatches(p.preference, node.node!)) sum += p.weight
    }
    return sum
  },
  normalize: (_state, _pod, scores) => normalize(scores),
  wakes: { nodes: (c, pod) => labelsChanged(c) && fitsNow(c, (node) => podAcceptsNode(pod.spec!, node)) },
}

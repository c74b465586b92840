/** Node selector terms (node affinity, volumes' node affinity): requirements are ANDed, terms ORed, an empty term matches nothing. */
import type { Node, NodeSelectorRequirement, NodeSelectorTerm, PodSpec } from '../api/generated/types/core-v1.ts'

const INTEGER = /^[+-]?\d+$/

function meets(r: NodeSelectorRequirement, value: string | undefined): boolean {
  const values = r.values ?? []
  switch (r.operator) {
    case 'In':
      return value !== undefined && values.includes(value)
    case 'NotIn':
      return value === undefined || !values.includes(value)
    case 'Exists':
      return value !== undefined
    case 'DoesNotExist':
      return value === undefined
    default: {
      const [wanted] = values
      if (value === undefined || wanted === undefined || !INTEGER.test(value) || !INTEGER.test(wanted)) return false
      return r.operator === 'Gt' ? Number(value) > Number(wanted) : Number(value) < Number(wanted)
    }
  }
}

export function termMatches(term: NodeSelectorTerm, node: Node): boolean {
  const expressions = term.matchExpressions ?? []
  const fields = term.matchFields ?? []
  if (expressions.length + fields.length === 0) return false
  return (
    expressions.every((r) => meets(r, node.metadata.labels?.[r.key])) &&
    fields.every((r) => meets(r, r.key === 'metadata.name' ? node.metadata.name : undefined))
  )
}

export const anyTermMatches = (terms: readonly NodeSelectorTerm[], node: Node): boolean => terms.some((term) => termMatches(term, node))

/** `nodeSelector` and required node affinity together. */
export function podAcceptsNode(spec: PodSpec, node: Node): boolean {
  for (const [key, value] of Object.entries(spec.nodeSelector ?? {})) if (node.metadata.labels?.[key] !== value) return false
  const required = spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution
  return required === undefined || required === null || anyTermMatches(required.nodeSelectorTerms ?? [], node)
}

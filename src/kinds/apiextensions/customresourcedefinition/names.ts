/**
 * What the API server's own naming and establishing controllers say of a CRD: accepted names and the conditions NamesAccepted and
 * Established. They act within milliseconds of a write, so it is part of the write here.
 */
import type {
  CustomResourceDefinition,
  CustomResourceDefinitionCondition,
  CustomResourceDefinitionNames,
} from '../../../api/generated/types/apiextensions-v1.ts'
import type { PrepareContext } from '../../../api/kind.ts'
import { formatTime } from '../../../api/rfc3339.ts'

interface Conflict {
  readonly reason: string
  readonly message: string
}

function conflictOf(names: CustomResourceDefinitionNames, taken: readonly CustomResourceDefinitionNames[]): Conflict | undefined {
  const resources = new Set(taken.flatMap((n) => [n.plural, n.singular ?? '', ...(n.shortNames ?? [])]))
  const kinds = new Set(taken.flatMap((n) => [n.kind, n.listKind ?? '']))
  const used = (name: string | undefined, set: ReadonlySet<string>): boolean => name !== undefined && name !== '' && set.has(name)
  const message = (name: string): string => `${JSON.stringify(name)} is already in use`
  if (used(names.plural, resources)) return { reason: 'PluralConflict', message: message(names.plural) }
  if (used(names.singular, resources)) return { reason: 'SingularConflict', message: message(names.singular!) }
  const short = (names.shortNames ?? []).filter((n) => used(n, resources))
  if (short.length > 0) return { reason: 'ShortNamesConflict', message: short.map(message).join(', ') }
  if (used(names.kind, kinds)) return { reason: 'KindConflict', message: message(names.kind) }
  return used(names.listKind, kinds) ? { reason: 'ListKindConflict', message: message(names.listKind!) } : undefined
}

function condition(
  old: readonly CustomResourceDefinitionCondition[],
  type: string,
  status: 'True' | 'False',
  reason: string,
  message: string,
  nowMs: number,
): CustomResourceDefinitionCondition {
  const before = old.find((c) => c.type === type)
  const lastTransitionTime = before?.status === status ? before.lastTransitionTime : formatTime(nowMs)
  return { lastTransitionTime: lastTransitionTime ?? formatTime(nowMs), message, reason, status, type }
}

const accepted = (names: CustomResourceDefinitionNames): CustomResourceDefinitionNames => structuredClone(names)

/** Sets `status` of a CRD that is about to be written. */
export function settleNames(crd: CustomResourceDefinition, { reader, nowMs }: PrepareContext): void {
  const others = reader
    .list('customresourcedefinitions.apiextensions.k8s.io')
    .filter((o) => o.spec.group === crd.spec.group && o.metadata.name !== crd.metadata.name)
  const conflict = conflictOf(
    crd.spec.names,
    others.map((o) => o.status?.acceptedNames ?? o.spec.names),
  )
  const old = crd.status?.conditions ?? []
  const established = old.some((c) => c.type === 'Established' && c.status === 'True')
  const storage = crd.spec.versions?.filter((v) => v.storage).map((v) => v.name) ?? []
  const storedVersions = [...new Set([...(crd.status?.storedVersions ?? []), ...storage])]
  const names = conflict
    ? condition(old, 'NamesAccepted', 'False', conflict.reason, conflict.message, nowMs)
    : condition(old, 'NamesAccepted', 'True', 'NoConflicts', 'no conflicts found', nowMs)
  const settled =
    conflict && !established
      ? condition(old, 'Established', 'False', 'NotAccepted', 'not all names are accepted', nowMs)
      : condition(old, 'Established', 'True', 'InitialNamesAccepted', 'the initial names have been accepted', nowMs)
  crd.status = {
    acceptedNames: conflict ? (crd.status?.acceptedNames ?? { kind: '', plural: '' }) : accepted(crd.spec.names),
    conditions: [names, settled],
    storedVersions: storedVersions.length > 0 ? storedVersions : (null as never),
  }
}

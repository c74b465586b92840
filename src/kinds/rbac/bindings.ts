/**
 * What RoleBindings and ClusterRoleBindings share: defaults, checks and cells of roleRef and subjects.
 */
import { type FieldError, invalid, required } from '../../api/errors.ts'
import type { RoleBinding, RoleRef, Subject } from '../../api/generated/types/rbac-v1.ts'
import { dns1123SubdomainErrors, nameIsPathSegment } from '../../api/names.ts'
import { unsupported } from '../core/field-checks.ts'
import { same } from '../fields/same.ts'

export const RBAC_GROUP = 'rbac.authorization.k8s.io'

/** The fields a binding of either scope has. */
export type Binding = Pick<RoleBinding, 'roleRef' | 'subjects'>

export function setBindingDefaults(o: Binding): void {
  o.roleRef ??= { kind: '', name: '' }
  o.roleRef.apiGroup ||= RBAC_GROUP
  for (const subject of o.subjects ?? []) if (subject.kind === 'User' || subject.kind === 'Group') subject.apiGroup ||= RBAC_GROUP
}

function roleRefErrors(ref: RoleRef, kinds: readonly string[]): FieldError[] {
  const found: FieldError[] = []
  if (ref.apiGroup !== RBAC_GROUP) found.push(unsupported('roleRef.apiGroup', ref.apiGroup ?? '', [RBAC_GROUP]))
  if (!kinds.includes(ref.kind)) found.push(unsupported('roleRef.kind', ref.kind ?? '', kinds))
  if (!ref.name) found.push(required('roleRef.name'))
  else found.push(...nameIsPathSegment(ref.name).map((m) => invalid('roleRef.name', ref.name, m)))
  return found
}

function subjectErrors(subject: Subject, namespaced: boolean, path: string): FieldError[] {
  const { kind, name, namespace, apiGroup = '' } = subject
  const found: FieldError[] = name ? [] : [required(`${path}.name`)]
  switch (kind) {
    case 'ServiceAccount':
      if (name) found.push(...dns1123SubdomainErrors(name).map((m) => invalid(`${path}.name`, name, m)))
      if (apiGroup !== '') found.push(unsupported(`${path}.apiGroup`, apiGroup, ['']))
      if (!namespaced && !namespace) found.push(required(`${path}.namespace`))
      return found
    case 'User':
    case 'Group':
      return apiGroup === RBAC_GROUP ? found : [...found, unsupported(`${path}.apiGroup`, apiGroup, [RBAC_GROUP])]
    default:
      return [...found, unsupported(`${path}.kind`, kind ?? '', ['ServiceAccount', 'User', 'Group'])]
  }
}

export const bindingErrors = (o: Binding, namespaced: boolean): FieldError[] => [
  ...roleRefErrors(o.roleRef, namespaced ? ['Role', 'ClusterRole'] : ['ClusterRole']),
  ...(o.subjects ?? []).flatMap((s, i) => subjectErrors(s, namespaced, `subjects[${i}]`)),
]

/** The role of a binding never changes; the message shows it with its Go field names. */
export const bindingUpdateErrors = (next: Binding, previous: Binding): FieldError[] =>
  same(next.roleRef, previous.roleRef)
    ? []
    : [invalid('roleRef', { APIGroup: next.roleRef.apiGroup, Kind: next.roleRef.kind, Name: next.roleRef.name }, 'cannot change roleRef')]

const namesOf = (o: Binding, kind: string, of: (s: Subject) => string): string =>
  (o.subjects ?? [])
    .filter((s) => s.kind === kind)
    .map(of)
    .join(', ')

export const bindingCells = {
  Role: (o: Binding) => `${o.roleRef.kind}/${o.roleRef.name}`,
  Users: (o: Binding) => namesOf(o, 'User', (s) => s.name),
  Groups: (o: Binding) => namesOf(o, 'Group', (s) => s.name),
  ServiceAccounts: (o: Binding) => namesOf(o, 'ServiceAccount', (s) => `${s.namespace ?? ''}/${s.name}`),
}

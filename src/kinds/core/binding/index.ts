/**
 * Binding (core/v1): says that a pod goes to a node. It is posted, acted upon and never stored.
 */
import { defineKind } from '../../../api/define-kind.ts'
import { type FieldError, required } from '../../../api/errors.ts'
import type { ApiObject } from '../../../api/meta.ts'
import { unsupported } from '../field-checks.ts'

export interface Binding extends ApiObject {
  target: { kind?: string; name: string; namespace?: string }
}

function validate(binding: Binding): FieldError[] {
  const target = binding.target ?? { name: '' }
  const found: FieldError[] = []
  if (target.kind && target.kind !== 'Node') found.push(unsupported('target.kind', target.kind, ['Node', '<empty>']))
  if (!target.name) found.push(required('target.name'))
  return found
}

export const binding = defineKind<Binding>({
  group: '',
  version: 'v1',
  kind: 'Binding',
  resource: 'bindings',
  singular: 'binding',
  namespaced: true,
  verbs: ['create'],
  validate,
})

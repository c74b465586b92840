/**
 * IngressClass, networking.k8s.io/v1.
 */
import { defineKind } from '../../../api/define-kind.ts'
import { type FieldError, required, tooLong } from '../../../api/errors.ts'
import type { IngressClass } from '../../../api/generated/types/networking-v1.ts'
import { unsupported } from '../../core/field-checks.ts'
import { domainPrefixedPathErrors } from '../../fields/domain-path.ts'
import { immutable } from '../../fields/same.ts'
import { describe } from './describe.ts'

export const DEFAULT_INGRESS_CLASS = 'ingressclass.kubernetes.io/is-default-class'
const MAX_CONTROLLER = 250

function controllerErrors(controller: string): FieldError[] {
  const path = 'spec.controller'
  if (controller.length > MAX_CONTROLLER) return [tooLong(path, controller, MAX_CONTROLLER)]
  return domainPrefixedPathErrors(controller, path)
}

function parameterErrors(o: IngressClass): FieldError[] {
  const p = o.spec?.parameters
  const path = 'spec.parameters'
  if (p === undefined) return []
  const found: FieldError[] = []
  if (!p.kind) found.push(required(`${path}.kind`, 'kind is required'))
  if (!p.name) found.push(required(`${path}.name`, 'name is required'))
  if (!p.scope) found.push(required(`${path}.scope`))
  else if (p.scope !== 'Cluster' && p.scope !== 'Namespace') found.push(unsupported(`${path}.scope`, p.scope, ['Cluster', 'Namespace']))
  if (p.scope === 'Namespace' && !p.namespace) found.push(required(`${path}.namespace`, "`parameters.scope` is set to 'Namespace'"))
  if (p.scope === 'Cluster' && p.namespace !== undefined)
    found.push({ type: 'Forbidden', field: `${path}.namespace`, detail: "`parameters.scope` is set to 'Cluster'" })
  return found
}

function parametersCell(o: IngressClass): string {
  const p = o.spec?.parameters
  return p === undefined ? '<none>' : `${p.kind}${p.apiGroup === undefined ? '' : `.${p.apiGroup}`}/${p.name}`
}

export const ingressClass = defineKind<IngressClass>({
  group: 'networking.k8s.io',
  version: 'v1',
  kind: 'IngressClass',
  generation: true,
  setDefaults: (o) => {
    o.spec ??= {}
    if (o.spec.parameters !== undefined) o.spec.parameters.scope ??= 'Cluster'
  },
  validate: (o) => [...controllerErrors(o.spec?.controller ?? ''), ...parameterErrors(o)],
  validateUpdate: (next, previous) => immutable(next.spec?.controller, previous.spec?.controller, 'spec.controller'),
  cells: {
    Name: (o) => (o.metadata.annotations?.[DEFAULT_INGRESS_CLASS] === 'true' ? `${o.metadata.name} (default)` : o.metadata.name),
    Controller: (o) => o.spec?.controller ?? '',
    Parameters: parametersCell,
  },
  describe,
})

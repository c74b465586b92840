/**
 * CustomResourceDefinition, apiextensions.k8s.io/v1: an object that adds kinds to the API.
 */
import { defineKind } from '../../../api/define-kind.ts'
import type { CustomResourceDefinition } from '../../../api/generated/types/apiextensions-v1.ts'
import { kindFromCrd } from '../customresource/kind-from-crd.ts'
import { settleNames } from './names.ts'
import { validate, validateUpdate } from './validate.ts'

function setDefaults(o: CustomResourceDefinition): void {
  o.spec ??= {} as CustomResourceDefinition['spec']
  const spec = o.spec
  spec.group ??= ''
  spec.scope ??= ''
  spec.names ??= { kind: '', plural: '' }
  spec.names.plural ??= ''
  spec.names.kind ??= ''
  if (!spec.names.singular && spec.names.kind !== '') spec.names.singular = spec.names.kind.toLowerCase()
  if (!spec.names.listKind && spec.names.kind !== '') spec.names.listKind = `${spec.names.kind}List`
  spec.conversion ??= { strategy: 'None' }
  if (spec.preserveUnknownFields === false) delete spec.preserveUnknownFields
  for (const version of spec.versions ?? []) {
    version.name ??= ''
    version.served ??= false
    version.storage ??= false
  }
}

const isEstablished = (o: CustomResourceDefinition): boolean =>
  o.status?.conditions?.some((c) => c.type === 'Established' && c.status === 'True') === true

export const customResourceDefinition = defineKind<CustomResourceDefinition>({
  group: 'apiextensions.k8s.io',
  version: 'v1',
  kind: 'CustomResourceDefinition',
  generation: true,
  anyFinalizer: true,
  nameRule: () => [],
  setDefaults,
  prepareForCreate: (o, context) => {
    delete o.status
    settleNames(o, context)
  },
  prepareForUpdate: (next, _previous, context) => settleNames(next, context),
  validate,
  validateUpdate,
  subresources: { status: true },
  definesKinds: (o) => (isEstablished(o) ? o.spec.versions.filter((v) => v.served).map((v) => kindFromCrd(o, v)) : []),
})

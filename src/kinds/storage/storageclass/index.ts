/**
 * StorageClass, storage.k8s.io/v1.
 */
import { defineKind } from '../../../api/define-kind.ts'
import { duplicate, type FieldError, invalid, required } from '../../../api/errors.ts'
import type { StorageClass } from '../../../api/generated/types/storage-v1.ts'
import { qualifiedNameErrors } from '../../../api/names.ts'
import { checked, unsupported } from '../../core/field-checks.ts'
import { nodeLabels } from '../../core/pod/warnings.ts'
import { immutable } from '../../fields/same.ts'
import { isDefaultStorageClass } from './default-class.ts'
import { describe } from './describe.ts'

function validate(o: StorageClass): FieldError[] {
  const found: FieldError[] = []
  const provisioner = o.provisioner ?? ''
  if (provisioner === '') found.push(required('provisioner'))
  else found.push(...qualifiedNameErrors(provisioner.toLowerCase()).map((m) => invalid('provisioner', provisioner, m)))
  for (const key of Object.keys(o.parameters ?? {})) if (key === '') found.push(invalid('parameters', key, 'field can not be empty.'))
  const policy = o.reclaimPolicy
  if (policy && policy !== 'Delete' && policy !== 'Retain') found.push(unsupported('reclaimPolicy', policy, ['Delete', 'Retain']))
  const mode = o.volumeBindingMode
  if (mode === undefined) found.push(required('volumeBindingMode'))
  else if (mode !== 'Immediate' && mode !== 'WaitForFirstConsumer')
    found.push(unsupported('volumeBindingMode', mode, ['Immediate', 'WaitForFirstConsumer']))
  return [
    ...found,
    ...(o.allowedTopologies ?? []).flatMap((term, i) => topologyErrors(term, `allowedTopologies[${i}].matchLabelExpressions`)),
  ]
}

type TopologyTerm = NonNullable<StorageClass['allowedTopologies']>[number]

/** Where volumes may be made: each key once, each value once. */
function topologyErrors(term: TopologyTerm, path: string): FieldError[] {
  const keys = new Set<string>()
  return (term.matchLabelExpressions ?? []).flatMap(({ key = '', values = [] }, i) => {
    const at = `${path}[${i}]`
    const found: FieldError[] = values.length === 0 ? [required(`${at}.values`)] : []
    for (const [j, value] of values.entries()) if (values.indexOf(value) < j) found.push(duplicate(`${at}.values[${j}]`, value))
    found.push(...checked(`${at}.key`, key, qualifiedNameErrors(key)))
    if (keys.has(key)) found.push(duplicate(`${at}.key`, key))
    keys.add(key)
    return found
  })
}

export const storageClass = defineKind<StorageClass>({
  group: 'storage.k8s.io',
  version: 'v1',
  kind: 'StorageClass',
  setDefaults: (o) => {
    o.provisioner ??= ''
    o.reclaimPolicy ??= 'Delete'
    o.volumeBindingMode ??= 'Immediate'
  },
  validate,
  warnings: (o) =>
    (o.allowedTopologies ?? []).flatMap((term, i) =>
      (term.matchLabelExpressions ?? []).flatMap((e, j) =>
        nodeLabels[e.key] ? [`allowedTopologies[${i}].matchLabelExpressions[${j}]: ${nodeLabels[e.key]}`] : [],
      ),
    ),
  validateUpdate: (next, previous) =>
    (['parameters', 'provisioner', 'reclaimPolicy', 'volumeBindingMode'] as const).flatMap((f) => immutable(next[f], previous[f], f)),
  cells: {
    Name: (o) => (isDefaultStorageClass(o) ? `${o.metadata.name} (default)` : o.metadata.name),
    Provisioner: (o) => o.provisioner,
    ReclaimPolicy: (o) => o.reclaimPolicy ?? 'Delete',
    VolumeBindingMode: (o) => o.volumeBindingMode ?? '<unset>',
    AllowVolumeExpansion: (o) => o.allowVolumeExpansion === true,
  },
  describe,
})

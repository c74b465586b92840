/**
 * Namespace (core/v1): its name label, its finalizers in spec, Active until it is deleted.
 */
import { defineKind } from '../../../api/define-kind.ts'
import type { Namespace } from '../../../api/generated/types/core-v1.ts'
import { nameIsDns1123Label } from '../../../api/names.ts'
import { describeNamespace } from './describe.ts'

const NAME_LABEL = 'kubernetes.io/metadata.name'
const FINALIZER = 'kubernetes'

function setDefaults(namespace: Namespace): void {
  if (!namespace.metadata.name) return
  namespace.metadata.labels ??= {}
  namespace.metadata.labels[NAME_LABEL] = namespace.metadata.name
}

export const namespace = defineKind<Namespace>({
  group: '',
  version: 'v1',
  kind: 'Namespace',
  subresources: { status: true },
  nameRule: (name) => nameIsDns1123Label(name),
  setDefaults,
  prepareForCreate: (n) => {
    n.status = { phase: 'Active' }
    const finalizers = n.spec?.finalizers ?? []
    n.spec = { finalizers: finalizers.includes(FINALIZER) ? finalizers : [...finalizers, FINALIZER] }
  },
  prepareForUpdate: (next, previous) => {
    next.spec = { finalizers: [...(previous.spec?.finalizers ?? [])] }
  },
  markDeleted: (n) => {
    n.status = { ...n.status, phase: 'Terminating' }
  },
  hasPendingFinalizers: (n) => (n.spec?.finalizers?.length ?? 0) > 0,
  fieldSelectors: { 'status.phase': (n) => n.status?.phase ?? '', name: (n) => n.metadata.name },
  describe: describeNamespace,
  cells: { Status: (n) => n.status?.phase ?? '' },
})

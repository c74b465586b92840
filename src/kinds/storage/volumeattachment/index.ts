/**
 * VolumeAttachment, storage.k8s.io/v1: a volume that is, or shall be, attached to a node.
 */
import { defineKind } from '../../../api/define-kind.ts'
import { required } from '../../../api/errors.ts'
import type { VolumeAttachment } from '../../../api/generated/types/storage-v1.ts'
import { immutable } from '../../fields/same.ts'

export const volumeAttachment = defineKind<VolumeAttachment>({
  group: 'storage.k8s.io',
  version: 'v1',
  kind: 'VolumeAttachment',
  setDefaults: (o) => {
    o.spec ??= { attacher: '', nodeName: '', source: {} }
    o.status ??= { attached: false }
  },
  prepareForCreate: (o) => {
    o.status = { attached: false }
  },
  validate: (o) => [
    ...(o.spec.attacher ? [] : [required('spec.attacher')]),
    ...(o.spec.source?.persistentVolumeName === undefined && o.spec.source?.inlineVolumeSpec === undefined
      ? [required('spec.source', 'must specify exactly one of inlineVolumeSpec and persistentVolumeName')]
      : []),
    ...(o.spec.nodeName ? [] : [required('spec.nodeName')]),
  ],
  validateUpdate: (next, previous) => immutable(next.spec, previous.spec, 'spec'),
  subresources: { status: true },
  cells: {
    Attacher: (o) => o.spec.attacher,
    PV: (o) => o.spec.source.persistentVolumeName ?? '',
    Node: (o) => o.spec.nodeName,
    Attached: (o) => o.status?.attached === true,
  },
})

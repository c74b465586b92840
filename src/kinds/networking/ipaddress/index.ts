/**
 * IPAddress, networking.k8s.io/v1: an address of the Service network that is taken.
 */
import { defineKind } from '../../../api/define-kind.ts'
import { required } from '../../../api/errors.ts'
import type { IPAddress } from '../../../api/generated/types/networking-v1.ts'
import { ipErrors } from '../../../api/names.ts'
import { immutable } from '../../fields/same.ts'
import { describe } from './describe.ts'

function parentText({ spec }: IPAddress): string {
  const { group = '', resource, namespace, name } = spec.parentRef
  return [group === '' ? resource : `${resource}.${group}`, namespace, name].filter((part) => part).join('/')
}

export const ipAddress = defineKind<IPAddress>({
  group: 'networking.k8s.io',
  version: 'v1',
  kind: 'IPAddress',
  nameRule: ipErrors,
  validate: (o) => {
    const parent = o.spec?.parentRef
    if (parent === undefined) return [required('spec.parentRef')]
    return [...(parent.resource ? [] : [required('spec.parentRef.resource')]), ...(parent.name ? [] : [required('spec.parentRef.name')])]
  },
  validateUpdate: (next, previous) => immutable(next.spec?.parentRef, previous.spec?.parentRef, 'spec.parentRef'),
  describe,
  cells: { ParentRef: parentText },
})

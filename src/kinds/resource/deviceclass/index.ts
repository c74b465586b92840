/**
 * DeviceClass, resource.k8s.io/v1. Devices are not simulated: the object is kept, nothing is allocated.
 */
import { defineKind } from '../../../api/define-kind.ts'
import { openSchema } from '../../fields/open-schema.ts'

export const deviceClass = defineKind({ group: 'resource.k8s.io', version: 'v1', kind: 'DeviceClass', schema: openSchema() })

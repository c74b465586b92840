/**
 * The schema of kinds that the simulation keeps and shows but gives no meaning to: what an object always has is checked, the rest is
 * kept as it is written.
 */
import { definition } from '../../api/definitions.ts'
import type { Schema } from '../../api/schema.ts'

const open: Schema = { type: 'object', preserveUnknown: true }

export const openSchema = (): Schema => ({
  type: 'object',
  properties: {
    apiVersion: { type: 'string' },
    kind: { type: 'string' },
    metadata: definition('io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta'),
    spec: open,
    status: open,
  },
})

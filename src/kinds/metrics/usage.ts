/** What NodeMetrics and PodMetrics have in common: served by metrics-server, read only. https://github.com/kubernetes/metrics */
import { definition } from '../../api/definitions.ts'
import type { Cell, Column } from '../../api/kind.ts'
import type { ApiObject } from '../../api/meta.ts'
import type { Schema } from '../../api/schema.ts'

export const METRICS_GROUP = 'metrics.k8s.io'
export const METRICS_VERSION = 'v1beta1'

export const usageSchema: Schema = { type: 'object', additionalProperties: { type: 'string', format: 'quantity' } }

export const metricsSchema = (name: string, own: Readonly<Record<string, Schema>>): Schema => ({
  type: 'object',
  name: `io.k8s.metrics.pkg.apis.metrics.v1beta1.${name}`,
  properties: {
    apiVersion: { type: 'string' },
    kind: { type: 'string' },
    metadata: definition('io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta'),
    timestamp: { type: 'string', format: 'date-time' },
    window: { type: 'string' },
    ...own,
  },
})

const column = (name: string, format: string, value: (object: ApiObject) => Cell): Column => ({
  name,
  type: 'string',
  format,
  priority: 0,
  value,
})

/** The columns that metrics-server gives its tables. */
export const usageColumns = (usage: (object: ApiObject, resource: 'cpu' | 'memory') => string): readonly Column[] => [
  column('Name', 'name', (o) => o.metadata.name),
  column('cpu', 'quantity', (o) => usage(o, 'cpu')),
  column('memory', 'quantity', (o) => usage(o, 'memory')),
  column('Window', 'duration', (o) => o['window'] as string),
]

/** PodMetrics, metrics.k8s.io/v1beta1: what the containers of a pod use. */
import { defineKind } from '../../../api/define-kind.ts'
import type { ApiObject } from '../../../api/meta.ts'
import { addQuantities, formatQuantity, parseQuantity } from '../../../api/quantity.ts'
import { METRICS_GROUP, METRICS_VERSION, metricsSchema, usageColumns, usageSchema } from '../usage.ts'

interface ContainerUsage {
  readonly name: string
  readonly usage: Readonly<Record<string, string>>
}

const sum = (o: ApiObject, resource: 'cpu' | 'memory'): string =>
  formatQuantity(
    ((o['containers'] ?? []) as readonly ContainerUsage[])
      .map((c) => parseQuantity(c.usage[resource]))
      .reduce((a, b) => addQuantities(a, b)),
  )

export const podMetrics = defineKind({
  group: METRICS_GROUP,
  version: METRICS_VERSION,
  kind: 'PodMetrics',
  resource: 'pods',
  singular: 'podmetrics',
  namespaced: true,
  aggregated: true,
  verbs: ['get', 'list'],
  schema: metricsSchema('PodMetrics', {
    containers: {
      type: 'array',
      items: {
        type: 'object',
        name: 'io.k8s.metrics.pkg.apis.metrics.v1beta1.ContainerMetrics',
        properties: { name: { type: 'string' }, usage: usageSchema },
      },
    },
  }),
  columns: usageColumns(sum),
})

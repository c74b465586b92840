/** NodeMetrics, metrics.k8s.io/v1beta1: what a node uses. */
import { defineKind } from '../../../api/define-kind.ts'
import { METRICS_GROUP, METRICS_VERSION, metricsSchema, usageColumns, usageSchema } from '../usage.ts'

export const nodeMetrics = defineKind({
  group: METRICS_GROUP,
  version: METRICS_VERSION,
  kind: 'NodeMetrics',
  resource: 'nodes',
  singular: 'nodemetrics',
  namespaced: false,
  aggregated: true,
  verbs: ['get', 'list'],
  schema: metricsSchema('NodeMetrics', { usage: usageSchema }),
  columns: usageColumns((o, resource) => (o['usage'] as Record<string, string>)[resource] ?? '0'),
})

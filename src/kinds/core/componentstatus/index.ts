/**
 * ComponentStatus (core/v1, deprecated): whether the parts of the control plane answer their health checks, looked up whenever somebody asks.
 */
import { defineKind } from '../../../api/define-kind.ts'
import type { ComponentStatus } from '../../../api/generated/types/core-v1.ts'

/** Names as the API has them, and the component behind each, in the order in which the real server lists them. */
const COMPONENTS = [
  ['etcd-0', 'etcd'],
  ['scheduler', 'kube-scheduler'],
  ['controller-manager', 'kube-controller-manager'],
] as const

const healthy = (status: ComponentStatus) => status.conditions?.find((c) => c.type === 'Healthy')

export const componentStatus = defineKind<ComponentStatus>({
  group: '',
  version: 'v1',
  kind: 'ComponentStatus',
  deprecation: 'v1 ComponentStatus is deprecated in v1.19+',
  lookedUp: (problemOf) =>
    COMPONENTS.map(([name, component]) => {
      const problem = problemOf(component)
      const status = problem === undefined ? 'True' : 'False'
      return {
        kind: 'ComponentStatus',
        apiVersion: 'v1',
        metadata: { name },
        conditions: [{ type: 'Healthy', status, message: problem ?? 'ok' }],
      } as ComponentStatus
    }),
  cells: {
    Status: (s) => (healthy(s)?.status === 'True' ? 'Healthy' : 'Unhealthy'),
    Message: (s) => healthy(s)?.message ?? '',
    Error: (s) => healthy(s)?.error ?? '',
  },
})

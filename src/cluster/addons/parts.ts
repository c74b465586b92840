/** Small pieces that the add-ons' manifests share. */
import type { ApiObject } from '../../api/meta.ts'

export const namespace = (name: string, labels: Record<string, string> = {}): ApiObject => ({
  apiVersion: 'v1',
  kind: 'Namespace',
  metadata: { name, ...(Object.keys(labels).length > 0 && { labels }) },
})

export const serviceAccount = (name: string, ns: string): ApiObject => ({
  apiVersion: 'v1',
  kind: 'ServiceAccount',
  metadata: { name, namespace: ns },
})

interface Rule {
  readonly apiGroups: string[]
  readonly resources: string[]
  readonly verbs: string[]
}

/** A ClusterRole of that name, bound to a ServiceAccount. */
export function clusterRole(name: string, account: string, ns: string, rules: readonly Rule[]): ApiObject[] {
  return [
    { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRole', metadata: { name }, rules: rules as never },
    {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'ClusterRoleBinding',
      metadata: { name },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name },
      subjects: [{ kind: 'ServiceAccount', name: account, namespace: ns }],
    },
  ]
}

export const reading = (group: string, ...resources: string[]): Rule => ({ apiGroups: [group], resources, verbs: ['get', 'list', 'watch'] })

export const controlPlaneToleration = { key: 'node-role.kubernetes.io/control-plane', effect: 'NoSchedule' }
export const tolerateAll = [{ operator: 'Exists' }]

interface Workload {
  readonly name: string
  readonly namespace: string
  readonly labels: Record<string, string>
  readonly spec: Record<string, unknown>
}

export const deployment = (
  { name, namespace: ns, labels, spec }: Workload,
  replicas: number,
  more: Record<string, unknown> = {},
): ApiObject => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name, namespace: ns, labels },
  spec: { replicas, selector: { matchLabels: labels }, template: { metadata: { labels }, spec }, ...more },
})

export const daemonSet = ({ name, namespace: ns, labels, spec }: Workload): ApiObject => ({
  apiVersion: 'apps/v1',
  kind: 'DaemonSet',
  metadata: { name, namespace: ns, labels },
  spec: { selector: { matchLabels: labels }, updateStrategy: { type: 'RollingUpdate' }, template: { metadata: { labels }, spec } },
})

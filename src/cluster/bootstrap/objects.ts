/** What a fresh cluster holds before anybody uses it: namespaces, default roles and bindings, priority classes, the API's own Service. */
import type { ApiObject } from '../../api/meta.ts'
import facts from './facts.json' with { type: 'json' }

interface Named {
  readonly name: string
  readonly namespace?: string
  readonly labels?: Record<string, string>
  readonly annotations?: Record<string, string>
}

const metadata = ({ name, namespace, labels, annotations }: Named): ApiObject['metadata'] => ({
  name,
  ...(namespace && { namespace }),
  ...(labels && { labels }),
  ...(annotations && { annotations }),
})

const RBAC = 'rbac.authorization.k8s.io/v1'

function rbac(kind: string, list: readonly (Named & Record<string, unknown>)[]): ApiObject[] {
  return list.map(({ name, namespace, labels, annotations, ...rest }) => ({
    apiVersion: RBAC,
    kind,
    metadata: metadata({ name, ...(namespace && { namespace }), ...(labels && { labels }), annotations: { 'rbac.authorization.kubernetes.io/autoupdate': 'true', ...annotations } }),
    ...structuredClone(rest),
  }))
}

export const NAMESPACES = ['default', 'kube-node-lease', 'kube-public', 'kube-system']

/** In the order in which they are created. */
export function bootstrapObjects(): ApiObject[] {
  const named = (list: unknown): readonly (Named & Record<string, unknown>)[] => list as readonly (Named & Record<string, unknown>)[]
  return [
    ...NAMESPACES.map((name) => ({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } })),
    ...named(facts.priorityclasses).map(({ name, labels, annotations, ...rest }) => ({ apiVersion: 'scheduling.k8s.io/v1', kind: 'PriorityClass', metadata: metadata({ name, ...(labels && { labels }), ...(annotations && { annotations }) }), ...structuredClone(rest) })),
    ...rbac('ClusterRole', named(facts.clusterroles)),
    ...rbac('ClusterRoleBinding', named(facts.clusterrolebindings)),
    ...rbac('Role', named(facts.roles)),
    ...rbac('RoleBinding', named(facts.rolebindings)),
  ]
}

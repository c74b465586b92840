/** Who the player is: the user of their kubeconfig, and the RBAC objects that give them what a developer or an administrator has. */
import type { ApiObject } from '../api/meta.ts'
import type { PlayerSpec } from './format/level.ts'

const RBAC = 'rbac.authorization.k8s.io/v1'
const USER = 'dev'

export const personaUser = (persona: NonNullable<PlayerSpec['persona']>): { name: string; groups: readonly string[] } =>
  persona === 'cluster-admin' ? { name: 'admin', groups: ['system:masters'] } : { name: USER, groups: ['developers'] }

/** What everybody who develops may look at beyond their namespace. */
const CLUSTER_VIEW = [
  { apiGroups: [''], resources: ['nodes', 'namespaces', 'persistentvolumes'], verbs: ['get', 'list', 'watch'] },
  { apiGroups: ['storage.k8s.io'], resources: ['storageclasses'], verbs: ['get', 'list', 'watch'] },
  { apiGroups: ['networking.k8s.io'], resources: ['ingressclasses'], verbs: ['get', 'list', 'watch'] },
  { apiGroups: ['scheduling.k8s.io'], resources: ['priorityclasses'], verbs: ['get', 'list', 'watch'] },
  { apiGroups: ['metrics.k8s.io'], resources: ['nodes', 'pods'], verbs: ['get', 'list'] },
]

export function personaObjects(namespace: string, player: PlayerSpec | undefined): ApiObject[] {
  const persona = player?.persona ?? 'cluster-admin'
  if (persona === 'cluster-admin') return []
  const subjects = [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: USER }]
  const bind = (kind: 'ClusterRoleBinding' | 'RoleBinding', name: string, role: string): ApiObject => ({
    apiVersion: RBAC,
    kind,
    metadata: { name, ...(kind === 'RoleBinding' && { namespace }) },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: role },
    subjects,
  })
  const objects: ApiObject[] = []
  objects.push({ apiVersion: RBAC, kind: 'ClusterRole', metadata: { name: 'lab:cluster-view' }, rules: CLUSTER_VIEW })
  objects.push(bind('ClusterRoleBinding', 'lab:player-cluster-view', 'lab:cluster-view'))
  if (persona === 'developer') objects.push(bind('RoleBinding', 'lab:player', 'edit'))
  else {
    objects.push({
      apiVersion: RBAC,
      kind: 'ClusterRole',
      metadata: { name: 'lab:player' },
      rules: persona as unknown as Record<string, unknown>[],
    })
    objects.push(bind('RoleBinding', 'lab:player', 'lab:player'))
  }
  for (const user of player?.sudo ?? []) {
    objects.push({
      apiVersion: RBAC,
      kind: 'ClusterRole',
      metadata: { name: `lab:as-${user}` },
      rules: [{ apiGroups: [''], resources: ['users'], resourceNames: [user], verbs: ['impersonate'] }],
    })
    objects.push(bind('ClusterRoleBinding', `lab:player-as-${user}`, `lab:as-${user}`))
    objects.push({
      ...bind('ClusterRoleBinding', `lab:sudo-${user}`, 'cluster-admin'),
      subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: user }],
    })
  }
  return objects
}

/** The APIServices that an API server registers for its own group versions when it starts: who answers for them, and in which order groups are preferred. */
import type { ApiObject } from '../../api/meta.ts'

/** Group → priority of the group, in upstream's numbers. */
const GROUPS: Readonly<Record<string, number>> = {
  '': 18_000,
  apps: 17_800,
  'events.k8s.io': 17_750,
  'authentication.k8s.io': 17_700,
  'authorization.k8s.io': 17_600,
  autoscaling: 17_500,
  batch: 17_400,
  'certificates.k8s.io': 17_300,
  'networking.k8s.io': 17_200,
  policy: 17_100,
  'rbac.authorization.k8s.io': 17_000,
  'storage.k8s.io': 16_800,
  'admissionregistration.k8s.io': 16_700,
  'apiextensions.k8s.io': 16_700,
  'scheduling.k8s.io': 16_600,
  'coordination.k8s.io': 16_500,
  'node.k8s.io': 16_300,
  'discovery.k8s.io': 16_200,
  'flowcontrol.apiserver.k8s.io': 16_100,
  'resource.k8s.io': 15_900,
}
const VERSION_PRIORITY = 15
/** Where they differ from the rest. */
const VERSIONS: Readonly<Record<string, number>> = { 'v1.': 1, 'v2.autoscaling': 30 }

export function localApiServices(): ApiObject[] {
  const names = Object.keys(GROUPS).flatMap((group) => (group === 'autoscaling' ? [`v1.${group}`, `v2.${group}`] : [`v1.${group}`]))
  return names.map((name) => {
    const [version, group] = [name.slice(0, name.indexOf('.')), name.slice(name.indexOf('.') + 1)]
    return {
      apiVersion: 'apiregistration.k8s.io/v1',
      kind: 'APIService',
      metadata: { name, labels: { 'kube-aggregator.kubernetes.io/automanaged': 'onstart' } },
      spec: {
        ...(group !== '' && { group }),
        groupPriorityMinimum: GROUPS[group],
        version,
        versionPriority: VERSIONS[name] ?? VERSION_PRIORITY,
      },
    } as ApiObject
  })
}

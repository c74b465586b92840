/** The metrics of kube-state-metrics that are made here: which list each comes from, and what is said of an object. */
import { parseQuantity } from '../../api/quantity.ts'

/** Resource → its path. */
export const SOURCES: Readonly<Record<string, string>> = {
  nodes: '/api/v1/nodes',
  namespaces: '/api/v1/namespaces',
  pods: '/api/v1/pods',
  services: '/api/v1/services',
  persistentvolumeclaims: '/api/v1/persistentvolumeclaims',
  deployments: '/apis/apps/v1/deployments',
  statefulsets: '/apis/apps/v1/statefulsets',
  daemonsets: '/apis/apps/v1/daemonsets',
  jobs: '/apis/batch/v1/jobs',
}

interface Status {
  readonly phase?: string
  readonly conditions?: readonly { readonly type: string; readonly status: string }[]
  readonly containerStatuses?: readonly {
    readonly name: string
    readonly ready?: boolean
    readonly restartCount?: number
    readonly state?: { readonly waiting?: { readonly reason?: string }; readonly terminated?: { readonly reason?: string } }
    readonly lastState?: { readonly terminated?: { readonly reason?: string } }
  }[]
  readonly capacity?: Readonly<Record<string, string>>
  readonly allocatable?: Readonly<Record<string, string>>
  readonly [count: string]: unknown
}
export interface Listed {
  readonly metadata: {
    readonly name: string
    readonly namespace?: string
    readonly uid?: string
    readonly labels?: Readonly<Record<string, string>>
  }
  readonly spec?: {
    readonly replicas?: number
    readonly nodeName?: string
    readonly unschedulable?: boolean
    readonly type?: string
    readonly clusterIP?: string
    readonly storageClassName?: string
    readonly containers?: readonly {
      readonly name: string
      readonly image?: string
      readonly resources?: Readonly<Record<string, Readonly<Record<string, string>> | undefined>>
    }[]
    readonly [field: string]: unknown
  }
  readonly status?: Status
}
type Made = { readonly labels: Readonly<Record<string, string>>; readonly value: number }

export interface Family {
  readonly name: string
  readonly help: string
  readonly resource: string
  samples(o: Listed): readonly Made[]
}
const family = (resource: string, name: string, help: string, samples: Family['samples']): Family => ({ resource, name, help, samples })

/** What one object is called in labels: `pod`, `deployment`. */
const called =
  (kind: string) =>
  (o: Listed): Record<string, string> => ({
    ...(o.metadata.namespace !== undefined && { namespace: o.metadata.namespace }),
    [kind]: o.metadata.name,
  })
const number = (v: unknown): number => (typeof v === 'number' ? v : 0)
/** A count of status or spec. */
const counts = (
  resource: string,
  kind: string,
  prefix: string,
  fields: Readonly<Record<string, readonly [help: string, of: (o: Listed) => unknown]>>,
): Family[] =>
  Object.entries(fields).map(([name, [help, of]]) =>
    family(resource, `${prefix}_${name}`, help, (o) => [{ labels: called(kind)(o), value: number(of(o)) }]),
  )
const UNITS: Readonly<Record<string, string>> = { cpu: 'core', memory: 'byte', 'ephemeral-storage': 'byte', pods: 'integer' }
const amounts = (base: Record<string, string>, from: Readonly<Record<string, string>> | undefined): Made[] =>
  Object.entries(from ?? {}).map(([resource, text]) => ({
    labels: { ...base, resource: resource.replaceAll('-', '_'), unit: UNITS[resource] ?? 'integer' },
    value: Number(parseQuantity(text).nano) / 1e9,
  }))
const pod = called('pod')
const node = called('node')
const PHASES = ['Pending', 'Succeeded', 'Failed', 'Unknown', 'Running']
const conditions = (o: Listed, base: Record<string, string>, of: (type: string) => Record<string, string>): Made[] =>
  (o.status?.conditions ?? []).flatMap((c) =>
    ['true', 'false', 'unknown'].map((status) => ({
      labels: { ...base, ...of(c.type), status },
      value: Number(c.status.toLowerCase() === status),
    })),
  )

export const FAMILIES: readonly Family[] = [
  family('namespaces', 'kube_namespace_status_phase', 'kubernetes namespace status phase.', (o) =>
    ['Active', 'Terminating'].map((phase) => ({ labels: { namespace: o.metadata.name, phase }, value: Number(o.status?.phase === phase) })),
  ),
  family('nodes', 'kube_node_info', 'Information about a cluster node.', (o) => [{ labels: node(o), value: 1 }]),
  family('nodes', 'kube_node_spec_unschedulable', 'Whether a node can schedule new pods.', (o) => [
    { labels: node(o), value: Number(o.spec?.unschedulable === true) },
  ]),
  family('nodes', 'kube_node_status_condition', 'The condition of a cluster node.', (o) =>
    conditions(o, node(o), (condition) => ({ condition })),
  ),
  family('nodes', 'kube_node_status_capacity', 'The total amount of resources available for a node.', (o) =>
    amounts(node(o), o.status?.capacity),
  ),
  family(
    'nodes',
    'kube_node_status_allocatable',
    'The amount of resources allocatable for pods (after reserving some for system daemons).',
    (o) => amounts(node(o), o.status?.allocatable),
  ),
  family('pods', 'kube_pod_info', 'Information about pod.', (o) => [
    { labels: { ...pod(o), uid: o.metadata.uid ?? '', node: o.spec?.nodeName ?? '', pod_ip: String(o.status?.['podIP'] ?? '') }, value: 1 },
  ]),
  family('pods', 'kube_pod_status_phase', 'The pods current phase.', (o) =>
    PHASES.map((phase) => ({ labels: { ...pod(o), phase }, value: Number(o.status?.phase === phase) })),
  ),
  family('pods', 'kube_pod_status_ready', 'Describes whether the pod is ready to serve requests.', (o) => {
    const ready = o.status?.conditions?.find((c) => c.type === 'Ready')
    return ready === undefined
      ? []
      : ['true', 'false', 'unknown'].map((condition) => ({
          labels: { ...pod(o), condition },
          value: Number(ready.status.toLowerCase() === condition),
        }))
  }),
  family('pods', 'kube_pod_container_info', 'Information about a container in a pod.', (o) =>
    (o.spec?.containers ?? []).map((c) => ({ labels: { ...pod(o), container: c.name, image: c.image ?? '' }, value: 1 })),
  ),
  family('pods', 'kube_pod_container_status_ready', 'Describes whether the containers readiness check succeeded.', (o) =>
    (o.status?.containerStatuses ?? []).map((c) => ({ labels: { ...pod(o), container: c.name }, value: Number(c.ready === true) })),
  ),
  family('pods', 'kube_pod_container_status_restarts_total', 'The number of container restarts per container.', (o) =>
    (o.status?.containerStatuses ?? []).map((c) => ({ labels: { ...pod(o), container: c.name }, value: c.restartCount ?? 0 })),
  ),
  family('pods', 'kube_pod_container_status_waiting_reason', 'Describes the reason the container is currently in waiting state.', (o) =>
    (o.status?.containerStatuses ?? []).flatMap((c) =>
      c.state?.waiting?.reason === undefined
        ? []
        : [{ labels: { ...pod(o), container: c.name, reason: c.state.waiting.reason }, value: 1 }],
    ),
  ),
  family(
    'pods',
    'kube_pod_container_status_last_terminated_reason',
    'Describes the last reason the container was in terminated state.',
    (o) =>
      (o.status?.containerStatuses ?? []).flatMap((c) =>
        c.lastState?.terminated?.reason === undefined
          ? []
          : [{ labels: { ...pod(o), container: c.name, reason: c.lastState.terminated.reason }, value: 1 }],
      ),
  ),
  ...(['requests', 'limits'] as const).map((kind) =>
    family(
      'pods',
      `kube_pod_container_resource_${kind}`,
      `The number of ${kind === 'requests' ? 'requested request' : 'requested limit'} resource by a container.`,
      (o) =>
        (o.spec?.containers ?? []).flatMap((c) =>
          amounts({ ...pod(o), container: c.name, node: o.spec?.nodeName ?? '' }, c.resources?.[kind]),
        ),
    ),
  ),
  ...counts('deployments', 'deployment', 'kube_deployment', {
    spec_replicas: ['Number of desired pods for a deployment.', (o) => o.spec?.replicas],
    status_replicas: ['The number of replicas per deployment.', (o) => o.status?.['replicas']],
    status_replicas_available: ['The number of available replicas per deployment.', (o) => o.status?.['availableReplicas']],
    status_replicas_unavailable: ['The number of unavailable replicas per deployment.', (o) => o.status?.['unavailableReplicas']],
    status_replicas_updated: ['The number of updated replicas per deployment.', (o) => o.status?.['updatedReplicas']],
  }),
  ...counts('statefulsets', 'statefulset', 'kube_statefulset', {
    replicas: ['Number of desired pods for a StatefulSet.', (o) => o.spec?.replicas],
    status_replicas_ready: ['The number of ready replicas per StatefulSet.', (o) => o.status?.['readyReplicas']],
  }),
  ...counts('daemonsets', 'daemonset', 'kube_daemonset_status', {
    desired_number_scheduled: ['The number of nodes that should be running the daemon pod.', (o) => o.status?.['desiredNumberScheduled']],
    number_ready: [
      'The number of nodes that should be running the daemon pod and have one or more of the daemon pod running and ready.',
      (o) => o.status?.['numberReady'],
    ],
  }),
  ...counts('jobs', 'job_name', 'kube_job_status', {
    active: ['The number of actively running pods.', (o) => o.status?.['active']],
    succeeded: ['The number of pods which reached Phase Succeeded.', (o) => o.status?.['succeeded']],
    failed: ['The number of pods which reached Phase Failed.', (o) => o.status?.['failed']],
  }),
  family('services', 'kube_service_info', 'Information about service.', (o) => [
    { labels: { ...called('service')(o), cluster_ip: o.spec?.clusterIP ?? '' }, value: 1 },
  ]),
  family(
    'persistentvolumeclaims',
    'kube_persistentvolumeclaim_status_phase',
    'The phase the persistent volume claim is currently in.',
    (o) =>
      ['Lost', 'Bound', 'Pending'].map((phase) => ({
        labels: { ...called('persistentvolumeclaim')(o), phase },
        value: Number(o.status?.phase === phase),
      })),
  ),
]

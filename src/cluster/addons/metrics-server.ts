/**
 * metrics-server as its release's components.yaml installs it, with two differences: it tolerates the control plane's taint, as CoreDNS does, so
 * that workers keep their room; and it is asked every 2 s from its start whether it is ready (as k3s has it), not every 10 s after 20 s.
 */
import type { ApiObject } from '../../api/meta.ts'
import { clusterRole, controlPlaneToleration, deployment, reading, serviceAccount } from './parts.ts'

const NAMESPACE = 'kube-system'
const NAME = 'metrics-server'
const labels = { 'k8s-app': NAME }
const RBAC = 'rbac.authorization.k8s.io'

const spec = {
  serviceAccountName: NAME,
  priorityClassName: 'system-cluster-critical',
  nodeSelector: { 'kubernetes.io/os': 'linux' },
  tolerations: [controlPlaneToleration],
  containers: [
    {
      name: NAME,
      image: 'registry.k8s.io/metrics-server/metrics-server:v0.8.1',
      imagePullPolicy: 'IfNotPresent',
      args: [
        '--cert-dir=/tmp',
        '--secure-port=10250',
        '--kubelet-preferred-address-types=InternalIP,ExternalIP,Hostname',
        '--kubelet-use-node-status-port',
        '--kubelet-insecure-tls',
        '--metric-resolution=15s',
      ],
      ports: [{ name: 'https', containerPort: 10250, protocol: 'TCP' }],
      resources: { requests: { cpu: '100m', memory: '200Mi' } },
      livenessProbe: { httpGet: { path: '/livez', port: 'https', scheme: 'HTTPS' }, failureThreshold: 3, periodSeconds: 10 },
      readinessProbe: { httpGet: { path: '/readyz', port: 'https', scheme: 'HTTPS' }, failureThreshold: 3, periodSeconds: 2 },
      securityContext: {
        allowPrivilegeEscalation: false,
        capabilities: { drop: ['ALL'] },
        readOnlyRootFilesystem: true,
        runAsNonRoot: true,
        runAsUser: 1000,
        seccompProfile: { type: 'RuntimeDefault' },
      },
      volumeMounts: [{ name: 'tmp-dir', mountPath: '/tmp' }],
    },
  ],
  volumes: [{ name: 'tmp-dir', emptyDir: {} }],
}

const aggregatedTo = (...roles: string[]): Record<string, string> =>
  Object.fromEntries(roles.map((r) => [`rbac.authorization.k8s.io/aggregate-to-${r}`, 'true']))

const subjects = [{ kind: 'ServiceAccount', name: NAME, namespace: NAMESPACE }]

export const metricsServerManifests: readonly ApiObject[] = [
  { ...serviceAccount(NAME, NAMESPACE), metadata: { name: NAME, namespace: NAMESPACE, labels } },
  {
    apiVersion: `${RBAC}/v1`,
    kind: 'ClusterRole',
    metadata: { name: 'system:aggregated-metrics-reader', labels: { ...labels, ...aggregatedTo('admin', 'edit', 'view') } },
    rules: [reading('metrics.k8s.io', 'pods', 'nodes')] as never,
  },
  ...clusterRole('system:metrics-server', NAME, NAMESPACE, [
    { apiGroups: [''], resources: ['nodes/metrics'], verbs: ['get'] },
    reading('', 'pods', 'nodes'),
  ]).map((o) => ({ ...o, metadata: { ...o.metadata, labels } })),
  {
    apiVersion: `${RBAC}/v1`,
    kind: 'RoleBinding',
    metadata: { name: 'metrics-server-auth-reader', namespace: NAMESPACE, labels },
    roleRef: { apiGroup: RBAC, kind: 'Role', name: 'extension-apiserver-authentication-reader' },
    subjects,
  },
  {
    apiVersion: `${RBAC}/v1`,
    kind: 'ClusterRoleBinding',
    metadata: { name: 'metrics-server:system:auth-delegator', labels },
    roleRef: { apiGroup: RBAC, kind: 'ClusterRole', name: 'system:auth-delegator' },
    subjects,
  },
  {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: NAME, namespace: NAMESPACE, labels },
    spec: { selector: labels, ports: [{ name: 'https', appProtocol: 'https', port: 443, protocol: 'TCP', targetPort: 'https' }] },
  },
  deployment({ name: NAME, namespace: NAMESPACE, labels, spec }, 1, {
    strategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 0 } },
  }),
  {
    apiVersion: 'apiregistration.k8s.io/v1',
    kind: 'APIService',
    metadata: { name: 'v1beta1.metrics.k8s.io', labels },
    spec: {
      group: 'metrics.k8s.io',
      groupPriorityMinimum: 100,
      insecureSkipTLSVerify: true,
      service: { name: NAME, namespace: NAMESPACE },
      version: 'v1beta1',
      versionPriority: 100,
    },
  },
]

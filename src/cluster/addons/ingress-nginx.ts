/** ingress-nginx behind a LoadBalancer Service. The controller stands on the control plane, so that the front door outlives any worker. */
import type { ApiObject } from '../../api/meta.ts'
import { clusterRole, controlPlaneToleration, deployment, namespace, reading, serviceAccount } from './parts.ts'

const NAMESPACE = 'ingress-nginx'
const labels = {
  'app.kubernetes.io/component': 'controller',
  'app.kubernetes.io/instance': 'ingress-nginx',
  'app.kubernetes.io/name': 'ingress-nginx',
}

const spec = {
  serviceAccountName: 'ingress-nginx',
  dnsPolicy: 'ClusterFirst',
  nodeSelector: { 'kubernetes.io/os': 'linux', 'node-role.kubernetes.io/control-plane': '' },
  tolerations: [controlPlaneToleration],
  terminationGracePeriodSeconds: 300,
  containers: [
    {
      name: 'controller',
      image: 'registry.k8s.io/ingress-nginx/controller:v1.14.1',
      args: [
        '/nginx-ingress-controller',
        '--publish-service=$(POD_NAMESPACE)/ingress-nginx-controller',
        '--election-id=ingress-nginx-leader',
        '--controller-class=k8s.io/ingress-nginx',
        '--ingress-class=nginx',
      ],
      env: [
        { name: 'POD_NAME', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } },
        { name: 'POD_NAMESPACE', valueFrom: { fieldRef: { fieldPath: 'metadata.namespace' } } },
      ],
      ports: [
        { name: 'http', containerPort: 80 },
        { name: 'https', containerPort: 443 },
        { name: 'webhook', containerPort: 8443 },
      ],
      resources: { requests: { cpu: '100m', memory: '90Mi' } },
      livenessProbe: {
        httpGet: { path: '/healthz', port: 10254 },
        initialDelaySeconds: 10,
        periodSeconds: 10,
        timeoutSeconds: 1,
        successThreshold: 1,
        failureThreshold: 5,
      },
      readinessProbe: {
        httpGet: { path: '/healthz', port: 10254 },
        initialDelaySeconds: 10,
        periodSeconds: 10,
        timeoutSeconds: 1,
        successThreshold: 1,
        failureThreshold: 3,
      },
    },
  ],
}

export const ingressNginxManifests: readonly ApiObject[] = [
  namespace(NAMESPACE, { 'app.kubernetes.io/instance': 'ingress-nginx', 'app.kubernetes.io/name': 'ingress-nginx' }),
  serviceAccount('ingress-nginx', NAMESPACE),
  ...clusterRole('ingress-nginx', 'ingress-nginx', NAMESPACE, [
    reading('', 'configmaps', 'endpoints', 'nodes', 'pods', 'secrets', 'namespaces', 'services'),
    reading('networking.k8s.io', 'ingresses', 'ingressclasses'),
    { apiGroups: ['networking.k8s.io'], resources: ['ingresses/status'], verbs: ['update', 'patch'] },
    reading('discovery.k8s.io', 'endpointslices'),
  ]),
  {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'IngressClass',
    metadata: { name: 'nginx', labels },
    spec: { controller: 'k8s.io/ingress-nginx' },
  },
  {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'ingress-nginx-controller', namespace: NAMESPACE, labels },
    spec: {
      type: 'LoadBalancer',
      externalTrafficPolicy: 'Local',
      selector: labels,
      ports: [
        { name: 'http', port: 80, protocol: 'TCP', targetPort: 'http', appProtocol: 'http' },
        { name: 'https', port: 443, protocol: 'TCP', targetPort: 'https', appProtocol: 'https' },
      ],
    },
  },
  deployment({ name: 'ingress-nginx-controller', namespace: NAMESPACE, labels, spec }, 1, { revisionHistoryLimit: 10 }),
]

/** MetalLB in layer 2 mode, its pool 192.168.0.10–49. (Its pools are fixed here: the CRDs that configure them are not installed.) */
import type { ApiObject } from '../../api/meta.ts'
import { clusterRole, controlPlaneToleration, daemonSet, deployment, namespace, reading, serviceAccount } from './parts.ts'

const NAMESPACE = 'metallb-system'
const labelsOf = (component: string): Record<string, string> => ({ app: 'metallb', component })

export const metallbManifests: readonly ApiObject[] = [
  namespace(NAMESPACE, { 'pod-security.kubernetes.io/enforce': 'privileged' }),
  serviceAccount('controller', NAMESPACE),
  serviceAccount('speaker', NAMESPACE),
  ...clusterRole('metallb-system:controller', 'controller', NAMESPACE, [
    reading('', 'services', 'namespaces', 'nodes'),
    { apiGroups: [''], resources: ['services/status'], verbs: ['update'] },
    { apiGroups: [''], resources: ['events'], verbs: ['create', 'patch'] },
  ]),
  ...clusterRole('metallb-system:speaker', 'speaker', NAMESPACE, [
    reading('', 'services', 'nodes', 'namespaces'),
    reading('discovery.k8s.io', 'endpointslices'),
    { apiGroups: [''], resources: ['events'], verbs: ['create', 'patch'] },
  ]),
  deployment(
    {
      name: 'controller',
      namespace: NAMESPACE,
      labels: labelsOf('controller'),
      spec: {
        serviceAccountName: 'controller',
        nodeSelector: { 'kubernetes.io/os': 'linux' },
        tolerations: [controlPlaneToleration],
        terminationGracePeriodSeconds: 0,
        containers: [
          {
            name: 'controller',
            image: 'quay.io/metallb/controller:v0.15.2',
            args: ['--port=7472', '--log-level=info'],
            ports: [{ name: 'monitoring', containerPort: 7472 }],
            readinessProbe: { httpGet: { path: '/metrics', port: 'monitoring' }, failureThreshold: 3, periodSeconds: 10 },
          },
        ],
      },
    },
    1,
  ),
  daemonSet({
    name: 'speaker',
    namespace: NAMESPACE,
    labels: labelsOf('speaker'),
    spec: {
      serviceAccountName: 'speaker',
      hostNetwork: true,
      nodeSelector: { 'kubernetes.io/os': 'linux' },
      tolerations: [{ ...controlPlaneToleration, operator: 'Exists' }],
      terminationGracePeriodSeconds: 2,
      containers: [
        {
          name: 'speaker',
          image: 'quay.io/metallb/speaker:v0.15.2',
          args: ['--port=7472', '--log-level=info', '--ignore-exclude-lb'],
          ports: [
            { name: 'monitoring', containerPort: 7472 },
            { name: 'memberlist-tcp', containerPort: 7946 },
          ],
          readinessProbe: { httpGet: { path: '/metrics', port: 7472 }, failureThreshold: 3, periodSeconds: 10 },
        },
      ],
    },
  }),
]

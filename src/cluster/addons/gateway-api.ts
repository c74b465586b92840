/** The Gateway API with NGINX Gateway Fabric behind it: kinds, control plane and class. No part of an ordinary cluster: a level or sandbox asks for it. */
import type { ApiObject } from '../../api/meta.ts'
import { CONTROLLER, GROUP } from '../../network/gateway/objects.ts'
import { gatewayKinds } from './gateway-crds.ts'
import { clusterRole, controlPlaneToleration, deployment, namespace, reading, serviceAccount } from './parts.ts'

const NAMESPACE = 'nginx-gateway'
const labels = { 'app.kubernetes.io/instance': 'nginx-gateway', 'app.kubernetes.io/name': 'nginx-gateway' }

export const gatewayApiManifests: readonly ApiObject[] = [
  ...gatewayKinds,
  namespace(NAMESPACE),
  serviceAccount('nginx-gateway', NAMESPACE),
  ...clusterRole('nginx-gateway', 'nginx-gateway', NAMESPACE, [
    reading('', 'namespaces', 'pods', 'secrets', 'configmaps', 'nodes'),
    reading('discovery.k8s.io', 'endpointslices'),
    { apiGroups: ['', 'apps'], resources: ['services', 'deployments'], verbs: ['*'] },
    { apiGroups: [GROUP], resources: ['*'], verbs: ['*'] },
  ]),
  deployment(
    {
      name: 'nginx-gateway',
      namespace: NAMESPACE,
      labels,
      spec: {
        serviceAccountName: 'nginx-gateway',
        nodeSelector: { 'node-role.kubernetes.io/control-plane': '' },
        tolerations: [controlPlaneToleration],
        containers: [
          {
            name: 'nginx-gateway',
            image: 'ghcr.io/nginx/nginx-gateway-fabric:2.2.1',
            args: ['controller', `--gateway-ctlr-name=${CONTROLLER}`, '--gatewayclass=nginx'],
            ports: [
              { name: 'metrics', containerPort: 9113 },
              { name: 'health', containerPort: 8081 },
            ],
            readinessProbe: { httpGet: { path: '/readyz', port: 8081 }, initialDelaySeconds: 3, periodSeconds: 1 },
          },
        ],
      },
    },
    1,
  ),
]

/** Made once the kinds are served. */
export const gatewayClass: ApiObject = {
  apiVersion: `${GROUP}/v1`,
  kind: 'GatewayClass',
  metadata: { name: 'nginx', labels },
  spec: { controllerName: CONTROLLER },
} as unknown as ApiObject

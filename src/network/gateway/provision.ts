/** What a Gateway is given: a Deployment of nginx that listens on its ports, and a Service of type LoadBalancer before it; both are the Gateway's own. */
import type { Deployment } from '../../api/generated/types/apps-v1.ts'
import type { Service } from '../../api/generated/types/core-v1.ts'
import { GATEWAY_LABEL, type Gateway, GROUP } from './objects.ts'

const IMAGE = 'ghcr.io/nginx/nginx-gateway-fabric/nginx:2.2.1'
export const READY_PORT = 8081

export const nameFor = (gateway: Gateway): string => `${gateway.metadata.name}-${gateway.spec?.gatewayClassName ?? ''}`

const portsOf = (gateway: Gateway): number[] => [...new Set((gateway.spec?.listeners ?? []).map((l) => l.port))].sort((a, b) => a - b)

function metadata(gateway: Gateway): Deployment['metadata'] {
  const { name, namespace, uid } = gateway.metadata
  const labels = {
    'app.kubernetes.io/instance': 'nginx-gateway',
    'app.kubernetes.io/managed-by': 'nginx-gateway-nginx',
    'app.kubernetes.io/name': nameFor(gateway),
    [GATEWAY_LABEL]: name,
  }
  const owner = { apiVersion: `${GROUP}/v1`, kind: 'Gateway', name, uid: uid!, controller: true, blockOwnerDeletion: true }
  return { name: nameFor(gateway), namespace: namespace!, labels, ownerReferences: [owner] }
}

export function deploymentFor(gateway: Gateway): Deployment {
  const meta = metadata(gateway)
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: meta,
    spec: {
      replicas: 1,
      selector: { matchLabels: { ...meta.labels } },
      template: {
        metadata: { labels: { ...meta.labels } } as Deployment['metadata'],
        spec: {
          terminationGracePeriodSeconds: 30,
          containers: [
            {
              name: 'nginx',
              image: IMAGE,
              ports: [...portsOf(gateway), READY_PORT].map((port) => ({ name: `port-${port}`, containerPort: port })),
              readinessProbe: { httpGet: { path: '/readyz', port: READY_PORT }, initialDelaySeconds: 3, periodSeconds: 1 },
            },
          ],
        },
      },
    },
  }
}

export function serviceFor(gateway: Gateway): Service {
  const meta = metadata(gateway)
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: meta,
    spec: {
      type: 'LoadBalancer',
      externalTrafficPolicy: 'Local',
      selector: { ...meta.labels },
      ports: portsOf(gateway).map((port) => ({ name: `port-${port}`, port, targetPort: port, protocol: 'TCP' })),
    },
  }
}

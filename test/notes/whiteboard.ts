/**
 * The cluster that is drawn on the course's whiteboard, built in a world: WordPress on node-a and node-b, its database on node-c, nginx as the
 * reverse proxy, the office PC outside. Addresses are the drawing's where a real cluster may choose them (Services: 10.96.1.x for its 10.10.1.x).
 */
import type { ApiObject } from '../../src/api/meta.ts'
import { World } from '../../src/cluster/world.ts'
import type { Origin } from '../../src/network/contract.ts'
import { must, OFFICE } from '../network/world.ts'

export const NODES = ['control-plane', 'node-a', 'node-b', 'node-c'] as const
export const WORDPRESS = '10.96.1.102'
export const MARIADB = '10.96.1.101'
export const NGINX = '10.96.1.105'
export const BALANCER = '192.168.0.10'

const SETTLE_MS = 60_000

export const env = (values: Readonly<Record<string, string>>): object[] => Object.entries(values).map(([name, value]) => ({ name, value }))

/** A pod with one container, on the machine that is drawn. */
export const drawnPod = (name: string, app: string, node: string, container: Record<string, unknown>): ApiObject => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, namespace: 'default', labels: { app } },
  spec: { nodeName: node, terminationGracePeriodSeconds: 1, containers: [{ name: app, ...container }] },
})

export const drawnService = (name: string, app: string, spec: Record<string, unknown>, namespace = 'default'): ApiObject => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name, namespace },
  spec: { selector: { app }, ...spec },
})

const wordpress = (name: string, node: string): ApiObject =>
  drawnPod(name, 'wp', node, {
    image: 'wordpress:6.8-apache',
    ports: [{ containerPort: 80 }],
    env: env({
      WORDPRESS_DB_HOST: 'mariadb-service:3307',
      WORDPRESS_DB_NAME: 'wp',
      WORDPRESS_DB_USER: 'wp',
      WORDPRESS_DB_PASSWORD: 'pw',
    }),
  })

export const mariadb = (node: string): ApiObject =>
  drawnPod('mariadb', 'mariadb', node, {
    image: 'mariadb:11.4',
    ports: [{ containerPort: 3306 }],
    env: env({ MARIADB_ROOT_PASSWORD: 'root', MARIADB_DATABASE: 'wp', MARIADB_USER: 'wp', MARIADB_PASSWORD: 'pw' }),
  })

const drawing: readonly ApiObject[] = [
  mariadb('node-c'),
  drawnService('mariadb-service', 'mariadb', { clusterIP: MARIADB, ports: [{ port: 3307, targetPort: 3306 }] }),
  wordpress('wp-1', 'node-a'),
  wordpress('wp-2', 'node-b'),
  drawnService('wp-service', 'wp', { clusterIP: WORDPRESS, ports: [{ port: 8080, targetPort: 80 }] }),
  {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'Ingress',
    metadata: { name: 'web1', namespace: 'default' },
    spec: {
      ingressClassName: 'nginx',
      rules: [
        {
          host: 'web1.miempresa.com',
          http: { paths: [{ path: '/', pathType: 'Prefix', backend: { service: { name: 'wp-service', port: { number: 8080 } } } }] },
        },
      ],
    },
  },
  {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'nginx', namespace: 'ingress-nginx' },
    spec: {
      type: 'NodePort',
      clusterIP: NGINX,
      selector: { 'app.kubernetes.io/component': 'controller', 'app.kubernetes.io/name': 'ingress-nginx' },
      ports: [{ port: 8081, targetPort: 80, nodePort: 30880 }],
    },
  },
  drawnPod('client', 'client', 'node-a', { image: 'busybox:1.37', command: ['sleep', '1d'] }),
]

/** The default cluster with these objects, a minute later. */
export function courseWorld(objects: readonly ApiObject[], settleMs = SETTLE_MS): World {
  const world = new World({ preset: 'default' })
  world.advance(15_000)
  for (const object of objects) must(world, object)
  world.advance(settleMs)
  return world
}

export const whiteboard = (): World => courseWorld(drawing)

/** Menchu's PC, or a pod. */
export function origin(world: World, who: string): Origin {
  if (who === 'MenchuPC') return OFFICE
  const pod = world.cluster.read.get('pods', 'default', who)!
  return { kind: 'pod', namespace: 'default', name: who, uid: pod.metadata.uid!, ip: pod.status!.podIP!, node: pod.spec!.nodeName! }
}

/**
 * The whiteboard's Elasticsearch masters: who is told to look for whom, and whether a cluster comes of it. One balanced address for the
 * masters themselves is what the notes warn of; ERRATA tells what really keeps them apart.
 */
import { describe, expect, test } from 'vitest'
import { Session } from '../../src/session/session.ts'

const session = new Session({
  world: { preset: 'default', addOns: ['kube-proxy', 'coredns', 'canal', 'local-path'] },
  namespace: 'default',
})
const { world } = session
session.write(
  'client.yaml',
  `
apiVersion: v1
kind: Pod
metadata: {name: client}
spec: {containers: [{name: c, image: 'curlimages/curl:8.10.1', command: [sleep, 1d]}]}
`,
)
session.run('kubectl apply -f client.yaml')
session.advance(30_000)

interface Masters {
  /** What a master looks for, by its own name: the command line's seed hosts. */
  readonly seeds: string
  readonly initial?: string
  readonly affinity?: 'ClientIP' | 'None'
  /** publishNotReadyAddresses of the balanced Service. */
  readonly published?: boolean
  readonly policy?: 'OrderedReady' | 'Parallel'
  /** Readiness asks whether the cluster is formed. */
  readonly asksForCluster?: boolean
}

const BALANCED = 'seeds=es:9300'
const TO_EACH_OTHER =
  'case $HOSTNAME in es-0) seeds=es-1.es-nodes,es-2.es-nodes;; es-1) seeds=es-2.es-nodes;; *) seeds=es-0.es-nodes;; esac'

const manifest = ({
  seeds,
  initial = 'es-0,es-1,es-2',
  affinity = 'None',
  published = false,
  policy = 'Parallel',
  asksForCluster = true,
}: Masters): string => `
apiVersion: v1
kind: Service
metadata: {name: es}
spec:
  selector: {app: es}
  sessionAffinity: ${affinity}
  publishNotReadyAddresses: ${published}
  ports: [{name: http, port: 9200}, {name: transport, port: 9300}]
---
apiVersion: v1
kind: Service
metadata: {name: es-nodes}
spec: {clusterIP: None, publishNotReadyAddresses: true, selector: {app: es}, ports: [{name: transport, port: 9300}]}
---
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: es}
spec:
  serviceName: es-nodes
  replicas: 3
  podManagementPolicy: ${policy}
  selector: {matchLabels: {app: es}}
  template:
    metadata: {labels: {app: es}}
    spec:
      containers:
        - name: elasticsearch
          image: elasticsearch:8.15.3
          command: [sh, -c, '${seeds}; exec /usr/local/bin/docker-entrypoint.sh eswrapper -Ediscovery.seed_hosts=$seeds']
          env:
            - {name: cluster.name, value: menus}
            - {name: node.name, valueFrom: {fieldRef: {fieldPath: metadata.name}}}
            - {name: cluster.initial_master_nodes, value: "${initial}"}
            - {name: xpack.security.enabled, value: "false"}
            - {name: ES_JAVA_OPTS, value: -Xms512m -Xmx512m}
          readinessProbe:
            ${asksForCluster ? 'httpGet: {path: "/_cluster/health?timeout=1s&master_timeout=1s", port: 9200}' : 'tcpSocket: {port: 9300}'}
            periodSeconds: 5
            timeoutSeconds: 3
`

function begin(masters: Masters): void {
  session.write('es.yaml', manifest(masters))
  expect(session.run('kubectl apply -f es.yaml').exitCode).toBe(0)
  session.advance(300_000)
}

/** How many nodes each of the three masters sees, after five minutes. */
function formed(masters: Masters): number[] {
  return world.fork(() => {
    begin(masters)
    return [0, 1, 2].map((i) => {
      const ip = world.cluster.read.get('pods', 'default', `es-${i}`)?.status?.podIP
      if (ip === undefined) return 0
      const { output } = session.run(`kubectl exec client -- curl -s -m 5 http://${ip}:9200/_cluster/health`)
      return Number(/"number_of_nodes":(\d+)/.exec(output)?.[1] ?? 0)
    })
  })
}

const WHOLE = [3, 3, 3]

describe('the masters look for each other', () => {
  test.each([
    // the configuration, who sees how many
    ['MAESTRO1 -> MAESTRO2 y MAESTRO3, MAESTRO2 -> MAESTRO3', { seeds: TO_EACH_OTHER }, WHOLE],
    ['all through one headless name', { seeds: 'seeds=es-nodes' }, WHOLE],
    // The notes: "Y entonces se queda OUT del cluster". It asks again every second, so an answer by itself is only delay (ERRATA).
    [
      'all through ONE balanced address that sends to those not ready, too: sooner or later it is another who answers',
      { seeds: BALANCED, published: true },
      WHOLE,
    ],
    ['the same where readiness does not wait for the cluster', { seeds: BALANCED, asksForCluster: false }, WHOLE],
  ] as [string, Masters, number[]][])('%s', (_row, masters, expected) => expect(formed(masters)).toEqual(expected))
})

describe('what really keeps them apart', () => {
  test.each([
    ['discovery waits for readiness, which waits for discovery', { seeds: BALANCED }, [0, 0, 0]],
    ['and with an ordered start the second does not even come', { seeds: BALANCED, policy: 'OrderedReady' }, [0, 0, 0]],
    ['initial_master_nodes that nobody bears', { seeds: TO_EACH_OTHER, initial: 'maestro-1,maestro-2,maestro-3' }, [0, 0, 0]],
  ] as [string, Masters, number[]][])('%s', (_row, masters, expected) => expect(formed(masters)).toEqual(expected))

  test.each([
    ['None', 3],
    ['ClientIP', 1],
  ] as ['None' | 'ClientIP', number][])(
    'session affinity %s: the balanced address sends a master to %i of the three',
    (affinity, answering) => {
      world.fork(() => {
        begin({ seeds: BALANCED, published: true, affinity })
        const pod = world.cluster.read.get('pods', 'default', 'es-0')!
        const from = {
          kind: 'pod',
          namespace: 'default',
          name: 'es-0',
          uid: pod.metadata.uid!,
          ip: pod.status!.podIP!,
          node: pod.spec!.nodeName!,
        } as const
        const peers = Array.from(
          { length: 50 },
          (_, turn) => world.network.dial(from, { host: 'es', port: 9300, protocol: 'tcp', timeoutMs: 1_000, turn }).peer?.ip,
        )
        expect(new Set(peers).size).toBe(answering)
      })
    },
  )
})

test('the other nodes (data, ingest) may come through the balanced address: any master introduces them to the rest', () => {
  world.fork(() => {
    session.write('es.yaml', manifest({ seeds: TO_EACH_OTHER }))
    session.write(
      'data.yaml',
      `
apiVersion: v1
kind: Pod
metadata: {name: data}
spec:
  containers:
    - name: elasticsearch
      image: elasticsearch:8.15.3
      env:
        - {name: cluster.name, value: menus}
        - {name: node.name, value: data}
        - {name: node.roles, value: data}
        - {name: discovery.seed_hosts, value: "es:9300"}
        - {name: xpack.security.enabled, value: "false"}
        - {name: ES_JAVA_OPTS, value: -Xms512m -Xmx512m}
`,
    )
    session.run('kubectl apply -f es.yaml -f data.yaml')
    session.advance(300_000)
    expect(session.run('kubectl exec client -- curl -s http://es:9200/_cluster/health').output).toContain('"number_of_nodes":4')
  })
})

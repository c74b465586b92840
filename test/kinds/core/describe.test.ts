/** `kubectl describe`: alignment, shared parts, and each core kind to the letter. */
import { describe, expect, test } from 'vitest'
import type { KindDefinition } from '../../../src/api/kind.ts'
import type { ApiObject } from '../../../src/api/meta.ts'
import { configMap } from '../../../src/kinds/core/configmap/index.ts'
import { limitRange } from '../../../src/kinds/core/limitrange/index.ts'
import { namespace } from '../../../src/kinds/core/namespace/index.ts'
import { node } from '../../../src/kinds/core/node/index.ts'
import { persistentVolume } from '../../../src/kinds/core/persistentvolume/index.ts'
import { pod } from '../../../src/kinds/core/pod/index.ts'
import { replicationController } from '../../../src/kinds/core/replicationcontroller/index.ts'
import { resourceQuota } from '../../../src/kinds/core/resourcequota/index.ts'
import { secret } from '../../../src/kinds/core/secret/index.ts'
import { service } from '../../../src/kinds/core/service/index.ts'
import { serviceAccount } from '../../../src/kinds/core/serviceaccount/index.ts'
import { describeGeneric, smartLabel } from '../../../src/kinds/describe/generic.ts'
import { alignTabs } from '../../../src/kinds/describe/tabwriter.ts'
import { describeContext, type World } from './support.ts'

const object = (kind: string, fields: object, meta: object = {}): ApiObject =>
  ({ apiVersion: 'v1', kind, metadata: { name: 'it', namespace: 'lab', uid: 'u', ...meta }, ...fields }) as ApiObject
const text = (kind: KindDefinition, o: ApiObject, world: World = {}): string => kind.describe!(o, describeContext(world))

test.each([
  ['a column is as wide as its widest cell', 'a:\tx\nlong:\ty\n', 'a:     x\nlong:  y\n'],
  ['a line without a tab ends the column', 'aaaa:\tx\nmiddle\nb:\ty\n', 'aaaa:  x\nmiddle\nb:  y\n'],
  ['cells end in tabs, the rest is free', 'a\tb\tc\nlonger\tbb\tcc\n', 'a       b   c\nlonger  bb  cc\n'],
  ['an empty last cell keeps its padding before it', 'IP:\t\nIPs:\t<none>\n', 'IP:   \nIPs:  <none>\n'],
  ['empty cells are columns too', 'a\t\tb\nc\t\td\n', 'a    b\nc    d\n'],
])('tabs: %s', (_, given, aligned) => {
  expect(alignTabs(given)).toBe(aligned)
})

test.each([
  ['creationTimestamp', 'Creation Timestamp'],
  ['apiVersion', 'API Version'],
  ['uid', 'UID'],
  ['podIP', 'Pod IP'],
  ['ovens', 'Ovens'],
  ['x.y', 'x.y'],
])('label of %s', (field, label) => {
  expect(smartLabel(field)).toBe(label)
})

test('an object of no known kind', () => {
  const bakery = {
    ...object(
      'Bakery',
      { spec: { city: 'Graz', open: true, ovens: 3, rolls: ['a', { kind: 'b' }] } },
      { labels: { kind: 'rye' }, generation: 1, uid: 'd7' },
    ),
    apiVersion: 'food.example.com/v1',
  }
  expect(describeGeneric(bakery, describeContext())).toBe(`Name:         it
Namespace:    lab
Labels:       kind=rye
Annotations:  <none>
API Version:  food.example.com/v1
Kind:         Bakery
Metadata:
  Generation:  1
  UID:         d7
Spec:
  City:   Graz
  Open:   true
  Ovens:  3
  Rolls:
    a
    Kind:  b
Events:    <none>
`)
})

const podObject = object(
  'Pod',
  {
    spec: {
      priority: 0,
      serviceAccountName: 'default',
      nodeName: 'node-a',
      containers: [
        {
          name: 'server',
          image: 'nginx:1.27',
          command: ['sh', '-c', 'echo a\nsleep 1'],
          ports: [
            { name: 'http', containerPort: 80, protocol: 'TCP' },
            { containerPort: 9113, protocol: 'TCP' },
          ],
          resources: { requests: { cpu: '100m', memory: '64Mi' }, limits: { cpu: '1' } },
          livenessProbe: {
            httpGet: { path: '/live', port: 80, scheme: 'HTTP' },
            timeoutSeconds: 1,
            periodSeconds: 5,
            successThreshold: 1,
            failureThreshold: 3,
          },
          env: [
            { name: 'A', value: 'x' },
            { name: 'B', valueFrom: { configMapKeyRef: { name: 'settings', key: 'b' } } },
            { name: 'NS', valueFrom: { fieldRef: { apiVersion: 'v1', fieldPath: 'metadata.namespace' } } },
            { name: 'CPU', valueFrom: { resourceFieldRef: { resource: 'limits.cpu', divisor: '0' } } },
          ],
          envFrom: [{ secretRef: { name: 'keys' } }],
          volumeMounts: [
            { name: 'data', mountPath: '/data', subPath: 'x' },
            { name: 'conf', mountPath: '/conf', readOnly: true },
          ],
        },
      ],
      volumes: [
        { name: 'data', emptyDir: { sizeLimit: '1Gi' } },
        { name: 'conf', configMap: { name: 'settings' } },
      ],
      tolerations: [
        { key: 'node.kubernetes.io/not-ready', operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 300 },
        { key: 'dedicated', operator: 'Equal', value: 'web', effect: 'NoSchedule' },
      ],
      topologySpreadConstraints: [
        { maxSkew: 1, topologyKey: 'zone', whenUnsatisfiable: 'DoNotSchedule', labelSelector: { matchLabels: { app: 'web' } } },
      ],
    },
    status: {
      phase: 'Running',
      hostIP: '192.168.0.101',
      podIP: '10.244.1.2',
      podIPs: [{ ip: '10.244.1.2' }],
      startTime: '2026-11-20T06:00:00Z',
      qosClass: 'Burstable',
      conditions: [{ type: 'Ready', status: 'True' }],
      containerStatuses: [
        {
          name: 'server',
          containerID: 'containerd://abc',
          imageID: 'nginx@sha256:d',
          ready: true,
          restartCount: 1,
          state: { running: { startedAt: '2026-11-20T06:00:05Z' } },
          lastState: {
            terminated: { reason: 'Error', exitCode: 3, startedAt: '2026-11-20T06:00:01Z', finishedAt: '2026-11-20T06:00:04Z' },
          },
        },
      ],
    },
  },
  { labels: { app: 'shop', tier: 'front' }, annotations: { team: 'checkout', 'kubectl.kubernetes.io/last-applied-configuration': '{}' } },
)
const events = [
  object('Event', {
    involvedObject: { kind: 'Pod', name: 'it', namespace: 'lab', uid: 'u' },
    type: 'Normal',
    reason: 'Scheduled',
    eventTime: '2026-11-20T06:00:00.000000Z',
    reportingComponent: 'default-scheduler',
    message: 'Successfully assigned lab/it to node-a',
  }),
  object('Event', {
    involvedObject: { kind: 'Pod', name: 'it', namespace: 'lab', uid: 'u', fieldPath: 'spec.containers{server}' },
    type: 'Warning',
    reason: 'Unhealthy',
    count: 4,
    firstTimestamp: '2026-11-20T06:00:03Z',
    lastTimestamp: '2026-11-20T06:00:09Z',
    source: { component: 'kubelet' },
    message: 'Liveness probe failed',
  }),
  object('Event', {
    involvedObject: { kind: 'Pod', name: 'other', namespace: 'lab', uid: 'v' },
    type: 'Normal',
    reason: 'Pulled',
    message: 'not about it',
  }),
]

test('a pod', () => {
  expect(text(pod, podObject, { events })).toBe(`Name:             it
Namespace:        lab
Priority:         0
Service Account:  default
Node:             node-a/192.168.0.101
Start Time:       Fri, 20 Nov 2026 06:00:00 +0000
Labels:           app=shop
                  tier=front
Annotations:      team: checkout
Status:           Running
IP:               10.244.1.2
IPs:
  IP:  10.244.1.2
Containers:
  server:
    Container ID:  containerd://abc
    Image:         nginx:1.27
    Image ID:      nginx@sha256:d
    Ports:         80/TCP (http), 9113/TCP
    Host Ports:    0/TCP (http), 0/TCP
    Command:
      sh
      -c
      echo a
      sleep 1
    State:          Running
      Started:      Fri, 20 Nov 2026 06:00:05 +0000
    Last State:     Terminated
      Reason:       Error
      Exit Code:    3
      Started:      Fri, 20 Nov 2026 06:00:01 +0000
      Finished:     Fri, 20 Nov 2026 06:00:04 +0000
    Ready:          True
    Restart Count:  1
    Limits:
      cpu:  1
    Requests:
      cpu:     100m
      memory:  64Mi
    Liveness:  http-get http://:80/live delay=0s timeout=1s period=5s #success=1 #failure=3
    Environment Variables from:
      keys  Secret  Optional: false
    Environment:
      A:    x
      B:    <set to the key 'b' of config map 'settings'>  Optional: false
      NS:   lab (v1:metadata.namespace)
      CPU:  1 (limits.cpu)
    Mounts:
      /conf from conf (ro)
      /data from data (rw,path="x")
Conditions:
  Type    Status
  Ready   True 
Volumes:
  data:
    Type:       EmptyDir (a temporary directory that shares a pod's lifetime)
    Medium:     
    SizeLimit:  1Gi
  conf:
    Type:                     ConfigMap (a volume populated by a ConfigMap)
    Name:                     settings
    Optional:                 false
QoS Class:                    Burstable
Node-Selectors:               <none>
Tolerations:                  dedicated=web:NoSchedule
                              node.kubernetes.io/not-ready:NoExecute op=Exists for 300s
Topology Spread Constraints:  zone:DoNotSchedule when max skew 1 is exceeded for selector app=web
Events:
  Type     Reason     Age              From               Message
  ----     ------     ----             ----               -------
  Normal   Scheduled  10s              default-scheduler  Successfully assigned lab/it to node-a
  Warning  Unhealthy  1s (x4 over 7s)  kubelet            spec.containers{server}: Liveness probe failed
`)
})

test('a pod that is being deleted', () => {
  const going = {
    ...podObject,
    metadata: { ...podObject.metadata, deletionTimestamp: '2026-11-20T06:00:08Z', deletionGracePeriodSeconds: 30 },
  }
  expect(text(pod, going)).toContain('Status:                    Terminating (lasts 2s)\nTermination Grace Period:  30s\n')
})

const workload = (name: string, requests: object, limits: object): ApiObject =>
  object(
    'Pod',
    { spec: { nodeName: 'it', containers: [{ name: 'c', resources: { requests, limits } }] }, status: { phase: 'Running' } },
    { name, creationTimestamp: '2026-11-20T06:00:05Z' },
  )

test('a node and what is promised on it', () => {
  const machine = object(
    'Node',
    {
      spec: {
        taints: [
          { key: 'b', effect: 'NoSchedule' },
          { key: 'a', value: 'x', effect: 'NoExecute' },
        ],
      },
      status: {
        allocatable: { cpu: '4', memory: '8092Mi', 'ephemeral-storage': '45Gi', pods: '110' },
        capacity: { cpu: '4' },
        nodeInfo: { kubeletVersion: 'v1.36.2' },
      },
    },
    { namespace: undefined, labels: { 'node-role.kubernetes.io/control-plane': '' } },
  )
  const pods = [
    workload('api', { cpu: '500m', memory: '256Mi' }, { cpu: '1', memory: '512Mi' }),
    workload('worker', { cpu: '1750m', memory: '1088Mi' }, { cpu: '250m', memory: '64Mi' }),
    { ...workload('done', { cpu: '1' }, {}), status: { phase: 'Succeeded' } },
  ]
  const lines = text(node, machine, { pods })
  expect(lines).toContain('Taints:             a=x:NoExecute\n                    b:NoSchedule\nUnschedulable:      false\n')
  expect(lines.slice(lines.indexOf('Non-terminated'))).toBe(`Non-terminated Pods:          (2 in total)
  Namespace                   Name      CPU Requests  CPU Limits  Memory Requests  Memory Limits  Age
  ---------                   ----      ------------  ----------  ---------------  -------------  ---
  lab                         api       500m (12%)    1 (25%)     256Mi (3%)       512Mi (6%)     5s
  lab                         worker    1750m (43%)   250m (6%)   1088Mi (13%)     64Mi (0%)      5s
Allocated resources:
  (Total limits may be over 100 percent, i.e., overcommitted.)
  Resource           Requests      Limits
  --------           --------      ------
  cpu                2250m (56%)   1250m (31%)
  memory             1344Mi (16%)  576Mi (7%)
  ephemeral-storage  0 (0%)        0 (0%)
Events:              <none>
`)
})

describe('services', () => {
  const slice = (ready: boolean | undefined): ApiObject =>
    object(
      'EndpointSlice',
      { ports: [{ name: 'http', port: 8080 }], endpoints: [{ addresses: ['10.244.1.2'], conditions: { ready } }] },
      { labels: { 'kubernetes.io/service-name': 'it' } },
    )
  const spec = {
    type: 'NodePort',
    selector: { app: 'web' },
    clusterIP: '10.96.1.1',
    clusterIPs: ['10.96.1.1'],
    ipFamilies: ['IPv4'],
    ipFamilyPolicy: 'SingleStack',
    sessionAffinity: 'None',
    externalTrafficPolicy: 'Cluster',
    internalTrafficPolicy: 'Cluster',
    ports: [{ name: 'http', port: 80, targetPort: 'web', nodePort: 30880, protocol: 'TCP' }],
  }

  test('all of one', () => {
    expect(
      text(service, object('Service', { spec }), { 'endpointslices.discovery.k8s.io': [slice(undefined)] }),
    ).toBe(`Name:                     it
Namespace:                lab
Labels:                   <none>
Annotations:              <none>
Selector:                 app=web
Type:                     NodePort
IP Family Policy:         SingleStack
IP Families:              IPv4
IP:                       10.96.1.1
IPs:                      10.96.1.1
Port:                     http  80/TCP
TargetPort:               web/TCP
NodePort:                 http  30880/TCP
Endpoints:                10.244.1.2:8080
Session Affinity:         None
External Traffic Policy:  Cluster
Internal Traffic Policy:  Cluster
Events:                   <none>
`)
  })

  test.each<[string, ApiObject[], string]>([
    ['without slices', [], '<none>'],
    ['that are not ready', [slice(false)], ''],
  ])('endpoints %s', (_, slices, endpoints) => {
    expect(text(service, object('Service', { spec }), { 'endpointslices.discovery.k8s.io': slices })).toContain(
      `Endpoints:                ${endpoints}\n`,
    )
  })
})

const rows: [name: string, kind: KindDefinition, o: ApiObject, world: World, expected: string][] = [
  [
    'a ConfigMap',
    configMap,
    object('ConfigMap', { data: { 'a.conf': 'x=1', b: 'two' }, binaryData: { c: 'AAEC' } }),
    {},
    'Name:         it\nNamespace:    lab\nLabels:       <none>\nAnnotations:  <none>\n\nData\n====\na.conf:\n----\nx=1\n\nb:\n----\ntwo\n\n\nBinaryData\n====\nc: 3 bytes\n\nEvents:  <none>\n',
  ],
  [
    'a Secret',
    secret,
    object('Secret', { type: 'Opaque', data: { user: 'Ym9i', password: 'aHVudGVyMg==' } }),
    {},
    'Name:         it\nNamespace:    lab\nLabels:       <none>\nAnnotations:  <none>\n\nType:  Opaque\n\nData\n====\npassword:  7 bytes\nuser:      3 bytes\n',
  ],
  [
    'a quota with a scope',
    resourceQuota,
    object('ResourceQuota', { spec: { scopes: ['NotTerminating'] }, status: { hard: { pods: '3' }, used: { pods: '2' } } }),
    {},
    'Name:       it\nNamespace:  lab\nScopes:     NotTerminating\n * Matches all pods that do not have an active deadline. These pods usually include long running pods whose container command is not expected to terminate.\nResource  Used  Hard\n--------  ----  ----\npods      2     3\n',
  ],
  [
    'a LimitRange',
    limitRange,
    object('LimitRange', { spec: { limits: [{ type: 'PersistentVolumeClaim', min: { storage: '1Gi' }, max: { storage: '5Gi' } }] } }),
    {},
    'Name:                  it\nNamespace:             lab\nType                   Resource  Min  Max  Default Request  Default Limit  Max Limit/Request Ratio\n----                   --------  ---  ---  ---------------  -------------  -----------------------\nPersistentVolumeClaim  storage   1Gi  5Gi  -                -              -\n',
  ],
  [
    'a namespace with a quota',
    namespace,
    object('Namespace', { status: { phase: 'Active' } }, { namespace: undefined }),
    {
      resourcequotas: [
        object('ResourceQuota', { status: { hard: { pods: '1' }, used: { pods: '1' } } }, { name: 'small', namespace: 'it' }),
      ],
    },
    'Name:         it\nLabels:       <none>\nAnnotations:  <none>\nStatus:       Active\n\nResource Quotas\n  Name:     small\n  Resource  Used  Hard\n  --------  ---   ---\n  pods      1     1\n\nNo LimitRange resource.\n',
  ],
  [
    'a ServiceAccount',
    serviceAccount,
    object('ServiceAccount', { imagePullSecrets: [{ name: 'a' }, { name: 'b' }] }),
    {},
    'Name:                it\nNamespace:           lab\nLabels:              <none>\nAnnotations:         <none>\nImage pull secrets:  a\n                     b\nEvents:              <none>\n',
  ],
  [
    'a local volume',
    persistentVolume,
    object(
      'PersistentVolume',
      {
        spec: {
          capacity: { storage: '2Gi' },
          accessModes: ['ReadWriteOnce'],
          storageClassName: 'local',
          volumeMode: 'Filesystem',
          persistentVolumeReclaimPolicy: 'Retain',
          local: { path: '/mnt' },
          nodeAffinity: {
            required: {
              nodeSelectorTerms: [{ matchExpressions: [{ key: 'kubernetes.io/hostname', operator: 'In', values: ['node-b'] }] }],
            },
          },
        },
        status: { phase: 'Available' },
      },
      { namespace: undefined, finalizers: ['kubernetes.io/pv-protection'] },
    ),
    {},
    'Name:              it\nLabels:            <none>\nAnnotations:       <none>\nFinalizers:        [kubernetes.io/pv-protection]\nStorageClass:      local\nStatus:            Available\nClaim:             \nReclaim Policy:    Retain\nAccess Modes:      RWO\nVolumeMode:        Filesystem\nCapacity:          2Gi\nNode Affinity:     \n  Required Terms:  \n    Term 0:        kubernetes.io/hostname in [node-b]\nMessage:           \nSource:\n    Type:  LocalVolume (a persistent volume backed by local storage on a node)\n    Path:  /mnt\nEvents:    <none>\n',
  ],
  [
    'a ReplicationController',
    replicationController,
    object('ReplicationController', {
      spec: {
        replicas: 1,
        selector: { app: 'web' },
        template: { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'c', image: 'nginx' }] } },
      },
      status: { replicas: 1 },
    }),
    {
      pods: [
        object('Pod', { status: { phase: 'Running' } }, { labels: { app: 'web' }, ownerReferences: [{ controller: true, uid: 'u' }] }),
      ],
    },
    'Name:         it\nNamespace:    lab\nSelector:     app=web\nLabels:       <none>\nAnnotations:  <none>\nReplicas:     1 current / 1 desired\nPods Status:  1 Running / 0 Waiting / 0 Succeeded / 0 Failed\nPod Template:\n  Labels:  app=web\n  Containers:\n   c:\n    Image:         nginx\n    Port:          <none>\n    Host Port:     <none>\n    Environment:   <none>\n    Mounts:        <none>\n  Volumes:         <none>\n  Node-Selectors:  <none>\n  Tolerations:     <none>\nEvents:            <none>\n',
  ],
]

test.each(rows)('%s', (_, kind, o, world, expected) => {
  expect(text(kind, o, world)).toBe(expected)
})

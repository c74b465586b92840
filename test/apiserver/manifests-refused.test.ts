/** Manifests with one mistake each, through the whole request path: the words of the real API server. */
import { expect, test } from 'vitest'
import { builtInKinds } from '../../src/kinds/index.ts'
import { createWorld } from './world.ts'

const labels = { app: 'web' }
const template = { metadata: { labels }, spec: { containers: [{ name: 'web', image: 'nginx' }] } }
const rolling = { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1, maxUnavailable: '25%' } }
const bases: Readonly<Record<string, { apiVersion: string; kind: string; metadata: object; [field: string]: unknown }>> = {
  deployments: {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'web' },
    spec: { selector: { matchLabels: labels }, strategy: rolling, template },
  },
  daemonsets: {
    apiVersion: 'apps/v1',
    kind: 'DaemonSet',
    metadata: { name: 'agent' },
    spec: { selector: { matchLabels: labels }, updateStrategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 1 } }, template },
  },
  statefulsets: {
    apiVersion: 'apps/v1',
    kind: 'StatefulSet',
    metadata: { name: 'db' },
    spec: { serviceName: 'db', selector: { matchLabels: labels }, template },
  },
  cronjobs: {
    apiVersion: 'batch/v1',
    kind: 'CronJob',
    metadata: { name: 'nightly' },
    spec: {
      schedule: '*/5 * * * *',
      jobTemplate: { spec: { template: { spec: { restartPolicy: 'Never', containers: template.spec.containers } } } },
    },
  },
  storageclasses: {
    apiVersion: 'storage.k8s.io/v1',
    kind: 'StorageClass',
    metadata: { name: 'fast' },
    provisioner: 'example.com/nfs',
    reclaimPolicy: 'Delete',
  },
  persistentvolumes: {
    apiVersion: 'v1',
    kind: 'PersistentVolume',
    metadata: { name: 'vol1' },
    spec: { capacity: { storage: '5Gi' }, accessModes: ['ReadWriteMany'], nfs: { server: '10.0.0.1', path: '/x' } },
  },
  horizontalpodautoscalers: {
    apiVersion: 'autoscaling/v2',
    kind: 'HorizontalPodAutoscaler',
    metadata: { name: 'web' },
    spec: {
      minReplicas: 1,
      maxReplicas: 3,
      scaleTargetRef: { kind: 'Deployment', name: 'web' },
      metrics: [{ type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 60 } } }],
      behavior: { scaleDown: { policies: [{ type: 'Pods', value: 1, periodSeconds: 30 }] } },
    },
  },
  pods: { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'web' }, spec: { ...template.spec, volumes: [] } },
  services: {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'web' },
    spec: { type: 'LoadBalancer', ports: [{ port: 80 }] },
  },
  persistentvolumeclaims: {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: { name: 'data' },
    spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
  },
  limitranges: { apiVersion: 'v1', kind: 'LimitRange', metadata: { name: 'bounds' }, spec: { limits: [{ type: 'Pod' }] } },
  secrets: { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'keys' }, type: 'kubernetes.io/dockerconfigjson' },
  nodes: { apiVersion: 'v1', kind: 'Node', metadata: { name: 'n' }, spec: {} },
  customresourcedefinitions: {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: 'backups.lab.example.com' },
    spec: {
      group: 'lab.example.com',
      scope: 'Namespaced',
      names: { plural: 'backups', singular: 'backup', kind: 'Backup' },
      versions: [
        {
          name: 'v1',
          served: true,
          storage: true,
          schema: { openAPIV3Schema: { type: 'object', properties: { spec: { type: 'integer', minimum: 1, default: 3 } } } },
          additionalPrinterColumns: [{ name: 'Target', type: 'string', jsonPath: '.spec' }],
        },
      ],
    },
  },
}

const GONE = Symbol('gone')

function changed(base: object, path: string, value: unknown): object {
  const copy = structuredClone(base)
  const steps = path.split('.')
  const last = steps.pop()!
  const parent = steps.reduce<Record<string, unknown>>((o, step) => o[step] as Record<string, unknown>, copy as Record<string, unknown>)
  if (value === GONE) delete parent[last]
  else parent[last] = value
  return copy
}

const root = 'spec.validation.openAPIV3Schema'
const strategies = 'supported values: "Recreate", "RollingUpdate"'

test.each<[name: string, resource: string, path: string, value: unknown, told: string[]]>([
  [
    'an unknown strategy is shown whole',
    'deployments',
    'spec.strategy.type',
    'UPPER',
    [`spec.strategy: Unsupported value: {"Type":"UPPER","RollingUpdate":{"MaxUnavailable":"25%","MaxSurge":1}}: ${strategies}`],
  ],
  [
    'an unknown update strategy is shown whole',
    'daemonsets',
    'spec.updateStrategy.type',
    'UPPER',
    [
      'spec.updateStrategy: Unsupported value: {"Type":"UPPER","RollingUpdate":{"MaxUnavailable":1,"MaxSurge":0}}: supported values: "RollingUpdate", "OnDelete"',
    ],
  ],
  [
    'labels given empty are shown empty',
    'deployments',
    'spec.template.metadata.labels',
    {},
    ['spec.template.metadata.labels: Invalid value: {}: `selector` does not match template `labels`'],
  ],
  [
    'labels not given are null',
    'deployments',
    'spec.template.metadata.labels',
    GONE,
    ['spec.template.metadata.labels: Invalid value: null: `selector` does not match template `labels`'],
  ],
  [
    'a service name with dots',
    'statefulsets',
    'spec.serviceName',
    'a.b',
    ['spec.serviceName: Invalid value: "a.b": must not contain dots'],
  ],
  ['no time zone at all', 'cronjobs', 'spec.timeZone', '', ['spec.timeZone: Invalid value: "": timeZone must be nil or non-empty string']],
  ['an empty reclaim policy', 'storageclasses', 'reclaimPolicy', '', []],
  [
    'a capacity given empty',
    'persistentvolumes',
    'spec.capacity',
    {},
    ['spec.capacity: Required value', 'spec.capacity: Unsupported value: {}: supported values: "storage"'],
  ],
  [
    'scaling to nothing without a metric from outside',
    'horizontalpodautoscalers',
    'spec.minReplicas',
    0,
    [
      'spec.minReplicas: Invalid value: 0: must be greater than or equal to 1',
      'spec.metrics: Forbidden: must specify at least one Object or External metric to support scaling to zero replicas',
    ],
  ],
  [
    'policies given empty are not defaulted',
    'horizontalpodautoscalers',
    'spec.behavior.scaleDown.policies',
    [],
    ['spec.behavior.scaleDown.policies: Required value: must specify at least one Policy'],
  ],
  ['policies not given are', 'horizontalpodautoscalers', 'spec.behavior.scaleDown.policies', GONE, []],
  [
    'a metric without a target',
    'horizontalpodautoscalers',
    'spec.metrics.0.resource.target',
    {},
    [
      'spec.metrics[0].resource.target.type: Required value: must specify a metric target type',
      'spec.metrics[0].resource.target.type: Invalid value: "": must be either Utilization, Value, or AverageValue',
      'spec.metrics[0].resource.target.averageUtilization: Required value: must set either a target raw value or a target utilization',
    ],
  ],
  [
    'two sources for one metric',
    'horizontalpodautoscalers',
    'spec.metrics.0.pods',
    { metric: { name: 'rps' }, target: { type: 'AverageValue', averageValue: '1' } },
    ['spec.metrics[0].pods: Forbidden: must populate the given metric source only'],
  ],
  [
    'a name that is neither a domain nor the one wanted',
    'customresourcedefinitions',
    'metadata.name',
    'UPPER',
    [
      expect.stringContaining('metadata.name: Invalid value: "UPPER": a lowercase RFC 1123 subdomain') as unknown as string,
      'metadata.name: Invalid value: "UPPER": must be spec.names.plural+"."+spec.group',
    ],
  ],
  [
    'a root of no known type',
    'customresourcedefinitions',
    'spec.versions.0.schema.openAPIV3Schema.type',
    'UPPER',
    [
      `${root}.type: Invalid value: "UPPER": must be object at the root`,
      `${root}.type: Unsupported value: "UPPER": supported values: "array", "boolean", "integer", "number", "object", "string"`,
    ],
  ],
  [
    'a default of the wrong type',
    'customresourcedefinitions',
    'spec.versions.0.schema.openAPIV3Schema.properties.spec.default',
    'x',
    [`${root}.properties[spec].default: Invalid value: "string":  in body must be of type integer: "string"`],
  ],
  [
    'a default out of range',
    'customresourcedefinitions',
    'spec.versions.0.schema.openAPIV3Schema.properties.spec.default',
    0,
    [`${root}.properties[spec].default: Invalid value: 0:  in body should be greater than or equal to 1`],
  ],
  [
    'a column without a path',
    'customresourcedefinitions',
    'spec.versions.0.additionalPrinterColumns.0.jsonPath',
    '',
    ['spec.additionalPrinterColumns[0].JSONPath: Required value'],
  ],
  [
    'a column whose path does not start with a dot',
    'customresourcedefinitions',
    'spec.versions.0.additionalPrinterColumns.0.jsonPath',
    'x',
    ['spec.additionalPrinterColumns[0].JSONPath: Invalid value: "x": must be a simple json path starting with .'],
  ],
  [
    'a judgement about what the structure lacks',
    'customresourcedefinitions',
    'spec.versions.0.schema.openAPIV3Schema.anyOf',
    [{ properties: { other: { minimum: 1 } } }],
    [`${root}.properties[other]: Required value: because it is defined in ${root}.anyOf[0].properties[other]`],
  ],
  [
    'a list by keys without keys',
    'customresourcedefinitions',
    'spec.versions.0.schema.openAPIV3Schema.properties.list',
    { type: 'array', 'x-kubernetes-list-type': 'map', items: { type: 'object' } },
    [`${root}.properties[list].x-kubernetes-list-map-keys: Required value: must not be empty if x-kubernetes-list-type is map`],
  ],
  [
    "spaces around a pod's image, told last",
    'pods',
    'spec.containers.0',
    { name: 'A', image: ' nginx' },
    [
      expect.stringContaining('spec.containers[0].name: Invalid value: "A"') as unknown as string,
      'spec.containers[0].image: Invalid value: " nginx": must not have leading or trailing whitespace',
    ],
  ],
  ["spaces around a template's image", 'deployments', 'spec.template.spec.containers.0.image', ' nginx', []],
  [
    'a toleration that wants no value is shown whole',
    'pods',
    'spec.tolerations',
    [{ key: 'a', operator: 'Exists', value: 'x' }],
    [
      'spec.tolerations[0].operator: Invalid value: {"Key":"a","Operator":"Exists","Value":"x","Effect":"","TolerationSeconds":null}: value must be empty when `operator` is \'Exists\'',
    ],
  ],
  [
    "a host port that is not the container's",
    'pods',
    'spec',
    { hostNetwork: true, containers: [{ name: 'c', image: 'nginx', ports: [{ containerPort: 80, hostPort: 81 }] }] },
    ['spec.containers[0].ports[0].hostPort: Invalid value: 81: must match `containerPort` when `hostNetwork` is true'],
  ],
  [
    'devices claimed twice over',
    'pods',
    'spec.resourceClaims',
    [{ name: 'a' }, { name: 'a', resourceClaimName: 'x' }],
    [
      'spec.resourceClaims[0]: Invalid value: {"Name":"a","ResourceClaimName":null,"ResourceClaimTemplateName":null}: must specify one of: `resourceClaimName`, `resourceClaimTemplateName`',
      'spec.resourceClaims[1].name: Duplicate value: "a"',
    ],
  ],
  ['no such system', 'pods', 'spec.os', { name: 'mac' }, ['spec.os: Unsupported value: "mac": supported values: "linux", "windows"']],
  [
    'what Windows has not',
    'pods',
    'spec',
    { os: { name: 'windows' }, hostPID: true, containers: [{ name: 'c', image: 'x', securityContext: { runAsUser: 1 } }] },
    [
      'spec.hostPID: Forbidden: cannot be set for a windows pod',
      'spec.containers[0].securityContext.runAsUser: Forbidden: cannot be set for a windows pod',
    ],
  ],
  [
    'huge pages alone',
    'pods',
    'spec.containers.0.resources',
    { limits: { 'hugepages-2Mi': '4Mi' } },
    ['spec.containers[0].resources: Forbidden: HugePages require cpu or memory'],
  ],
  [
    "the kubelet's port for all the world",
    'services',
    'spec.ports',
    [{ port: 10250 }],
    ['spec.ports[0]: Invalid value: 10250: may not expose port 10250 externally since it is used by kubelet'],
  ],
  [
    'a claim filled from something without a name',
    'persistentvolumeclaims',
    'spec.dataSource',
    { kind: 'PersistentVolumeClaim', name: '' },
    expect.arrayContaining(['spec.dataSource.name: Required value']) as unknown as string[],
  ],
  [
    'defaults for a whole pod',
    'limitranges',
    'spec.limits.0',
    { type: 'Pod', max: { cpu: '1', foo: '1' }, default: { cpu: '2' } },
    [
      'spec.limits[0].max[foo]: Invalid value: "foo": must be a standard resource type or fully qualified',
      'spec.limits[0].max[foo]: Invalid value: "foo": must be a standard resource for containers',
      "spec.limits[0].default: Forbidden: may not be specified when `type` is 'Pod'",
    ],
  ],
  [
    'credentials that are no JSON',
    'secrets',
    'stringData',
    { '.dockerconfigjson': '{x' },
    [
      'data[.dockerconfigjson]: Invalid value: "<secret contents redacted>": invalid character \'x\' looking for beginning of object key string',
    ],
  ],
  [
    'a taint with an unknown effect',
    'nodes',
    'spec.taints',
    [{ key: 'a', effect: 'X' }],
    ['spec.taints[0].effect: Unsupported value: "X": supported values: "NoSchedule", "PreferNoSchedule", "NoExecute"'],
  ],
  [
    'the same topology key twice',
    'storageclasses',
    'allowedTopologies',
    [
      {
        matchLabelExpressions: [
          { key: 'zone', values: ['a', 'a'] },
          { key: 'zone', values: [] },
        ],
      },
    ],
    [
      'allowedTopologies[0].matchLabelExpressions[0].values[1]: Duplicate value: "a"',
      'allowedTopologies[0].matchLabelExpressions[1].values: Required value',
      'allowedTopologies[0].matchLabelExpressions[1].key: Duplicate value: "zone"',
    ],
  ],
  [
    'no versions',
    'customresourcedefinitions',
    'spec.versions',
    [],
    [
      'spec.versions: Invalid value: []: must have exactly one version marked as storage version',
      'status.storedVersions: Invalid value: null: must have at least one stored version',
    ],
  ],
])('%s', (_name, resource, path, value, told) => {
  const w = createWorld({ kinds: builtInKinds })
  const answer = w.ask('create', resource, { body: changed(bases[resource]!, path, value) })
  const causes = (answer.body as { details?: { causes?: { field: string; message: string }[] } }).details?.causes ?? []
  expect(causes.map((c) => `${c.field}: ${c.message}`)).toEqual(told)
})

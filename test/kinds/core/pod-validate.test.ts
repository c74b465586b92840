/** Pod validation: every error at once, in the API server's words and order. */
import { describe, expect, test } from 'vitest'
import { fieldErrorText } from '../../../src/api/errors.ts'
import { pod } from '../../../src/kinds/core/pod/index.ts'
import { emptyContext } from './support.ts'

const label =
  "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')"

function errorsOf(spec: unknown): string[] {
  const object = structuredClone({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p', namespace: 'lab' }, spec }) as never
  pod.setDefaults?.(object)
  return (pod.validate?.(object, emptyContext()) ?? []).map(fieldErrorText)
}

const withContainer = (fields: object): unknown => ({ containers: [{ name: 'c', image: 'nginx', ...fields }] })
const withSpec = (fields: object): unknown => ({ containers: [{ name: 'c', image: 'nginx' }], ...fields })
const affinity = (term: object): unknown => withSpec({ affinity: { nodeAffinity: term } })

test('a pod with many mistakes names each one with its path', () => {
  const spec = {
    restartPolicy: 'Sometimes',
    dnsPolicy: 'Somewhere',
    containers: [
      {
        name: 'Web',
        ports: [{ containerPort: 0 }, { containerPort: 80, name: 'this-name-is-too-long', protocol: 'HTTP' }],
        volumeMounts: [{ name: 'data', mountPath: '' }],
        livenessProbe: { httpGet: { path: '/', port: 80 }, exec: { command: ['true'] }, periodSeconds: -1 },
      },
      { name: 'Web', image: 'nginx' },
      { image: 'nginx', imagePullPolicy: 'Never Ever' },
    ],
  }
  expect(errorsOf(spec)).toEqual([
    `spec.containers[0].name: Invalid value: "Web": ${label}`,
    'spec.containers[0].image: Required value',
    'spec.containers[0].ports[0].containerPort: Required value',
    'spec.containers[0].ports[1].name: Invalid value: "this-name-is-too-long": must be no more than 15 characters',
    'spec.containers[0].ports[1].protocol: Unsupported value: "HTTP": supported values: "SCTP", "TCP", "UDP"',
    'spec.containers[0].volumeMounts[0].name: Not found: "data"',
    'spec.containers[0].volumeMounts[0].mountPath: Required value',
    'spec.containers[0].livenessProbe.httpGet: Forbidden: may not specify more than 1 handler type',
    'spec.containers[0].livenessProbe.periodSeconds: Invalid value: -1: must be greater than or equal to 0',
    `spec.containers[1].name: Invalid value: "Web": ${label}`,
    'spec.containers[1].name: Duplicate value: "Web"',
    'spec.containers[2].name: Required value',
    'spec.containers[2].imagePullPolicy: Unsupported value: "Never Ever": supported values: "Always", "IfNotPresent", "Never"',
    'spec.restartPolicy: Unsupported value: "Sometimes": supported values: "Always", "OnFailure", "Never"',
    'spec.dnsPolicy: Unsupported value: "Somewhere": supported values: "ClusterFirstWithHostNet", "ClusterFirst", "Default", "None"',
  ])
})

const rows: [name: string, spec: unknown, errors: string[]][] = [
  ['a pod without containers', {}, ['spec.containers: Required value']],
  ['a plain pod', withContainer({}), []],
  [
    'a volume of two types is not entered by name',
    { containers: [{ name: 'a', image: 'i' }], volumes: [{ name: 'v', emptyDir: {}, hostPath: { path: '/tmp' } }, { name: 'v' }] },
    ['spec.volumes[0].hostPath: Forbidden: may not specify more than 1 volume type'],
  ],
  [
    'limits below requests, unknown resources, negative amounts',
    withContainer({
      resources: { requests: { cpu: '2', memory: '1Gi', disk: '1Gi' }, limits: { cpu: '1', memory: '512Mi', 'ephemeral-storage': '-1' } },
    }),
    [
      'spec.containers[0].resources.limits[ephemeral-storage]: Invalid value: "-1": must be greater than or equal to 0',
      'spec.containers[0].resources.requests: Invalid value: "2": must be less than or equal to cpu limit of 1',
      'spec.containers[0].resources.requests[disk]: Invalid value: "disk": must be a standard resource type or fully qualified',
      'spec.containers[0].resources.requests[disk]: Invalid value: "disk": must be a standard resource for containers',
      'spec.containers[0].resources.requests[ephemeral-storage]: Invalid value: "-1": must be greater than or equal to 0',
      'spec.containers[0].resources.requests: Invalid value: "1Gi": must be less than or equal to memory limit of 512Mi',
    ],
  ],
  [
    'half an extended resource',
    withContainer({ resources: { limits: { 'nvidia.com/gpu': '500m' } } }),
    [
      'spec.containers[0].resources.limits[nvidia.com/gpu]: Invalid value: "500m": must be an integer',
      'spec.containers[0].resources.requests[nvidia.com/gpu]: Invalid value: "500m": must be an integer',
    ],
  ],
  [
    'an extended resource asked for without a limit',
    withContainer({ resources: { requests: { 'nvidia.com/gpu': '1' } } }),
    ['spec.containers[0].resources.limits: Required value: Limit must be set for non overcommitable resources'],
  ],
  [
    'a field that does not exist',
    withContainer({ env: [{ name: 'N', valueFrom: { fieldRef: { fieldPath: 'spec.hostname' } } }] }),
    [
      'spec.containers[0].env[0].valueFrom.fieldRef.fieldPath: Invalid value: "spec.hostname": error converting fieldPath: field label not supported: spec.hostname',
    ],
  ],
  [
    'a resource that cannot be shown',
    withContainer({ env: [{ name: 'M', valueFrom: { resourceFieldRef: { resource: 'limits.disk' } } }] }),
    [
      'spec.containers[0].env[0].valueFrom.resourceFieldRef.resource: Unsupported value: "limits.disk": supported values: "limits.cpu", "limits.ephemeral-storage", "limits.memory", "requests.cpu", "requests.ephemeral-storage", "requests.memory"',
    ],
  ],
  ['a variable without a name', withContainer({ env: [{ value: 'x' }] }), ['spec.containers[0].env[0].name: Required value']],
  [
    'a port name that is none',
    withContainer({ livenessProbe: { httpGet: { path: '/', port: '-5Mi' } } }),
    [
      'spec.containers[0].livenessProbe.httpGet.port: Invalid value: "-5Mi": must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)',
      'spec.containers[0].livenessProbe.httpGet.port: Invalid value: "-5Mi": must not begin or end with a hyphen',
    ],
  ],
  [
    'a probe without a handler',
    withContainer({ readinessProbe: {} }),
    ['spec.containers[0].readinessProbe: Required value: must specify a handler type'],
  ],
  [
    'a liveness probe that must succeed twice',
    withContainer({ livenessProbe: { tcpSocket: { port: 80 }, successThreshold: 2 } }),
    ['spec.containers[0].livenessProbe.successThreshold: Invalid value: 2: must be 1'],
  ],
  [
    'one host port twice',
    {
      containers: [
        { name: 'a', image: 'i', ports: [{ containerPort: 1, hostPort: 80 }] },
        { name: 'b', image: 'i', ports: [{ containerPort: 2, hostPort: 80 }] },
      ],
    },
    ['spec.containers[1].ports[0].hostPort: Duplicate value: "TCP//80"'],
  ],
  [
    'a probe of an init container',
    withSpec({ initContainers: [{ name: 'i', image: 'i', livenessProbe: { exec: { command: ['true'] } } }] }),
    ['spec.initContainers[0].livenessProbe: Forbidden: may not be set for init containers without restartPolicy=Always'],
  ],
  [
    'a sidecar may have one',
    withSpec({ initContainers: [{ name: 'i', image: 'i', restartPolicy: 'Always', livenessProbe: { exec: { command: ['true'] } } }] }),
    [],
  ],
  [
    'an unknown selector operator',
    affinity({
      requiredDuringSchedulingIgnoredDuringExecution: {
        nodeSelectorTerms: [{ matchExpressions: [{ key: 'd', operator: 'Equals', values: ['x'] }] }],
      },
    }),
    [
      'spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms[0].matchExpressions[0].operator: Invalid value: "Equals": not a valid selector operator',
    ],
  ],
  [
    'a preference without weight, with values too many',
    affinity({
      preferredDuringSchedulingIgnoredDuringExecution: [
        { preference: { matchExpressions: [{ key: 'd', operator: 'Exists', values: ['x'] }] } },
      ],
    }),
    [
      'spec.affinity.nodeAffinity.preferredDuringSchedulingIgnoredDuringExecution[0].weight: Invalid value: 0: must be in the range 1-100',
      "spec.affinity.nodeAffinity.preferredDuringSchedulingIgnoredDuringExecution[0].preference.matchExpressions[0].values: Forbidden: may not be specified when `operator` is 'Exists' or 'DoesNotExist'",
    ],
  ],
  [
    'a toleration without key and operator',
    withSpec({ tolerations: [{ effect: 'NoSchedule' }] }),
    [
      'spec.tolerations[0].operator: Invalid value: "": operator must be Exists when `key` is empty, which means "match all values and all keys"',
    ],
  ],
  [
    'seconds of a toleration that does not evict',
    withSpec({ tolerations: [{ key: 'k', operator: 'Exists', effect: 'NoSchedule', tolerationSeconds: 5 }] }),
    ['spec.tolerations[0].effect: Invalid value: "NoSchedule": effect must be \'NoExecute\' when `tolerationSeconds` is set'],
  ],
  [
    'preferences that say nothing',
    withSpec({
      affinity: {
        podAntiAffinity: { preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 1 }] },
        nodeAffinity: { preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 1 }] },
      },
    }),
    [
      'spec.affinity.podAntiAffinity.preferredDuringSchedulingIgnoredDuringExecution[0].podAffinityTerm.topologyKey: Required value: can not be empty',
      'spec.affinity.podAntiAffinity.preferredDuringSchedulingIgnoredDuringExecution[0].podAffinityTerm.topologyKey: Invalid value: "": name part must be non-empty',
      "spec.affinity.podAntiAffinity.preferredDuringSchedulingIgnoredDuringExecution[0].podAffinityTerm.topologyKey: Invalid value: \"\": name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')",
    ],
  ],
  [
    'a skew of nothing',
    withSpec({ topologySpreadConstraints: [{ maxSkew: 0, topologyKey: '', whenUnsatisfiable: 'Never' }] }),
    [
      'spec.topologySpreadConstraints[0].maxSkew: Invalid value: 0: must be greater than zero',
      'spec.topologySpreadConstraints[0].topologyKey: Required value: can not be empty',
      'spec.topologySpreadConstraints[0].whenUnsatisfiable: Unsupported value: "Never": supported values: "DoNotSchedule", "ScheduleAnyway"',
    ],
  ],
  [
    'privileged, yet without escalation',
    withContainer({ securityContext: { runAsUser: -1 } }),
    ['spec.containers[0].securityContext.runAsUser: Invalid value: -1: must be between 0 and 2147483647, inclusive'],
  ],
  [
    "no nameserver of one's own",
    withSpec({ dnsPolicy: 'None' }),
    ['spec.dnsConfig: Required value: must provide `dnsConfig` when `dnsPolicy` is None'],
  ],
  [
    'privileged, yet without escalation, in so many words',
    withContainer({ securityContext: { privileged: true, allowPrivilegeEscalation: false } }),
    [
      'spec.containers[0].securityContext: Invalid value: {"Capabilities":null,"Privileged":true,"SELinuxOptions":null,"WindowsOptions":null,"RunAsUser":null,"RunAsGroup":null,"RunAsNonRoot":null,"ReadOnlyRootFilesystem":null,"AllowPrivilegeEscalation":false,"ProcMount":null,"SeccompProfile":null,"AppArmorProfile":null}: cannot set `allowPrivilegeEscalation` to false and `privileged` to true',
    ],
  ],
  [
    'profiles that lack their file or have one too many',
    withSpec({
      securityContext: { seccompProfile: { type: 'Localhost' }, appArmorProfile: { type: 'Unconfined', localhostProfile: 'x' } },
    }),
    [
      'spec.securityContext.seccompProfile.localhostProfile: Required value: must be set when seccomp type is Localhost',
      'spec.securityContext.appArmorProfile.localhostProfile: Invalid value: "x": can only be set when AppArmor type is Localhost',
    ],
  ],
  [
    'sysctls of the host',
    withSpec({
      hostNetwork: true,
      securityContext: {
        sysctls: [
          { name: 'net.core.somaxconn', value: '1' },
          { name: 'BAD', value: '' },
        ],
      },
    }),
    [
      'spec.securityContext.sysctls[0].name: Invalid value: "net.core.somaxconn": may not be specified when \'hostNetwork\' is true',
      'spec.securityContext.sysctls[1].name: Invalid value: "BAD": must have at most 253 characters and match regex ^([a-z0-9]([-_a-z0-9]*[a-z0-9])?[\\./])*[a-z0-9]([-_a-z0-9]*[a-z0-9])?$',
    ],
  ],
  [
    'a resize policy where nothing restarts',
    withSpec({
      restartPolicy: 'Never',
      containers: [{ name: 'c', image: 'nginx', resizePolicy: [{ resourceName: 'cpu', restartPolicy: 'RestartContainer' }] }],
    }),
    ["spec.containers[0].resizePolicy: Invalid value: \"RestartContainer\": must be 'NotRequired' when `restartPolicy` is 'Never'"],
  ],
  ['a negative grace period is only warned of', withSpec({ terminationGracePeriodSeconds: -5 }), []],
]

describe('validation', () => {
  test.each(rows)('%s', (_, spec, errors) => {
    expect(errorsOf(spec)).toEqual(errors)
  })
})

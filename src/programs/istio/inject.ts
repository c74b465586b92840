/** What istiod's webhook puts into a pod: istio-init, which redirects its traffic, and the sidecar istio-proxy. */
import type { Container, Pod, Probe } from '../../api/generated/types/core-v1.ts'
import { AGENT_PORT, HEALTH_PORT, INBOUND_PORT, METRICS_PORT, OUTBOUND_PORT, PROXY_UID } from './contract.ts'
import { hasSidecar } from './mesh.ts'

interface Operation {
  readonly op: 'add' | 'replace'
  readonly path: string
  readonly value: unknown
}

const PROBES = ['readinessProbe', 'livenessProbe', 'startupProbe'] as const
const SHORT = { readinessProbe: 'readyz', livenessProbe: 'livez', startupProbe: 'startupz' } as const

/** Where the kubelet's question really goes, for the agent that asks it in its place: its own connection would be no mutual TLS. */
export interface Prober {
  readonly port: number
  readonly path: string
  readonly host?: string
}

const escaped = (key: string): string => key.replaceAll('~', '~0').replaceAll('/', '~1')

function rewritten(container: Container, at: string, probers: Record<string, Prober>): Operation[] {
  return PROBES.flatMap((kind) => {
    const get = container[kind]?.httpGet
    if (get === undefined) return []
    const name = typeof get.port === 'string' ? container.ports?.find((p) => p.name === get.port)?.containerPort : get.port
    const key = `/app-health/${container.name}/${SHORT[kind]}`
    const host = get.httpHeaders?.find((h) => h.name.toLowerCase() === 'host')?.value
    probers[key] = { port: Number(name ?? 80), path: get.path ?? '/', ...(host && { host }) }
    const probe: Probe = { ...container[kind], httpGet: { path: key, port: AGENT_PORT } }
    return [{ op: 'replace' as const, path: `${at}/${kind}`, value: probe }]
  })
}

function containers(image: string, probers: Readonly<Record<string, Prober>>): readonly Container[] {
  const field = (name: string, fieldPath: string): NonNullable<Container['env']>[number] => ({
    name,
    valueFrom: { fieldRef: { fieldPath } },
  })
  return [
    {
      name: 'istio-init',
      image,
      args: [
        'istio-iptables',
        '-p',
        String(OUTBOUND_PORT),
        '-z',
        String(INBOUND_PORT),
        '-u',
        String(PROXY_UID),
        '-m',
        'REDIRECT',
        '-i',
        '*',
        '-b',
        '*',
        '-d',
        `${METRICS_PORT},${HEALTH_PORT},${AGENT_PORT}`,
      ],
      resources: { requests: { cpu: '100m', memory: '128Mi' }, limits: { cpu: '2', memory: '1Gi' } },
      securityContext: { runAsUser: 0, runAsGroup: 0, runAsNonRoot: false, capabilities: { add: ['NET_ADMIN', 'NET_RAW'], drop: ['ALL'] } },
    },
    {
      name: 'istio-proxy',
      image,
      restartPolicy: 'Always',
      args: ['proxy', 'sidecar', '--domain', '$(POD_NAMESPACE).svc.cluster.local', '--proxyLogLevel=warning'],
      env: [
        field('POD_NAME', 'metadata.name'),
        field('POD_NAMESPACE', 'metadata.namespace'),
        { name: 'ISTIO_KUBE_APP_PROBERS', value: JSON.stringify(probers) },
      ],
      ports: [{ name: 'http-envoy-prom', containerPort: METRICS_PORT }],
      readinessProbe: { httpGet: { path: '/healthz/ready', port: HEALTH_PORT }, periodSeconds: 15, timeoutSeconds: 3, failureThreshold: 4 },
      startupProbe: { httpGet: { path: '/healthz/ready', port: HEALTH_PORT }, periodSeconds: 1, timeoutSeconds: 3, failureThreshold: 600 },
      resources: { requests: { cpu: '100m', memory: '128Mi' }, limits: { cpu: '2', memory: '1Gi' } },
      securityContext: { runAsUser: PROXY_UID, runAsGroup: PROXY_UID, runAsNonRoot: true, capabilities: { drop: ['ALL'] } },
    },
  ]
}

/** The patch of a pod; none where it asks to be left alone or has its sidecar. */
export function injection(pod: Pod, image: string): readonly Operation[] {
  const { labels = {}, annotations = {} } = pod.metadata
  if (labels['sidecar.istio.io/inject'] === 'false' || annotations['sidecar.istio.io/inject'] === 'false') return []
  if (pod.spec?.hostNetwork === true || hasSidecar(pod)) return []
  const probers: Record<string, Prober> = {}
  const probes = (pod.spec?.containers ?? []).flatMap((c, i) => rewritten(c, `/spec/containers/${i}`, probers))
  const init = [...containers(image, probers), ...(pod.spec?.initContainers ?? [])]
  const status = JSON.stringify({ initContainers: ['istio-init', 'istio-proxy'], containers: null })
  return [
    { op: 'add', path: '/spec/initContainers', value: init },
    ...probes,
    pod.metadata.annotations === undefined
      ? { op: 'add', path: '/metadata/annotations', value: { 'sidecar.istio.io/status': status } }
      : { op: 'add', path: `/metadata/annotations/${escaped('sidecar.istio.io/status')}`, value: status },
  ]
}

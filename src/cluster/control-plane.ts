/**
 * The control plane's components as static pods (kubeadm), and what it means that one of them does not run: nobody does its work until it is
 * back, when it lists the cluster anew.
 */
import { stringify } from 'yaml'
import type { ApiObject } from '../api/meta.ts'
import type { ResourceName } from '../api/reader.ts'
import type { Cluster, ObjectChange } from '../client/contract.ts'
import type { NetworkRanges } from '../network/ranges.ts'
import { type DirectoryNode, treeFromTexts } from '../script/memory-files.ts'
import type { Actor } from '../sim/loop.ts'

interface Component {
  readonly name: string
  readonly image: string
  readonly cpu: string
  readonly memory?: string
  readonly args: readonly string[]
}

const NAMES = ['etcd', 'kube-apiserver', 'kube-controller-manager', 'kube-scheduler']

const components = (ip: string, ranges: NetworkRanges): readonly Component[] => [
  {
    name: 'etcd',
    image: 'registry.k8s.io/etcd:3.6.6-0',
    cpu: '100m',
    memory: '100Mi',
    args: [`--advertise-client-urls=https://${ip}:2379`, '--data-dir=/var/lib/etcd', '--name=control-plane'],
  },
  {
    name: 'kube-apiserver',
    image: 'registry.k8s.io/kube-apiserver:v1.36.2',
    cpu: '250m',
    args: [
      `--advertise-address=${ip}`,
      '--authorization-mode=Node,RBAC',
      '--enable-admission-plugins=NodeRestriction',
      '--etcd-servers=https://127.0.0.1:2379',
      '--secure-port=6443',
      `--service-cluster-ip-range=${ranges.serviceCidr}`,
    ],
  },
  {
    name: 'kube-controller-manager',
    image: 'registry.k8s.io/kube-controller-manager:v1.36.2',
    cpu: '200m',
    args: [
      '--allocate-node-cidrs=true',
      '--bind-address=127.0.0.1',
      `--cluster-cidr=${ranges.podCidr}`,
      '--controllers=*,bootstrapsigner,tokencleaner',
      '--leader-elect=true',
      '--use-service-account-credentials=true',
    ],
  },
  {
    name: 'kube-scheduler',
    image: 'registry.k8s.io/kube-scheduler:v1.36.2',
    cpu: '100m',
    args: ['--bind-address=127.0.0.1', '--kubeconfig=/etc/kubernetes/scheduler.conf', '--leader-elect=true'],
  },
]

const manifest = ({ name, image, cpu, memory, args }: Component): ApiObject =>
  ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace: 'kube-system', labels: { component: name, tier: 'control-plane' } },
    spec: {
      containers: [
        {
          name,
          image,
          imagePullPolicy: 'IfNotPresent',
          command: [name, ...args],
          resources: { requests: { cpu, ...(memory && { memory }) } },
        },
      ],
      hostNetwork: true,
      priority: 2_000_001_000,
      priorityClassName: 'system-node-critical',
      securityContext: { seccompProfile: { type: 'RuntimeDefault' } },
    },
  }) as never

/** The files of /etc/kubernetes/manifests. */
export const controlPlaneManifests = (ip: string, ranges: NetworkRanges, nowMs: number): DirectoryNode =>
  treeFromTexts(Object.fromEntries(components(ip, ranges).map((c) => [`/${c.name}.yaml`, stringify(manifest(c))])), nowMs)

const HEALTH_PORTS: Readonly<Record<string, number>> = { 'kube-controller-manager': 10_257, 'kube-scheduler': 10_259 }

/** `control-plane` cell `managed`: from now on components are only where their processes are. */
const FAMILY = 'control-plane'
const MANAGED = 'managed'

export const manageControlPlane = (cluster: Cluster): void => cluster.cells.put(FAMILY, MANAGED, true)

/** Counts the processes of the components, from the records of processes. */
export class ControlPlane {
  readonly #cluster: Cluster
  readonly #running = new Map<string, number>()
  readonly #names = new Set(NAMES)
  /** Derived, because it is asked before every unit of work. */
  #managed = false
  /** How often any of it changed. */
  #changes = 0

  constructor(cluster: Cluster) {
    this.#cluster = cluster
    cluster.cells.onChange(FAMILY, (_key, _before, after) => {
      this.#managed = after !== undefined
      this.#changes++
    })
    cluster.cells.onChange('process', (_key, before, after) => {
      const record = (after ?? before) as { readonly program: string }
      if (!this.#names.has(record.program) || (before === undefined) === (after === undefined)) return
      this.#changes++
      this.#running.set(record.program, (this.#running.get(record.program) ?? 0) + (after === undefined ? -1 : 1))
    })
  }

  runs(component: string): boolean {
    return !this.#managed || (this.#running.get(component) ?? 0) > 0
  }

  /** What the API server's health check of a component finds wrong; it answers only while etcd does. */
  problemOf(component: string): string | undefined {
    const port = HEALTH_PORTS[component]
    if (port === undefined || this.runs(component)) return undefined
    return `Get "https://127.0.0.1:${port}/healthz": dial tcp 127.0.0.1:${port}: connect: connection refused`
  }

  /** The API answers. */
  apiRuns(): boolean {
    return !this.#managed || (this.runs('kube-apiserver') && this.runs('etcd'))
  }

  /** A cluster whose actors work only while the component and the API run; `relists`: what it lists anew when it comes back. */
  gated(component: string, relists: boolean): Cluster {
    let seen = -1
    let is = true
    const up = (): boolean => {
      if (seen !== this.#changes) {
        seen = this.#changes
        is = this.apiRuns() && this.runs(component)
      }
      return is
    }
    const cluster = this.#cluster
    const heard: [ResourceName, (change: ObjectChange) => void][] = []
    const subscribe = (resource: ResourceName | '*', listener: (change: ObjectChange) => void): void => {
      if (resource !== '*') heard.push([resource, listener])
      cluster.subscribe(resource, listener)
    }
    const relist = (): void => {
      for (const [resource, listener] of heard) for (const after of cluster.read.list(resource)) listener({ resource, after })
    }
    let own = false
    const register = (actor: Actor): void => {
      cluster.register(gate(actor, up))
      if (own || !relists) return
      own = true
      this.#watchReturn(component, up, relist)
    }
    return { ...cluster, subscribe, register }
  }

  /** An actor of its own that notices the component's return, before the others work. */
  #watchReturn(component: string, up: () => boolean, relist: () => void): void {
    let was = true
    this.#cluster.register({
      name: `control-plane/${component}`,
      work: () => {
        const is = up()
        const back = is && !was
        was = is
        if (back) relist()
        return back
      },
      forget: () => {
        // What was pending is dropped by a rewind to when the component was down: listing anew will find it.
        was = up()
      },
    })
  }
}

function gate(actor: Actor, up: () => boolean): Actor {
  return {
    name: actor.name,
    ...(actor.work && { work: () => up() && actor.work!() }),
    ...(actor.onTimer && {
      // Listing anew replaces what a stopped component had in mind.
      onTimer: (id: string, payload: unknown) => {
        if (up()) actor.onTimer!(id, payload)
      },
    }),
    ...(actor.forget && { forget: () => actor.forget!() }),
  }
}

/**
 * MetalLB's two loops: the controller's, which gives Services their addresses, and the speakers', which agree on who announces each. A node that
 * dies is missed by the others' member list after some seconds; only then its addresses move.
 */
import type { Service } from '../../api/generated/types/core-v1.ts'
import type { Cluster, EventRecorder, Writer } from '../../client/contract.ts'
import { WorkQueue } from '../../client/work-queue.ts'
import type { Actor } from '../../sim/loop.ts'
import { type AddOn, isAlive, isPodOf, livePods } from '../add-ons/alive.ts'
import type { Hosts } from '../contract.ts'
import type { Announcements } from './announcements.ts'
import { type AddressPool, allocateAddress } from './pool.ts'

export const CONTROLLER_PODS: AddOn = { namespace: 'metallb-system', label: ['component', 'controller'] }
export const SPEAKER_PODS: AddOn = { namespace: 'metallb-system', label: ['component', 'speaker'] }

/** The gossip's time to miss a member. */
const MISSED_MS = 4_000
const MEMBERS = 'members'
const FAMILY = 'metallb'
const SERVICE_LABEL = 'kubernetes.io/service-name'

export interface MetalLbOptions {
  readonly cluster: Cluster
  readonly hosts: () => Hosts
  readonly announcements: Announcements
  readonly pools: readonly AddressPool[]
}

export class MetalLb implements Actor {
  readonly name = 'metallb'
  readonly #options: MetalLbOptions
  readonly #queue = new WorkQueue()
  readonly #write: Writer
  readonly #controllerEvents: EventRecorder
  readonly #speakerEvents: EventRecorder
  #look = false

  constructor(options: MetalLbOptions) {
    this.#options = options
    const { cluster } = options
    this.#write = cluster.writer('system:serviceaccount:metallb-system:controller')
    this.#controllerEvents = cluster.recorder('metallb-controller')
    this.#speakerEvents = cluster.recorder('metallb-speaker')
    cluster.subscribe('services', ({ before, after }) => {
      const service = (after ?? before)! as Service
      if (service.spec?.type === 'LoadBalancer' || (before as Service | undefined)?.spec?.type === 'LoadBalancer')
        this.#queue.add(`${service.metadata.namespace}/${service.metadata.name}`)
    })
    cluster.subscribe('endpointslices.discovery.k8s.io', ({ before, after }) => {
      const slice = (after ?? before)!
      const key = `${slice.metadata.namespace}/${slice.metadata.labels?.[SERVICE_LABEL]}`
      if (this.#isBalanced(key)) this.#queue.add(key)
    })
    cluster.subscribe('pods', ({ before, after }) => {
      if (isPodOf(SPEAKER_PODS, after ?? before) || isPodOf(CONTROLLER_PODS, after ?? before)) this.#look = true
    })
    cluster.cells.onChange('power', () => {
      this.#look = true
    })
    cluster.register(this)
  }

  #isBalanced(key: string): boolean {
    const [namespace, name] = key.split('/') as [string, string]
    return this.#options.cluster.read.get('services', namespace, name)?.spec?.type === 'LoadBalancer'
  }

  forget(): void {
    this.#queue.clear()
    this.#look = false
  }

  work(): boolean {
    if (this.#look) {
      this.#look = false
      this.#lookAtMembers()
      return true
    }
    const key = this.#queue.take()
    if (key === undefined) return false
    this.#reconcile(key)
    return true
  }

  onTimer(): void {
    this.#setMembers(this.#speakers())
  }

  // ── who is there ──

  #speakers(): string[] {
    const { cluster, hosts } = this.#options
    return [...new Set(livePods(cluster, hosts(), SPEAKER_PODS).map((p) => p.spec!.nodeName!))].sort()
  }

  #members(): readonly string[] {
    return this.#options.cluster.cells.get<readonly string[]>(FAMILY, MEMBERS) ?? []
  }

  /** Who joins is known at once; who is gone, only after a while. */
  #lookAtMembers(): void {
    const { cluster } = this.#options
    const now = this.#speakers()
    const known = this.#members()
    const joined = now.filter((n) => !known.includes(n))
    if (joined.length > 0) this.#setMembers([...known, ...joined].sort())
    else this.#enqueueAll()
    if (known.some((n) => !now.includes(n)) && cluster.timerDue(this.name, 'missed') === undefined)
      cluster.setTimer(this.name, 'missed', cluster.clock.nowMs + MISSED_MS)
  }

  #setMembers(members: readonly string[]): void {
    const known = this.#members()
    if (members.length === known.length && members.every((m, i) => m === known[i])) return
    this.#options.cluster.cells.put(FAMILY, MEMBERS, members)
    this.#enqueueAll()
  }

  #enqueueAll(): void {
    for (const service of this.#options.cluster.read.list('services'))
      if (service.spec?.type === 'LoadBalancer') this.#queue.add(`${service.metadata.namespace}/${service.metadata.name}`)
  }

  // ── one Service ──

  #reconcile(key: string): void {
    const { cluster, hosts, announcements } = this.#options
    const [namespace, name] = key.split('/') as [string, string]
    const service = cluster.read.get('services', namespace, name)
    const balanced = service?.spec?.type === 'LoadBalancer' && !service.spec.loadBalancerClass
    if (service === undefined || !balanced) {
      for (const ip of announcements.ofService(key)) announcements.withdraw(ip)
      if (service?.status?.loadBalancer?.ingress && service.spec?.type !== 'LoadBalancer') this.#setStatus(service, undefined)
      return
    }
    if (isAlive(cluster, hosts(), CONTROLLER_PODS)) this.#allocate(key, service)
    this.#announce(key, cluster.read.get('services', namespace, name)!)
  }

  #allocate(key: string, service: Service): void {
    const { cluster, pools } = this.#options
    const taken = new Set<string>()
    for (const other of cluster.read.list('services'))
      if (other !== service && other.spec?.type === 'LoadBalancer' && `${other.metadata.namespace}/${other.metadata.name}` !== key)
        for (const i of other.status?.loadBalancer?.ingress ?? []) taken.add(i.ip!)
    const allocation = allocateAddress(service, pools, taken)
    if ('failed' in allocation) {
      if (service.status?.loadBalancer?.ingress) this.#setStatus(service, undefined)
      this.#controllerEvents.event(service, 'Warning', 'AllocationFailed', `Failed to allocate IP for "${key}": ${allocation.failed}`)
      return
    }
    if (service.status?.loadBalancer?.ingress?.[0]?.ip === allocation.ip) return
    this.#setStatus(service, allocation.ip)
    this.#controllerEvents.event(service, 'Normal', 'IPAllocated', `Assigned IP ["${allocation.ip}"]`)
  }

  #setStatus(service: Service, ip: string | undefined): void {
    this.#write.modify(
      'services',
      service.metadata.namespace,
      service.metadata.name,
      (draft) => {
        draft.status = { ...draft.status, loadBalancer: ip === undefined ? {} : { ingress: [{ ip, ipMode: 'VIP' }] } }
      },
      'status',
    )
  }

  #announce(key: string, service: Service): void {
    const { announcements } = this.#options
    const ip = service.status?.loadBalancer?.ingress?.[0]?.ip
    for (const old of announcements.ofService(key)) if (old !== ip) announcements.withdraw(old)
    if (ip === undefined) return
    const node = announcements.candidates(service, ip, this.#members())[0]
    const before = announcements.get(ip)
    if (node === undefined) announcements.withdraw(ip)
    if (node === undefined || before?.node === node) return
    announcements.set(ip, { node, service: key })
    this.#speakerEvents.event(service, 'Normal', 'nodeAssigned', `announcing from node "${node}" with protocol "layer2"`)
  }
}

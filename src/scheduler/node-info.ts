/** A node as the scheduler counts it: what it has, and sums over its pods that are kept up to date, never recomputed. */
import type { Node } from '../api/generated/types/core-v1.ts'
import { milliValue, quantityValue } from '../api/quantity.ts'
import type { HostPort, PodInfo, Requests } from './pod-info.ts'

interface Sums extends Requests {
  readonly scalars: Map<string, number>
}

export interface Allocatable extends Sums {
  pods: number
}

const nothing = (): Sums => ({ cpuMilli: 0, memoryBytes: 0, ephemeralBytes: 0, scalars: new Map() })

function allocatableOf(node: Node): Allocatable {
  const a: Allocatable = { ...nothing(), pods: 0 }
  for (const [name, value] of Object.entries(node.status?.allocatable ?? {})) {
    if (name === 'cpu') a.cpuMilli = milliValue(value)
    else if (name === 'memory') a.memoryBytes = quantityValue(value)
    else if (name === 'ephemeral-storage') a.ephemeralBytes = quantityValue(value)
    else if (name === 'pods') a.pods = quantityValue(value)
    else a.scalars.set(name, quantityValue(value))
  }
  return a
}

const anyAddress = (ip: string): boolean => ip === '0.0.0.0' || ip === '::' || ip === ''

export class NodeInfo {
  readonly name: string
  node: Node | undefined
  allocatable: Allocatable = { ...nothing(), pods: 0 }
  readonly requested = nothing()
  nonZeroCpuMilli = 0
  nonZeroMemoryBytes = 0
  readonly pods = new Map<string, PodInfo>()
  /** Those with any pod (anti-)affinity, and those with a required anti-affinity. */
  readonly withAffinity = new Set<PodInfo>()
  readonly withRequiredAntiAffinity = new Set<PodInfo>()
  readonly #ports = new Map<string, string[]>()
  /** Image name → bytes. */
  images: ReadonlyMap<string, number> = new Map()
  /** Claims in use here: `namespace/name` → by how many pods. */
  readonly claims = new Map<string, number>()

  constructor(name: string) {
    this.name = name
  }

  setNode(node: Node | undefined): void {
    const before = this.node
    this.node = node
    if (node === undefined) return
    if (before?.status?.allocatable !== node.status?.allocatable || before === undefined) this.allocatable = allocatableOf(node)
    if (before?.status?.images !== node.status?.images || before === undefined)
      this.images = new Map((node.status?.images ?? []).flatMap((i) => (i.names ?? []).map((name) => [name, i.sizeBytes ?? 0] as const)))
  }

  get labels(): Readonly<Record<string, string>> {
    return this.node?.metadata.labels ?? {}
  }

  add(info: PodInfo): void {
    this.pods.set(info.uid, info)
    this.#count(info, 1)
    if (info.hasAffinity) this.withAffinity.add(info)
    if (info.requiredAntiAffinity.length > 0) this.withRequiredAntiAffinity.add(info)
    for (const p of info.hostPorts)
      this.#ports.set(`${p.protocol}/${p.port}`, [...(this.#ports.get(`${p.protocol}/${p.port}`) ?? []), p.ip])
  }

  remove(uid: string): PodInfo | undefined {
    const info = this.pods.get(uid)
    if (info === undefined) return undefined
    this.pods.delete(uid)
    this.#count(info, -1)
    this.withAffinity.delete(info)
    this.withRequiredAntiAffinity.delete(info)
    for (const p of info.hostPorts) {
      const ips = this.#ports.get(`${p.protocol}/${p.port}`) ?? []
      ips.splice(ips.indexOf(p.ip), 1)
    }
    return info
  }

  #count(info: PodInfo, sign: 1 | -1): void {
    const { requested } = this
    requested.cpuMilli += sign * info.requests.cpuMilli
    requested.memoryBytes += sign * info.requests.memoryBytes
    requested.ephemeralBytes += sign * info.requests.ephemeralBytes
    for (const [name, n] of info.requests.scalars) requested.scalars.set(name, (requested.scalars.get(name) ?? 0) + sign * n)
    this.nonZeroCpuMilli += sign * info.nonZeroCpuMilli
    this.nonZeroMemoryBytes += sign * info.nonZeroMemoryBytes
    for (const claim of info.claims) {
      const key = `${info.namespace}/${claim}`
      const n = (this.claims.get(key) ?? 0) + sign
      if (n === 0) this.claims.delete(key)
      else this.claims.set(key, n)
    }
  }

  /** Whether the port is taken: the same protocol and number on the same address, or either on all addresses. */
  conflicts(port: HostPort): boolean {
    const ips = this.#ports.get(`${port.protocol}/${port.port}`)
    return ips?.some((ip) => ip === port.ip || anyAddress(ip) || anyAddress(port.ip)) === true
  }

  clone(): NodeInfo {
    const copy = new NodeInfo(this.name)
    copy.node = this.node
    copy.allocatable = this.allocatable
    copy.images = this.images
    for (const info of this.pods.values()) copy.add(info)
    return copy
  }
}

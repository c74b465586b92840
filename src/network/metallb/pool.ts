/** Addresses for Services of type LoadBalancer, given out of pools in order (MetalLB's IPAddressPool and its allocator). */
import type { Service } from '../../api/generated/types/core-v1.ts'
import { ipv4ToNumber, numberToIpv4 } from '../../lib/cidr.ts'

export interface AddressPool {
  readonly name: string
  /** First and last address. */
  readonly first: string
  readonly last: string
}

export const DEFAULT_POOL: AddressPool = { name: 'company', first: '192.168.0.10', last: '192.168.0.49' }

export const LOAD_BALANCER_IPS = 'metallb.io/loadBalancerIPs'

/** Which address a Service is to have. `taken` are those of other Services. */
export type Allocation = { readonly ip: string; readonly pool: string } | { readonly failed: string }

const contains = (pool: AddressPool, ip: string): boolean => {
  const n = ipv4ToNumber(ip)
  return n !== undefined && n >= ipv4ToNumber(pool.first)! && n <= ipv4ToNumber(pool.last)!
}

export function allocateAddress(service: Service, pools: readonly AddressPool[], taken: ReadonlySet<string>): Allocation {
  const key = `${service.metadata.namespace}/${service.metadata.name}`
  const asked = service.metadata.annotations?.[LOAD_BALANCER_IPS] ?? service.spec?.loadBalancerIP
  const current = service.status?.loadBalancer?.ingress?.[0]?.ip
  if (asked) {
    const pool = pools.find((p) => contains(p, asked))
    if (pool === undefined) return { failed: `["${asked}"] is not allowed in config` }
    return taken.has(asked)
      ? { failed: `can't change sharing key for "${key}", address also in use by other services` }
      : { ip: asked, pool: pool.name }
  }
  const kept = current === undefined || taken.has(current) ? undefined : pools.find((p) => contains(p, current))
  if (kept) return { ip: current!, pool: kept.name }
  for (const pool of pools)
    for (let n = ipv4ToNumber(pool.first)!; n <= ipv4ToNumber(pool.last)!; n++) {
      const ip = numberToIpv4(n)
      if (!taken.has(ip)) return { ip, pool: pool.name }
    }
  return { failed: 'no available IPs' }
}

/**
 * Gives Services their cluster addresses and node ports (upstream's service REST storage: alloc.go). What is taken is read off the
 * other Services; what is asked for and cannot be had is an error that hides all others, as in the real API.
 */
import { errors, type FieldError, invalid } from '../../../api/errors.ts'
import type { Service, ServiceSpec } from '../../../api/generated/types/core-v1.ts'
import { ipErrors, isIp } from '../../../api/names.ts'
import type { Reader } from '../../../api/reader.ts'
import { addressAt, addressCount, type Cidr, offsetOf, parseCidr } from '../../../lib/cidr.ts'
import { hash53 } from '../../../lib/hash.ts'
import { USUAL_SERVICE_CIDR } from '../../networking/servicecidr/usual.ts'
import { checked } from '../field-checks.ts'
import { isHeadless, needsClusterIp, needsHealthCheckPort, needsNodePort } from './defaults.ts'

/** The first addresses are left to those who ask by name: a sixteenth of the range, but 16 at least and 256 at most. */
const reservedOf = (size: number): number => (size <= 16 ? 0 : Math.min(Math.max(16, size / 16), 256))
const FIRST_PORT = 30_000
const LAST_PORT = 32_767
/** The lower band of ports is likewise left alone. */
const FIRST_DRAWN_PORT = 30_086

const OWN_RANGE = 'kubernetes'

/** The ranges that Services get their addresses from, the cluster's own first; kubeadm's where the API server has written none down yet. */
function rangesOf(reader: Reader): readonly Cidr[] {
  const objects = reader.list('servicecidrs.networking.k8s.io')
  const own = objects.filter((o) => o.metadata.name === OWN_RANGE)
  const others = objects.filter((o) => o.metadata.name !== OWN_RANGE)
  const texts = [...own, ...others].filter((o) => o.metadata.deletionTimestamp === undefined).flatMap((o) => o.spec?.cidrs ?? [])
  return (objects.length === 0 ? [USUAL_SERVICE_CIDR] : texts).flatMap((text) => parseCidr(text) ?? []).filter((c) => c.family === 4)
}

const isIn = (cidr: Cidr, ip: string): boolean => {
  const offset = offsetOf(cidr, ip) ?? -1
  return offset > 0 && offset < addressCount(cidr) - 1
}

const fail = (service: Service, found: readonly FieldError[]): never => {
  throw errors.invalid('', 'Service', service.metadata.name, found)
}

/** What the other services hold. */
interface Taken {
  readonly addresses: ReadonlySet<string>
  readonly ports: Set<string>
}

function takenByOthers(service: Service, reader: Reader): Taken {
  const addresses = new Set<string>()
  const ports = new Set<string>()
  for (const other of reader.list('services')) {
    if (other.metadata.name === service.metadata.name && other.metadata.namespace === service.metadata.namespace) continue
    for (const ip of other.spec?.clusterIPs ?? []) addresses.add(ip)
    for (const port of other.spec?.ports ?? []) if (port.nodePort) ports.add(`${port.protocol}/${port.nodePort}`)
    if (other.spec?.healthCheckNodePort) ports.add(`TCP/${other.spec.healthCheckNodePort}`)
  }
  return { addresses, ports }
}

/** clusterIP and clusterIPs[0] are one field under two names; the client may have set either. */
export function normalizeClusterIps(next: ServiceSpec, previous: ServiceSpec | undefined): void {
  if (previous === undefined) {
    if (next.clusterIP && !next.clusterIPs?.length) next.clusterIPs = [next.clusterIP]
    return
  }
  if (next.clusterIP !== previous.clusterIP) {
    if (!next.clusterIP) {
      if (next.clusterIPs?.[0] === previous.clusterIPs?.[0]) delete next.clusterIPs
    } else if (next.clusterIPs?.[0] === previous.clusterIPs?.[0]) next.clusterIPs = [next.clusterIP, ...(next.clusterIPs ?? []).slice(1)]
  }
  if (next.clusterIPs?.length && !next.clusterIP) next.clusterIP = next.clusterIPs[0]
}

function setFamilies(spec: ServiceSpec): void {
  const anyFamily = isHeadless(spec) && Object.keys(spec.selector ?? {}).length === 0
  spec.ipFamilyPolicy ??= anyFamily ? 'RequireDualStack' : 'SingleStack'
  if (!spec.ipFamilies?.length) spec.ipFamilies = anyFamily ? ['IPv4', 'IPv6'] : [spec.clusterIPs?.[0]?.includes(':') ? 'IPv6' : 'IPv4']
}

/** The cluster has IPv4 alone; headless Services without a selector may ask for what they like, they get no address. */
function familyErrors(spec: ServiceSpec): FieldError[] {
  if (isHeadless(spec) && Object.keys(spec.selector ?? {}).length === 0) return []
  const found: FieldError[] = []
  if (spec.ipFamilyPolicy === 'RequireDualStack')
    found.push(invalid('spec.ipFamilyPolicy', spec.ipFamilyPolicy, 'this cluster is not configured for dual-stack services'))
  for (const [i, family] of (spec.ipFamilies ?? []).entries())
    if (family !== 'IPv4') found.push(invalid(`spec.ipFamilies[${i}]`, family, 'not configured on this cluster'))
  return found
}

const keyOf = (service: Service): string => `${service.metadata.namespace}/${service.metadata.name} ${service.metadata.uid ?? ''}`

function drawAddress(service: Service, taken: ReadonlySet<string>, ranges: readonly Cidr[]): string {
  for (const range of ranges) {
    const reserved = reservedOf(addressCount(range))
    const span = addressCount(range) - reserved - 1
    const start = hash53(`cluster-ip ${keyOf(service)}`) % span
    for (let i = 0; i < span; i++) {
      const ip = addressAt(range, reserved + ((start + i) % span))!
      if (!taken.has(ip)) return ip
    }
  }
  return fail(service, [invalid('spec.clusterIPs', [], 'failed to allocate a serviceIP: range is full')])
}

function giveAddress(service: Service, taken: Taken, ranges: readonly Cidr[]): void {
  const spec = service.spec!
  const asked = spec.clusterIPs?.[0]
  if (asked === 'None') {
    spec.clusterIP = 'None'
    return
  }
  if (asked) {
    const why = !ranges.some((range) => isIn(range, asked))
      ? 'the provided network does not match the current range'
      : taken.addresses.has(asked)
        ? 'provided IP is already allocated'
        : ''
    if (why !== '') fail(service, [invalid('spec.clusterIPs', spec.clusterIPs, `failed to allocate IP ${asked}: ${why}`)])
    spec.clusterIP = asked
    return
  }
  spec.clusterIP = drawAddress(service, taken.addresses, ranges)
  spec.clusterIPs = [spec.clusterIP]
}

function drawPort(service: Service, index: number, protocol: string, taken: ReadonlySet<string>): number {
  const span = LAST_PORT - FIRST_DRAWN_PORT + 1
  const start = hash53(`node-port ${index} ${keyOf(service)}`) % span
  for (let i = 0; i < span; i++) {
    const port = FIRST_DRAWN_PORT + ((start + i) % span)
    if (!taken.has(`${protocol}/${port}`)) return port
  }
  return fail(service, [invalid(`spec.ports[${index}].nodePort`, 0, 'failed to allocate a nodePort: range is full')])
}

function givePorts(service: Service, taken: Taken, kept: ReadonlySet<string>): void {
  const own = new Map<number, number>()
  for (const [i, port] of (service.spec!.ports ?? []).entries()) {
    const path = `spec.ports[${i}].nodePort`
    const key = `${port.protocol}/${port.nodePort}`
    if (port.nodePort && !kept.has(key)) {
      if (port.nodePort < FIRST_PORT || port.nodePort > LAST_PORT)
        fail(service, [
          invalid(path, port.nodePort, `provided port is not in the valid range. The range of valid ports is ${FIRST_PORT}-${LAST_PORT}`),
        ])
      if (taken.ports.has(key) && own.get(port.nodePort) !== port.port)
        fail(service, [invalid(path, port.nodePort, 'provided port is already allocated')])
    }
    // Two protocols of one port share their node port.
    port.nodePort ||= (service.spec!.ports ?? []).slice(0, i).find((p) => p.port === port.port && p.nodePort)?.nodePort
    port.nodePort ||= drawPort(service, i, port.protocol ?? 'TCP', taken.ports)
    taken.ports.add(`${port.protocol}/${port.nodePort}`)
    own.set(port.nodePort, port.port)
  }
}

/** Completes a Service that is being created, or that has changed its type. Throws ApiError (Invalid). */
export function allocate(service: Service, previous: Service | undefined, reader: Reader): void {
  const spec = service.spec!
  const malformed = spec.type === 'ExternalName' ? [] : addressErrors(spec)
  if (malformed.length > 0) fail(service, malformed)
  if (!needsClusterIp(spec)) return
  const strange = familyErrors(spec)
  if (strange.length > 0) fail(service, strange)
  const taken = takenByOthers(service, reader)
  if (previous?.spec === undefined || !needsClusterIp(previous.spec) || !spec.clusterIPs?.length)
    giveAddress(service, taken, rangesOf(reader))
  setFamilies(spec)
  const kept = new Set((previous?.spec?.ports ?? []).map((p) => `${p.protocol}/${p.nodePort}`))
  if (needsNodePort(spec)) givePorts(service, taken, kept)
  if (needsHealthCheckPort(spec)) spec.healthCheckNodePort ||= drawPort(service, -1, 'TCP', taken.ports)
}

/** Cluster addresses must be addresses. */
export const addressErrors = (spec: ServiceSpec): FieldError[] =>
  (spec.clusterIPs ?? []).flatMap((ip, i) =>
    ip === 'None' && i === 0 ? [] : isIp(ip) ? [] : checked(`spec.clusterIPs[${i}]`, ip, ipErrors(ip)),
  )

/**
 * Rules in a pod's own network that turn its traffic aside (iptables REDIRECT, as istio-init writes them): what its processes send goes to
 * one port of the pod, what others send it to another. They are the pod's: they outlive the container that wrote them, and go with the pod.
 */
import type { Delivered, DialRequest } from '../../network/contract.ts'
import type { Redirection } from '../../programs/contract.ts'
import type { Cells } from '../../sim/state.ts'

/** `redirect` cells: key = the pod's uid. */
const FAMILY = 'redirect'
const DNS_PORT = 53

const rulesOf = (cells: Cells, podUid: string): Redirection | undefined => cells.get<Redirection>(FAMILY, podUid)
export const redirect = (cells: Cells, podUid: string, rules: Redirection): void => cells.put(FAMILY, podUid, rules)
export const forgetRedirection = (cells: Cells, podUid: string): void => {
  if (rulesOf(cells, podUid) !== undefined) cells.delete(FAMILY, podUid)
}

/** Whether the rules leave the traffic of that user alone: the proxy's own. */
export const isPassedBy = (cells: Cells, podUid: string, uid: number): boolean => rulesOf(cells, podUid)?.uid === uid

/** What becomes of a connection that a process of the pod begins: one to its proxy, that says where it was to go. Undefined: it is left alone. */
export function turnedAside(cells: Cells, podUid: string, ip: string, request: DialRequest): DialRequest | undefined {
  const rules = rulesOf(cells, podUid)
  if (rules === undefined || ip.startsWith('127.') || request.protocol === 'dns' || request.port === DNS_PORT) return undefined
  if (rules.excludedOutbound.includes(request.port)) return undefined
  const { host, port, protocol, payload, ...rest } = request
  const bare = protocol === 'tcp' && payload === undefined
  const to = { ...rest, host: '127.0.0.1', port: rules.outboundPort, past: true as const }
  if (bare) return { ...to, protocol }
  return {
    ...to,
    protocol: 'istio-outbound',
    payload: { host, ip, port, protocol, timeoutMs: request.timeoutMs, ...(payload !== undefined && { payload }) },
  }
}

/** Where a message to the pod comes out, and as what. */
export function arrival(
  cells: Cells,
  podUid: string,
  port: number,
  message: Delivered,
): { readonly port: number; readonly message: Delivered } {
  const rules = rulesOf(cells, podUid)
  const own = message.sourceIp === '127.0.0.1' || (message.from.kind === 'pod' && message.from.uid === podUid)
  if (rules === undefined || own || rules.excludedInbound.includes(port) || [rules.inboundPort, rules.outboundPort].includes(port))
    return { port, message }
  const { protocol, payload } = message
  const bare = protocol === 'tcp' && payload === undefined
  return {
    port: rules.inboundPort,
    message: bare ? message : { ...message, protocol: 'istio-inbound', payload: { port, protocol, payload } },
  }
}

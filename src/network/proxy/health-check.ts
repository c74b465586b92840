/**
 * kube-proxy's answer at a Service's healthCheckNodePort: whether this node has ready endpoints of it, for balancers in front of Services with
 * externalTrafficPolicy Local (pkg/proxy/healthcheck).
 */
import type { Delivered, Delivery, HttpReply } from '../contract.ts'
import type { PortRule } from './rules.ts'
import type { ProxyTable } from './table.ts'

function reply(rule: PortRule, node: string): HttpReply {
  const [namespace = '', name = ''] = rule.service.split('/')
  const here = new Set(rule.endpoints.filter((e) => e.ready && e.node === node).map((e) => e.ip)).size
  const body = `{\n\t"service": {\n\t\t"namespace": "${namespace}",\n\t\t"name": "${name}"\n\t},\n\t"localEndpoints": ${here},\n\t"serviceProxyHealthy": true\n}`
  const headers = {
    'content-type': 'application/json',
    'x-content-type-options': 'nosniff',
    'x-load-balancing-endpoint-weight': String(here),
  }
  return { status: here > 0 ? 200 : 503, headers, body }
}

/** Undefined where no Service has the port, or kube-proxy does not run on the node. */
export function answerHealthCheck(table: ProxyTable, node: string, port: number, message: Delivered): Delivery | undefined {
  const rule = table.byHealthPort(node, port)
  if (rule === undefined) return undefined
  if (message.protocol !== 'http' && message.protocol !== 'tcp') return { kind: 'reset', containerName: 'kube-proxy' }
  return { kind: 'reply', reply: message.protocol === 'tcp' ? null : reply(rule, node), serviceMs: 1, containerName: 'kube-proxy' }
}

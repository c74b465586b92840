/**
 * `kubectl describe ingress`: its rules, each with the Service behind it and the endpoints that Service has now.
 */
import type { Ingress, IngressBackend, IngressTLS } from '../../../api/generated/types/networking-v1.ts'
import type { DescribeContext } from '../../../api/kind.ts'
import type { Reader } from '../../../api/reader.ts'
import { describeEvents } from '../../describe/events.ts'
import { annotations, labels } from '../../describe/fields.ts'
import { type DescribeWriter, describeWith } from '../../describe/writer.ts'
import { addressOf } from './address.ts'

const SHOWN_ENDPOINTS = 3

/** `10.244.1.2:80,10.244.2.3:80` of the port, `<none>` without ready ones. */
function endpointsText(reader: Reader, namespace: string | undefined, service: string, portName: string): string {
  const slices = reader
    .list('endpointslices.discovery.k8s.io', namespace)
    .filter((s) => s.metadata.labels?.['kubernetes.io/service-name'] === service)
  const found = slices.flatMap((slice) =>
    (slice.ports ?? [])
      .filter((p) => (p.name ?? '') === portName)
      .flatMap((p) =>
        (slice.endpoints ?? []).filter((e) => e.conditions?.ready !== false).flatMap((e) => e.addresses.map((a) => `${a}:${p.port ?? ''}`)),
      ),
  )
  if (slices.length === 0) return '<none>'
  const shown = found.slice(0, SHOWN_ENDPOINTS).join(',')
  return found.length > SHOWN_ENDPOINTS ? `${shown} + ${found.length - SHOWN_ENDPOINTS} more...` : shown
}

function backendText(backend: IngressBackend, namespace: string | undefined, reader: Reader): string {
  const { service, resource } = backend
  if (service === undefined)
    return resource === undefined ? '' : `APIGroup: ${resource.apiGroup ?? '<none>'}, Kind: ${resource.kind}, Name: ${resource.name}`
  const { name = '', number = 0 } = service.port ?? {}
  const head = `${service.name}:${name !== '' ? name : number}`
  const object = reader.get('services', namespace, service.name)
  if (object === undefined) return `${head} (<error: services "${service.name}" not found>)`
  const port = object.spec?.ports?.find((p) => (name !== '' ? p.name === name : p.port === number))
  return `${head} (${endpointsText(reader, namespace, service.name, port?.name ?? '')})`
}

function tlsLines(writer: DescribeWriter, tls: readonly IngressTLS[]): void {
  if (tls.length === 0) return
  writer.line(0, 'TLS:')
  for (const entry of tls) {
    const hosts = (entry.hosts ?? []).join(',')
    writer.line(1, entry.secretName ? `${entry.secretName} terminates ${hosts}` : `SNI routes ${hosts}`)
  }
}

function ruleLines(writer: DescribeWriter, o: Ingress, text: (backend: IngressBackend) => string, fallback: string): void {
  writer.line(0, 'Rules:\n  Host\tPath\tBackends')
  writer.line(1, '----\t----\t--------')
  const rules = (o.spec?.rules ?? []).filter((r) => r.http !== undefined)
  for (const rule of rules) {
    writer.line(1, `${rule.host || '*'}\t`)
    for (const path of rule.http?.paths ?? []) writer.line(2, `\t${path.path ?? ''} \t${text(path.backend)}`)
  }
  if (rules.length === 0) writer.line(1, `*\t*\t${fallback}`)
}

export const describe = (o: Ingress, context: DescribeContext): string =>
  describeWith((writer) => {
    const text = (backend: IngressBackend): string => backendText(backend, o.metadata.namespace, context.reader)
    const fallback = o.spec?.defaultBackend === undefined ? '<default>' : text(o.spec.defaultBackend)
    writer.line(0, `Name:\t${o.metadata.name}`)
    labels(writer, 'Labels', o.metadata.labels)
    writer.line(0, `Namespace:\t${o.metadata.namespace}`)
    writer.line(0, `Address:\t${addressOf(o)}`)
    writer.line(0, `Ingress Class:\t${o.spec?.ingressClassName ?? '<none>'}`)
    writer.line(0, `Default backend:\t${fallback}`)
    tlsLines(writer, o.spec?.tls ?? [])
    ruleLines(writer, o, text, fallback)
    annotations(writer, 'Annotations', o.metadata.annotations)
    describeEvents(writer, o, context)
  })

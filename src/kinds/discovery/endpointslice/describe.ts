/**
 * `kubectl describe endpointslice`.
 */
import type { Endpoint, EndpointPort, EndpointSlice } from '../../../api/generated/types/discovery-v1.ts'
import type { DescribeContext } from '../../../api/kind.ts'
import { describeEvents } from '../../describe/events.ts'
import { heading } from '../../describe/fields.ts'
import { type DescribeWriter, describeWith } from '../../describe/writer.ts'

function portLines(writer: DescribeWriter, ports: readonly EndpointPort[]): void {
  writer.line(0, ports.length === 0 ? 'Ports: <unset>' : 'Ports:')
  if (ports.length === 0) return
  writer.line(1, 'Name\tPort\tProtocol')
  writer.line(1, '----\t----\t--------')
  for (const p of ports) writer.line(1, `${p.name || '<unset>'}\t${p.port ?? '<unset>'}\t${p.protocol ?? ''}`)
}

function endpointLines(writer: DescribeWriter, e: Endpoint): void {
  writer.line(1, `- Addresses:\t${e.addresses.join(', ')}`)
  writer.line(2, 'Conditions:')
  writer.line(3, `Ready:\t${e.conditions?.ready ?? '<unset>'}`)
  writer.line(2, `Hostname:\t${e.hostname ?? '<unset>'}`)
  if (e.targetRef !== undefined) writer.line(2, `TargetRef:\t${e.targetRef.kind ?? ''}/${e.targetRef.name ?? ''}`)
  writer.line(2, `NodeName:\t${e.nodeName ?? '<unset>'}`)
  writer.line(2, `Zone:\t${e.zone ?? '<unset>'}`)
}

export const describe = (o: EndpointSlice, context: DescribeContext): string =>
  describeWith((writer) => {
    heading(writer, o)
    writer.line(0, `AddressType:\t${o.addressType}`)
    portLines(writer, o.ports ?? [])
    const endpoints = o.endpoints ?? []
    writer.line(0, endpoints.length === 0 ? 'Endpoints: <none>' : 'Endpoints:')
    for (const endpoint of endpoints) endpointLines(writer, endpoint)
    describeEvents(writer, o, context)
  })

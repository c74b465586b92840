/**
 * `kubectl describe endpoints`.
 */
import type { Endpoints } from '../../../api/generated/types/core-v1.ts'
import type { DescribeContext } from '../../../api/kind.ts'
import { describeEvents } from '../../describe/events.ts'
import { heading } from '../../describe/fields.ts'
import { describeWith } from '../../describe/writer.ts'

const ips = (list: readonly { ip: string }[] | undefined): string => (list ?? []).map((a) => a.ip).join(',') || '<none>'

export function describeEndpoints(endpoints: Endpoints, context: DescribeContext): string {
  return describeWith((w) => {
    heading(w, endpoints)
    w.line(0, 'Subsets:')
    for (const subset of endpoints.subsets ?? []) {
      w.field(1, 'Addresses', ips(subset.addresses))
      w.field(1, 'NotReadyAddresses', ips(subset.notReadyAddresses))
      if (subset.ports?.length) {
        w.line(1, 'Ports:')
        w.line(2, 'Name\tPort\tProtocol')
        w.line(2, '----\t----\t--------')
        for (const port of subset.ports) w.line(2, `${port.name || '<unset>'}\t${port.port}\t${port.protocol}`)
      }
      w.raw('\n')
    }
    describeEvents(w, endpoints, context)
  })
}

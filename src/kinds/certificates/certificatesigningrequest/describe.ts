/**
 * `kubectl describe certificatesigningrequest`. Annotations stand in it as they are, the last applied configuration included.
 */
import { humanDuration } from '../../../api/ages.ts'
import type { CertificateSigningRequest } from '../../../api/generated/types/certificates-v1.ts'
import type { DescribeContext } from '../../../api/kind.ts'
import { formatLabels } from '../../../api/selectors.ts'
import { describeEvents } from '../../describe/events.ts'
import { moment } from '../../describe/fields.ts'
import { type DescribeWriter, describeWith } from '../../describe/writer.ts'
import { conditionText } from './condition.ts'
import { parseRequest, type Subject } from './pkcs10.ts'

function subjectLines(writer: DescribeWriter, subject: Subject): void {
  writer.line(0, 'Subject:')
  writer.line(0, `\tCommon Name:\t${subject.commonName}`)
  writer.line(0, `\tSerial Number:\t${subject.serialNumber}`)
  const lists = [
    ['Organization', subject.organization],
    ['Organizational Unit', subject.organizationalUnit],
    ['Country', subject.country],
    ['Locality', subject.locality],
    ['Province', subject.province],
  ] as const
  for (const [title, values] of lists)
    for (const [i, value] of values.entries()) writer.line(0, i === 0 ? `\t${title}:\t${value}` : `\t\t${value}`)
}

export const describe = (o: CertificateSigningRequest, context: DescribeContext): string =>
  describeWith((writer) => {
    writer.line(0, `Name:\t${o.metadata.name}`)
    writer.line(0, `Labels:\t${formatLabels(o.metadata.labels)}`)
    writer.line(0, `Annotations:\t${formatLabels(o.metadata.annotations)}`)
    writer.line(0, `CreationTimestamp:\t${moment(o.metadata.creationTimestamp)}`)
    writer.line(0, `Requesting User:\t${o.spec.username ?? ''}`)
    if (o.spec.signerName) writer.line(0, `Signer:\t${o.spec.signerName}`)
    if (o.spec.expirationSeconds !== undefined) writer.line(0, `Requested Duration:\t${humanDuration(o.spec.expirationSeconds * 1000)}`)
    writer.line(0, `Status:\t${conditionText(o)}`)
    const subject = parseRequest(o.spec.request)
    if (typeof subject !== 'string') subjectLines(writer, subject)
    describeEvents(writer, o, context)
  })

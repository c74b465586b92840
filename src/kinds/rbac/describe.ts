/**
 * `kubectl describe` of roles and bindings, of a namespace or of the cluster. They print no events.
 */
import type { PolicyRule, RoleRef, Subject } from '../../api/generated/types/rbac-v1.ts'
import type { ApiObject } from '../../api/meta.ts'
import { annotations, labels } from '../describe/fields.ts'
import { type DescribeWriter, describeWith } from '../describe/writer.ts'
import { ruleRows } from './rules.ts'

function head(writer: DescribeWriter, o: ApiObject): void {
  writer.line(0, `Name:\t${o.metadata.name}`)
  labels(writer, 'Labels', o.metadata.labels)
  annotations(writer, 'Annotations', o.metadata.annotations)
}

export const describeRole = (o: ApiObject & { rules?: PolicyRule[] }): string =>
  describeWith((writer) => {
    head(writer, o)
    writer.line(0, 'PolicyRule:')
    writer.line(1, 'Resources\tNon-Resource URLs\tResource Names\tVerbs')
    writer.line(1, '---------\t-----------------\t--------------\t-----')
    for (const row of ruleRows(o.rules)) writer.line(1, row.join('\t'))
  })

export const describeBinding = (o: ApiObject & { roleRef: RoleRef; subjects?: Subject[] }): string =>
  describeWith((writer) => {
    head(writer, o)
    writer.line(0, 'Role:')
    writer.line(1, `Kind:\t${o.roleRef.kind}`)
    writer.line(1, `Name:\t${o.roleRef.name}`)
    writer.line(0, 'Subjects:')
    writer.line(1, 'Kind\tName\tNamespace')
    writer.line(1, '----\t----\t---------')
    for (const s of o.subjects ?? []) writer.line(1, `${s.kind}\t${s.name}\t${s.namespace ?? ''}`)
  })

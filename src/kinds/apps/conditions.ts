/** Conditions of Deployments and ReplicaSets, as their descriptions list them. */
import type { DescribeWriter } from '../describe/writer.ts'

export function conditionLines(
  writer: DescribeWriter,
  conditions: readonly { type: string; status: string; reason?: string }[] | undefined,
): void {
  if ((conditions?.length ?? 0) === 0) return
  writer.line(0, 'Conditions:\n  Type\tStatus\tReason')
  writer.line(1, '----\t------\t------')
  for (const c of conditions ?? []) writer.line(1, `${c.type} \t${c.status}\t${c.reason ?? ''}`)
}

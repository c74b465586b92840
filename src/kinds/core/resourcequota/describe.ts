/**
 * `kubectl describe resourcequota`, and the quotas in the description of their namespace.
 */
import type { ResourceQuota } from '../../../api/generated/types/core-v1.ts'
import { formatQuantity, makeQuantity, parseQuantity, quantityValue } from '../../../api/quantity.ts'
import { type DescribeWriter, describeWith } from '../../describe/writer.ts'

const scopeHelp: Readonly<Record<string, string>> = {
  Terminating:
    'Matches all pods that have an active deadline. These pods have a limited lifespan on a node before being actively terminated by the system.',
  NotTerminating:
    'Matches all pods that do not have an active deadline. These pods usually include long running pods whose container command is not expected to terminate.',
  BestEffort: 'Matches all pods that do not have resource requirements set. These pods have a best effort quality of service.',
  NotBestEffort:
    'Matches all pods that have at least one resource requirement set. These pods have a burstable or guaranteed quality of service.',
}

/** The used amount in the format of the bound. */
function usedText(used: string | undefined, hard: string): string {
  const format = parseQuantity(hard).format
  return parseQuantity(used).format === format ? formatQuantity(used ?? '0') : formatQuantity(makeQuantity(quantityValue(used), format))
}

function writeScopes(w: DescribeWriter, quota: ResourceQuota, level: number, bullet: string): void {
  const scopes = [...(quota.spec?.scopes ?? [])].sort()
  if (scopes.length === 0) return
  w.field(level, 'Scopes', scopes.join(', '))
  for (const scope of scopes) if (scopeHelp[scope]) w.line(level, `${bullet} ${scopeHelp[scope]}`)
}

export function describeResourceQuota(quota: ResourceQuota): string {
  return describeWith((w) => {
    w.field(0, 'Name', quota.metadata.name)
    w.field(0, 'Namespace', quota.metadata.namespace ?? '')
    writeScopes(w, quota, 0, ' *')
    w.line(0, 'Resource\tUsed\tHard')
    w.line(0, '--------\t----\t----')
    const hard = quota.status?.hard ?? {}
    for (const name of Object.keys(hard).sort())
      w.line(0, `${name}\t${usedText(quota.status?.used?.[name], hard[name]!)}\t${formatQuantity(hard[name]!)}`)
  })
}

export function writeQuotas(w: DescribeWriter, quotas: readonly ResourceQuota[]): void {
  if (quotas.length === 0) {
    w.line(0, 'No resource quota.')
    return
  }
  w.line(0, 'Resource Quotas')
  for (const quota of quotas) {
    w.field(1, 'Name', quota.metadata.name)
    writeScopes(w, quota, 1, '*')
    w.line(1, 'Resource\tUsed\tHard')
    w.line(1, '--------\t---\t---')
    const hard = quota.status?.hard ?? {}
    for (const name of Object.keys(hard).sort())
      w.line(1, `${name}\t${formatQuantity(quota.status?.used?.[name] ?? '0')}\t${formatQuantity(hard[name]!)}`)
  }
}

/** What a Job's podFailurePolicy says of one failed pod: the first rule that matches decides. */
import type {
  PodFailurePolicyOnExitCodesRequirement,
  PodFailurePolicyOnPodConditionsPattern,
  PodFailurePolicyRule,
} from '../../api/generated/types/batch-v1.ts'
import type { ContainerStatus, Pod } from '../../api/generated/types/core-v1.ts'

export interface PolicyAnswer {
  readonly action: PodFailurePolicyRule['action']
  /** Why, in upstream's words; only FailJob asks. */
  readonly message: string
}

const exitCode = (c: ContainerStatus): number => c.state?.terminated?.exitCode ?? 0

function byExitCode(pod: Pod, rule: PodFailurePolicyOnExitCodesRequirement): ContainerStatus | undefined {
  const all = [...(pod.status?.containerStatuses ?? []), ...(pod.status?.initContainerStatuses ?? [])]
  return all.find((c) => {
    if (rule.containerName && rule.containerName !== c.name) return false
    const code = exitCode(c)
    return code !== 0 && rule.values.includes(code) === (rule.operator === 'In')
  })
}

const byCondition = (pod: Pod, patterns: readonly PodFailurePolicyOnPodConditionsPattern[]) =>
  pod.status?.conditions?.find((c) => patterns.some((p) => p.type === c.type && (p.status ?? 'True') === c.status))

/** Undefined: no rule matches, the failure counts as usual. */
export function askPolicy(pod: Pod, rules: readonly PodFailurePolicyRule[]): PolicyAnswer | undefined {
  const name = `pod ${pod.metadata.namespace}/${pod.metadata.name}`
  for (const [i, rule] of rules.entries()) {
    if (rule.onExitCodes) {
      const c = byExitCode(pod, rule.onExitCodes)
      if (c !== undefined)
        return {
          action: rule.action,
          message: `Container ${c.name} for ${name} failed with exit code ${exitCode(c)} matching ${rule.action} rule at index ${i}`,
        }
    } else if (rule.onPodConditions) {
      const c = byCondition(pod, rule.onPodConditions)
      if (c !== undefined)
        return {
          action: rule.action,
          message: `${name.replace('pod', 'Pod')} has condition ${c.type} matching ${rule.action} rule at index ${i}`,
        }
    }
  }
  return undefined
}

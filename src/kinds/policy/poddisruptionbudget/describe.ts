/**
 * `kubectl describe poddisruptionbudget`.
 */
import type { PodDisruptionBudget } from '../../../api/generated/types/policy-v1.ts'
import type { DescribeContext } from '../../../api/kind.ts'
import { formatLabelSelector } from '../../../api/selectors.ts'
import { describeEvents } from '../../describe/events.ts'
import { describeWith } from '../../describe/writer.ts'

export const describe = (o: PodDisruptionBudget, context: DescribeContext): string =>
  describeWith((writer) => {
    const { minAvailable, maxUnavailable, selector } = o.spec ?? {}
    const { disruptionsAllowed = 0, currentHealthy = 0, desiredHealthy = 0, expectedPods = 0 } = o.status ?? {}
    writer.line(0, `Name:\t${o.metadata.name}\nNamespace:\t${o.metadata.namespace}`)
    if (minAvailable !== undefined) writer.line(0, `Min available:\t${minAvailable}`)
    else if (maxUnavailable !== undefined) writer.line(0, `Max unavailable:\t${maxUnavailable}`)
    writer.line(0, selector === undefined ? 'Selector:\t<unset>' : `Selector:\t${formatLabelSelector(selector)}`)
    writer.line(0, 'Status:')
    writer.line(2, `Allowed disruptions:\t${disruptionsAllowed}`)
    writer.line(2, `Current:\t${currentHealthy}`)
    writer.line(2, `Desired:\t${desiredHealthy}`)
    writer.line(2, `Total:\t${expectedPods}`)
    describeEvents(writer, o, context)
  })

/**
 * `kubectl autoscale`: makes a HorizontalPodAutoscaler (autoscaling/v2).
 */

import type { ApiObject } from '../../../api/meta.ts'
import { CommandError, throwAll } from '../../errors.ts'
import { dryRunOf, teller, writeQuery } from '../../options.ts'
import { recorded } from '../../record.ts'
import { build } from '../../resources/builder.ts'
import { plainVerb, type VerbContext } from '../../verb.ts'
import { withLastApplied } from '../apply/last-applied.ts'
import { checkRequired } from '../create/generator.ts'

/** `80`, `80%`, `500m`: a utilization or an average value. */
function metric(name: 'cpu' | 'memory', text: string): unknown {
  const percent = /^(\d+)%?$/.exec(text)
  const target =
    percent === null ? { type: 'AverageValue', averageValue: text } : { type: 'Utilization', averageUtilization: Number(percent[1]) }
  return { type: 'Resource', resource: { name, target } }
}

function autoscaler(context: VerbContext, target: ApiObject): ApiObject {
  const { flags } = context
  const metrics: unknown[] = []
  const cpu = flags.text('cpu')
  const percent = flags.has('cpu-percent') ? flags.int('cpu-percent') : -1
  if (cpu !== '') metrics.push(metric('cpu', cpu))
  else if (percent >= 0) metrics.push(metric('cpu', `${percent}%`))
  if (flags.text('memory') !== '') metrics.push(metric('memory', flags.text('memory')))
  const min = flags.int('min')
  return {
    apiVersion: 'autoscaling/v2',
    kind: 'HorizontalPodAutoscaler',
    metadata: { name: flags.text('name') || target.metadata.name },
    spec: {
      maxReplicas: flags.int('max'),
      ...(min > 0 ? { minReplicas: min } : {}),
      ...(metrics.length > 0 ? { metrics } : {}),
      scaleTargetRef: { apiVersion: target.apiVersion, kind: target.kind, name: target.metadata.name },
    },
    status: { currentMetrics: null, desiredReplicas: 0 },
  }
}

export const autoscaleVerb = plainVerb('kubectl autoscale', (context) => {
  const { flags } = context
  checkRequired(context, ['max'])
  const max = flags.int('max')
  if (max < 1) throw new CommandError(`--max=MAXPODS is required and must be at least 1, max: ${max}`)
  if (max < flags.int('min'))
    throw new CommandError(`--max=MAXPODS must be larger or equal to --min=MINPODS, max: ${max}, min: ${flags.int('min')}`)
  const built = build(context, { args: context.args, fetch: 'object' })
  throwAll(built.failures)
  const kind = context.kube.kinds.byKind('autoscaling/v2', 'HorizontalPodAutoscaler')
  if (kind === undefined) throw new CommandError('no matches for kind "HorizontalPodAutoscaler" in version "autoscaling/v2"')
  const tell = teller(context)
  for (const info of built.infos) {
    if (info.kind.capabilities?.autoscalable !== true)
      throw new CommandError(
        `cannot autoscale a ${info.kind.kind}: could not find scale subresource for ${info.kind.group}/${info.kind.version}, Resource=${info.kind.resource} in discovery information`,
      )
    const made = autoscaler(context, info.object!)
    const object = recorded(context, flags.bool('save-config') ? withLastApplied(made) : made)
    if (dryRunOf(context) === 'client') tell(kind, object, 'autoscaled')
    else tell(kind, context.kube.create(kind, info.namespace, object, { query: writeQuery(context) }), 'autoscaled')
  }
  return 0
})

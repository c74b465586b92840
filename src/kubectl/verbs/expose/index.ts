/**
 * `kubectl expose`: a Service for a workload, pod or service.
 */

import { ApiError } from '../../../api/errors.ts'
import type { ApiObject } from '../../../api/meta.ts'
import { labelSelectorOf } from '../../../api/selectors.ts'
import { CommandError, throwAll, usageError } from '../../errors.ts'
import { dryRunOf, teller, writeQuery } from '../../options.ts'
import { podSpecOf } from '../../pod-template.ts'
import { recorded } from '../../record.ts'
import { build, type Info } from '../../resources/builder.ts'
import { plainVerb, type VerbContext } from '../../verb.ts'
import { withLastApplied } from '../apply/last-applied.ts'
import { parsePairs } from '../create/generator.ts'
import { withOverrides } from '../overrides.ts'

interface PortShape {
  readonly port: number
  readonly protocol: string
}

function portsOf(info: Info): PortShape[] {
  const spec = podSpecOf(info.kind, info.object!)
  if (spec !== undefined)
    return spec.containers.flatMap((c) => (c.ports ?? []).map((p) => ({ port: p.containerPort, protocol: p.protocol ?? 'TCP' })))
  return ((info.object!.spec?.ports ?? []) as { port: number; protocol?: string }[]).map((p) => ({
    port: p.port,
    protocol: p.protocol ?? 'TCP',
  }))
}

function selectorOf(context: VerbContext, info: Info): Record<string, string> {
  const given = context.flags.text('selector')
  if (given !== '') return parsePairs(given, 'unexpected selector: ')
  if (info.kind.resource === 'pods') {
    const labels = info.object!.metadata.labels ?? {}
    if (Object.keys(labels).length === 0)
      throw new CommandError(
        "couldn't retrieve selectors via --selector flag or introspection: the pod has no labels and cannot be exposed",
      )
    return labels
  }
  if (info.kind.resource === 'services') {
    const selector = info.object!.spec?.selector as Record<string, string> | undefined
    if (selector === undefined)
      throw new CommandError("couldn't retrieve selectors via --selector flag or introspection: the service has no pod selector set")
    return selector
  }
  const own = info.kind.capabilities?.podSelector?.(info.object!)
  if (own === undefined)
    throw new CommandError(
      `couldn't retrieve selectors via --selector flag or introspection: cannot extract pod selector from ${info.kind.kind}`,
    )
  if ((own.matchExpressions ?? []).length > 0)
    throw new CommandError(
      `couldn't retrieve selectors via --selector flag or introspection: couldn't convert expressions - "[${JSON.stringify(own.matchExpressions)}]" to map-based selector format`,
    )
  labelSelectorOf(own as never)
  return own.matchLabels ?? {}
}

const intOrString = (text: string): number | string => (/^\d+$/.test(text) ? Number(text) : text)

function servicePorts(context: VerbContext, info: Info): Record<string, unknown>[] {
  const { flags } = context
  const known = portsOf(info)
  const given = flags.text('port')
  const numbers = given === '' ? known.map((p) => String(p.port)) : given.split(',')
  if (numbers.length === 0) throw new CommandError("couldn't find port via --port flag or introspection")
  const target = flags.text('target-port')
  return numbers.map((text, i) => {
    if (!/^[+-]?\d+$/.test(text)) throw new CommandError(`strconv.Atoi: parsing ${JSON.stringify(text)}: invalid syntax`)
    const port = Number(text)
    const protocol = flags.text('protocol') || known.find((p) => p.port === port)?.protocol || 'TCP'
    return {
      ...(numbers.length > 1 ? { name: `port-${i + 1}` } : {}),
      port,
      protocol,
      targetPort: target === '' ? port : intOrString(target),
    }
  })
}

function serviceFor(context: VerbContext, info: Info): ApiObject {
  const { flags } = context
  const labels = flags.text('labels') === '' ? info.object!.metadata.labels : parsePairs(flags.text('labels'))
  const optional = (flag: string, field: string): Record<string, string> => (flags.text(flag) === '' ? {} : { [field]: flags.text(flag) })
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: flags.text('name') || info.name, ...(labels !== undefined && Object.keys(labels).length > 0 ? { labels } : {}) },
    spec: {
      ...(flags.text('cluster-ip') === '' ? {} : { clusterIP: flags.text('cluster-ip') }),
      ...(flags.text('external-ip') === '' ? {} : { externalIPs: [flags.text('external-ip')] }),
      ...optional('load-balancer-ip', 'loadBalancerIP'),
      ports: servicePorts(context, info),
      selector: selectorOf(context, info),
      ...optional('session-affinity', 'sessionAffinity'),
      ...optional('type', 'type'),
    },
    status: { loadBalancer: {} },
  }
}

export const exposeVerb = plainVerb('kubectl expose', (context) => {
  const { flags } = context
  const built = build(context, { args: context.args, fetch: 'object', latest: true, selector: '', all: false })
  throwAll(built.failures)
  const tell = teller(context)
  for (const info of built.infos) {
    if (info.kind.capabilities?.exposable !== true) throw new CommandError(`cannot expose a ${info.kind.kind}`)
    const name = flags.text('name') || info.name
    if (name.length > 63 && flags.text('name') === '') throw usageError(context.path, `the name ${JSON.stringify(name)} is too long`)
    const kind = context.kube.kinds.byStoreName('services')!
    const service = withOverrides(context, kind, serviceFor(context, info))
    const settled = context.kube.target.enforced
      ? { ...service, metadata: { ...service.metadata, namespace: context.kube.namespace } }
      : service
    const placed = recorded(context, flags.bool('save-config') ? withLastApplied(settled) : settled)
    if (dryRunOf(context) === 'client') tell(kind, placed, 'exposed')
    else {
      try {
        tell(kind, context.kube.create(kind, info.namespace, placed, { query: writeQuery(context) }), 'exposed')
      } catch (error) {
        if (!(error instanceof ApiError)) throw error
        throw error
      }
    }
  }
  return 0
})

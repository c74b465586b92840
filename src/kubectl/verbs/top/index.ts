/**
 * `kubectl top node|pod`: from metrics.k8s.io, where somebody serves it.
 */
import { ApiError } from '../../../api/errors.ts'
import type { ApiObject } from '../../../api/meta.ts'
import { addQuantities, milliValue, quantityValue } from '../../../api/quantity.ts'
import { CommandError } from '../../errors.ts'
import { TabWriter } from '../../printers/tabwriter.ts'
import { plainVerb, type VerbContext, type VerbDefinition } from '../../verb.ts'

const GROUP = 'metrics.k8s.io'

function metrics(
  context: VerbContext,
  resource: 'nodes' | 'pods',
  namespace: string | undefined,
  name: string | undefined,
): readonly ApiObject[] {
  const kind = context.kube.kinds.all.find((k) => k.group === GROUP && k.resource === resource)
  if (kind === undefined) throw new CommandError('Metrics API not available')
  try {
    if (name !== undefined) return [context.kube.call('get', kind, namespace, name).body as ApiObject]
    const selector = context.flags.text('selector')
    return context.kube.list(kind, namespace, selector === '' ? {} : { labelSelector: selector }).items
  } catch (error) {
    if (error instanceof ApiError && error.status.reason === 'NotFound' && name === undefined)
      throw new CommandError('Metrics API not available')
    throw error
  }
}

const MIB = 1024 * 1024
const cpuText = (value: unknown): string => `${milliValue(value as string)}m`
const memoryText = (value: unknown): string => `${Math.floor(quantityValue(value as string) / MIB)}Mi`
const percent = (part: number, whole: number): string => (whole === 0 ? '<unknown>' : `${Math.floor((part * 100) / whole)}%`)

interface Usage {
  cpu: string
  memory: string
}

const topNode = plainVerb('kubectl top node', (context) => {
  const list = metrics(context, 'nodes', undefined, context.args[0])
  const nodes = context.kube.kinds.byStoreName('nodes')!
  const capacity = context.flags.bool('show-capacity')
  const writer = new TabWriter()
  if (!context.flags.bool('no-headers')) writer.line(['NAME', 'CPU(cores)', 'CPU(%)', 'MEMORY(bytes)', 'MEMORY(%)'])
  for (const metric of sorted(context, list, (m) => m.usage as Usage)) {
    const node = context.kube.find(nodes, undefined, metric.metadata.name)
    const whole = (capacity ? node?.status?.capacity : node?.status?.allocatable) as Usage | undefined
    const usage = metric.usage as Usage
    writer.line([
      metric.metadata.name,
      cpuText(usage.cpu),
      percent(milliValue(usage.cpu), milliValue(whole?.cpu)),
      memoryText(usage.memory),
      percent(quantityValue(usage.memory), quantityValue(whole?.memory)),
    ])
  }
  context.out(writer.flush())
  return 0
})

function sorted(context: VerbContext, list: readonly ApiObject[], usage: (metric: ApiObject) => Usage): ApiObject[] {
  const by = context.flags.text('sort-by')
  if (!['', 'cpu', 'memory'].includes(by)) throw new CommandError('--sort-by accepts only cpu or memory')
  const copy = [...list]
  if (by === 'cpu') copy.sort((a, b) => milliValue(usage(b).cpu) - milliValue(usage(a).cpu))
  if (by === 'memory') copy.sort((a, b) => quantityValue(usage(b).memory) - quantityValue(usage(a).memory))
  return copy
}

interface ContainerUsage {
  name: string
  usage: Usage
}

const total = (metric: ApiObject): Usage => {
  const containers = (metric.containers ?? []) as ContainerUsage[]
  const sum = (field: keyof Usage) => containers.reduce((at, c) => addQuantities(at, c.usage[field]), addQuantities('0', '0'))
  return { cpu: sum('cpu') as never, memory: sum('memory') as never }
}

const topPod = plainVerb('kubectl top pod', (context) => {
  const everywhere = context.flags.bool('all-namespaces')
  const list = metrics(context, 'pods', everywhere ? undefined : context.kube.namespace, context.args[0])
  const containers = context.flags.bool('containers')
  if (list.length === 0) {
    context.err(everywhere ? 'No resources found\n' : `No resources found in ${context.kube.namespace} namespace.\n`)
    return 0
  }
  const writer = new TabWriter()
  if (!context.flags.bool('no-headers'))
    writer.line([...(everywhere ? ['NAMESPACE'] : []), ...(containers ? ['POD'] : []), 'NAME', 'CPU(cores)', 'MEMORY(bytes)'])
  for (const metric of sorted(context, list, total)) {
    const place = everywhere ? [metric.metadata.namespace ?? ''] : []
    if (containers)
      for (const c of metric.containers as ContainerUsage[])
        writer.line([...place, metric.metadata.name, c.name, cpuText(c.usage.cpu), memoryText(c.usage.memory)])
    else writer.line([...place, metric.metadata.name, cpuText(total(metric).cpu), memoryText(total(metric).memory)])
  }
  context.out(writer.flush())
  return 0
})

export const topVerbs: readonly VerbDefinition[] = [topNode, topPod]

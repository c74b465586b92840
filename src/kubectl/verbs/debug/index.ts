/**
 * `kubectl debug`: an ephemeral container in a pod, a changed copy of a pod (`--copy-to`), or a pod on a node.
 */
import type { ApiObject } from '../../../api/meta.ts'
import type { Steps } from '../../contract.ts'
import { CommandError, usageError } from '../../errors.ts'
import type { PodSpecShape } from '../../pod-template.ts'
import { fetchOne } from '../../resources/one.ts'
import type { VerbContext, VerbDefinition } from '../../verb.ts'
import { attachTo } from '../exec/index.ts'

const letters = 'bcdfghjklmnpqrstvwxz2456789'
const suffix = (context: VerbContext, n: number): string =>
  Array.from({ length: 5 }, (_, i) => letters[Math.floor(context.host.random(n * 5 + i) * letters.length)]).join('')

function containerOf(context: VerbContext, name: string): Record<string, unknown> {
  const { flags, args } = context
  const command = args.slice(context.dash >= 0 ? context.dash : 1)
  return {
    name,
    image: flags.text('image'),
    ...(command.length === 0 ? {} : flags.bool('arguments-only') ? { args: [...command] } : { command: [...command] }),
    imagePullPolicy: flags.text('image-pull-policy') || 'IfNotPresent',
    resources: {},
    terminationMessagePolicy: 'File',
    ...(flags.bool('stdin') ? { stdin: true } : {}),
    ...(flags.bool('tty') ? { tty: true } : {}),
  }
}

function debuggerName(context: VerbContext): string {
  const named = context.flags.text('container')
  if (named !== '') return named
  const name = `debugger-${suffix(context, 0)}`
  if (!context.flags.bool('quiet')) context.err(`Defaulting debug container name to ${name}.\n`)
  return name
}

function ephemeral(context: VerbContext, pod: ApiObject, name: string): ApiObject {
  const target = context.flags.text('target')
  const added = { ...containerOf(context, name), ...(target === '' ? {} : { targetContainerName: target }) }
  if (target !== '')
    context.err(
      `Targeting container ${JSON.stringify(target)}. If you don't see processes from this container it may be because the container runtime doesn't support this feature.\n`,
    )
  const pods = context.kube.kinds.byStoreName('pods')!
  return context.kube.patch(pods, pod.metadata.namespace, pod.metadata.name, { spec: { ephemeralContainers: [added] } }, 'strategic', {
    subresource: 'ephemeralcontainers',
  })
}

function copied(context: VerbContext, pod: ApiObject, name: string): ApiObject {
  const { flags } = context
  const spec = structuredClone(pod.spec) as PodSpecShape
  const images = Object.fromEntries(flags.list('set-image').map((pair) => pair.split('=') as [string, string]))
  for (const container of spec.containers)
    if ((images[container.name] ?? images['*']) !== undefined) container.image = images[container.name] ?? images['*']!
  const own = spec.containers.find((c) => c.name === flags.text('container'))
  if (own !== undefined) Object.assign(own, containerOf(context, own.name), { image: flags.text('image') || own.image })
  else if (flags.text('image') !== '') spec.containers.push(containerOf(context, name) as never)
  if (!flags.bool('same-node')) delete spec.nodeName
  const labels = flags.bool('keep-labels') ? pod.metadata.labels : undefined
  return { apiVersion: 'v1', kind: 'Pod', metadata: { name: flags.text('copy-to'), ...(labels === undefined ? {} : { labels }) }, spec }
}

function onNode(context: VerbContext, node: string, name: string): ApiObject {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, labels: { 'app.kubernetes.io/managed-by': 'kubectl-debug' } },
    spec: {
      containers: [{ ...containerOf(context, 'debugger'), volumeMounts: [{ mountPath: '/host', name: 'host-root' }] }],
      hostIPC: true,
      hostNetwork: true,
      hostPID: true,
      nodeName: node,
      restartPolicy: 'Never',
      tolerations: [{ operator: 'Exists' }],
      volumes: [{ name: 'host-root', hostPath: { path: '/' } }],
    },
  }
}

function* attachWhenRunning(context: VerbContext, pod: ApiObject, container: string): Steps<number> {
  const pods = context.kube.kinds.byStoreName('pods')!
  const statuses = (): { name: string; state?: Record<string, unknown> }[] => {
    const status = context.kube.find(pods, pod.metadata.namespace, pod.metadata.name)?.status
    return [...(status?.containerStatuses ?? []), ...(status?.ephemeralContainerStatuses ?? [])]
  }
  const begun = (): boolean =>
    statuses().some((s) => s.name === container && (s.state?.running !== undefined || s.state?.terminated !== undefined))
  if (!begun()) yield { until: begun, timeoutMs: 60_000 }
  if (!begun()) throw new CommandError('timed out waiting for the condition')
  return yield* attachTo(context, pod, container, context.flags.bool('stdin'), context.flags.bool('tty'))
}

function* run(context: VerbContext): Steps<number | undefined> {
  const { flags, args } = context
  const target = args[0]
  if (target === undefined || context.dash === 0) throw usageError(context.path, 'NAME is required for debug')
  const copyTo = flags.text('copy-to')
  if (flags.text('image') === '' && flags.list('set-image').length === 0 && copyTo === '')
    throw usageError(context.path, 'you must specify --image when not using --copy-to')
  const info = fetchOne(context, [target], 'pods')
  const pods = context.kube.kinds.byStoreName('pods')!
  let pod = info.object!
  let container = ''
  if (info.kind.resource === 'nodes') {
    const name = `node-debugger-${info.name}-${suffix(context, 1)}`
    context.err(`Creating debugging pod ${name} with container debugger on node ${info.name}.\n`)
    pod = context.kube.create(pods, context.kube.namespace, onNode(context, info.name, name))
    container = 'debugger'
  } else if (info.kind.resource !== 'pods') throw new CommandError(`${JSON.stringify(info.kind.kind)} not supported by debug`)
  else {
    container = copyTo !== '' && flags.text('image') === '' ? flags.text('container') || pod.spec.containers[0].name : debuggerName(context)
    pod =
      copyTo === ''
        ? ephemeral(context, pod, container)
        : context.kube.create(pods, pod.metadata.namespace, copied(context, pod, container))
    if (copyTo !== '' && flags.bool('replace')) context.kube.delete(pods, info.namespace, info.name)
  }
  const attach = flags.changed('attach') ? flags.bool('attach') : flags.bool('stdin')
  return attach ? yield* attachWhenRunning(context, pod, container) : 0
}

export const debugVerb: VerbDefinition = { path: 'kubectl debug', run }

/** What `kubectl debug` makes: an ephemeral container in a pod, a changed copy of a pod, a pod on a node. */
import type { ApiObject } from '../../../api/meta.ts'
import type { PodSpecShape } from '../../pod-template.ts'
import type { VerbContext } from '../../verb.ts'
import { type Container, customOf, profileOf, type Style, withCustom, withProfile } from './profiles.ts'

const LETTERS = 'bcdfghjklmnpqrstvwxz2456789'
export const suffix = (context: VerbContext, n: number): string =>
  Array.from({ length: 5 }, (_, i) => LETTERS[Math.floor(context.host.random(n * 5 + i) * LETTERS.length)]).join('')

/** The words after `--`. */
export const commandOf = (context: VerbContext): readonly string[] => (context.dash < 0 ? [] : context.args.slice(context.dash))

const envOf = (context: VerbContext): Container[] =>
  context.flags.list('env').map((pair) => {
    const equals = pair.indexOf('=')
    return { name: pair.slice(0, Math.max(equals, 0)), value: pair.slice(equals + 1) }
  })

/** What the flags say of a container. */
function asked(context: VerbContext): Container {
  const { flags } = context
  const command = commandOf(context)
  const env = envOf(context)
  const policy = flags.text('image-pull-policy')
  return {
    ...(flags.text('image') === '' ? {} : { image: flags.text('image') }),
    ...(command.length === 0 ? {} : flags.bool('arguments-only') ? { args: [...command] } : { command: [...command] }),
    ...(env.length === 0 ? {} : { env }),
    ...(policy === '' ? {} : { imagePullPolicy: policy }),
    ...(flags.bool('stdin') ? { stdin: true } : {}),
    ...(flags.bool('tty') ? { tty: true } : {}),
  }
}

const finished = (context: VerbContext, container: Container, style: Style): Container =>
  withCustom(withProfile(container, profileOf(context), style), customOf(context))

const made = (context: VerbContext, name: string, style: Style): Container =>
  finished(context, { name, ...asked(context), resources: {}, terminationMessagePolicy: 'File' }, style)

export function debuggerName(context: VerbContext): string {
  const named = context.flags.text('container')
  if (named !== '') return named
  const name = `debugger-${suffix(context, 0)}`
  if (!context.flags.bool('quiet')) context.out(`Defaulting debug container name to ${name}.\n`)
  return name
}

export function addEphemeral(context: VerbContext, pod: ApiObject, name: string): ApiObject {
  const target = context.flags.text('target')
  const added = { ...made(context, name, 'ephemeral'), ...(target === '' ? {} : { targetContainerName: target }) }
  const pods = context.kube.kinds.byStoreName('pods')!
  return context.kube.patch(pods, pod.metadata.namespace, pod.metadata.name, { spec: { ephemeralContainers: [added] } }, 'strategic', {
    subresource: 'ephemeralcontainers',
  })
}

const PROBES = { 'keep-liveness': 'livenessProbe', 'keep-readiness': 'readinessProbe', 'keep-startup': 'startupProbe' } as const

/** Probes and init containers would be in the way of somebody who looks; flags keep them. */
function stripped(context: VerbContext, spec: PodSpecShape): void {
  const { flags } = context
  for (const container of [...spec.containers, ...(spec.initContainers ?? [])] as unknown as Container[])
    for (const [flag, probe] of Object.entries(PROBES)) if (!flags.bool(flag)) delete container[probe]
  if (!flags.bool('keep-init-containers')) delete (spec as { initContainers?: unknown }).initContainers
}

function setImages(context: VerbContext, spec: PodSpecShape): void {
  const images = new Map(context.flags.list('set-image').map((pair) => pair.split('=') as [string, string]))
  for (const container of spec.containers) container.image = images.get(container.name) ?? images.get('*') ?? container.image
}

/** The copy, and the container in it that one debugs. */
export function copyOf(context: VerbContext, pod: ApiObject): { copy: ApiObject; container: string } {
  const { flags } = context
  const spec = structuredClone(pod.spec) as PodSpecShape & Record<string, unknown>
  delete spec['ephemeralContainers']
  if (!flags.bool('same-node')) delete spec['nodeName']
  spec['shareProcessNamespace'] = flags.bool('share-processes')
  stripped(context, spec)
  setImages(context, spec)
  const adds = flags.text('image') !== '' || commandOf(context).length > 0
  const container =
    adds && flags.text('container') === '' && flags.text('image') !== ''
      ? debuggerName(context)
      : flags.text('container') || spec.containers[0]!.name
  const at = spec.containers.findIndex((c) => c.name === container)
  if (adds && at >= 0) {
    const changed = { ...(spec.containers[at] as unknown as Container), ...asked(context) }
    spec.containers[at] = finished(context, changed, 'copy') as never
  } else if (adds) spec.containers.push(made(context, container, 'copy') as never)
  const { labels, annotations } = pod.metadata
  const metadata = {
    name: flags.text('copy-to'),
    ...(flags.bool('keep-labels') && labels ? { labels } : {}),
    ...(flags.bool('keep-annotations') && annotations ? { annotations } : {}),
  }
  return { copy: { apiVersion: 'v1', kind: 'Pod', metadata, spec }, container }
}

export function podOnNode(context: VerbContext, node: string, name: string): ApiObject {
  const { hostNamespaces, hostDisk } = profileOf(context)
  const container = made(context, context.flags.text('container') || 'debugger', 'node')
  const mounts = (container['volumeMounts'] ?? []) as Container[]
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, labels: { 'app.kubernetes.io/managed-by': 'kubectl-debug' } },
    spec: {
      containers: [{ ...container, ...(hostDisk ? { volumeMounts: [{ mountPath: '/host', name: 'host-root' }, ...mounts] } : {}) }],
      ...(hostNamespaces ? { hostIPC: true, hostNetwork: true, hostPID: true } : {}),
      nodeName: node,
      restartPolicy: 'Never',
      tolerations: [{ operator: 'Exists' }],
      ...(hostDisk ? { volumes: [{ name: 'host-root', hostPath: { path: '/' } }] } : {}),
    },
  }
}

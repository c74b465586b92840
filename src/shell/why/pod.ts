/** Why a pod is as it is: the scheduler's verdict on each node, images, configuration, volumes, exits, probes; in the order in which they bar the way. */

import { ageSince } from '../../api/ages.ts'
import type { Container, ContainerStatus, Pod, Probe } from '../../api/generated/types/core-v1.ts'
import { nodeStatus } from '../../kinds/core/node/roles.ts'
import { podSummary } from '../../kinds/core/pod/summary.ts'
import { bad, type Explainer, type Finding, fine, nOf, note, type WhyContext } from './contract.ts'
import { lastWarning } from './events.ts'

const describe = (pod: Pod): string => `kubectl describe pod ${pod.metadata.name}${nOf(pod)}`
const logs = (pod: Pod, container: string, previous = false): string =>
  `kubectl logs ${pod.metadata.name}${nOf(pod)}${(pod.spec?.containers.length ?? 1) > 1 || (pod.spec?.initContainers?.length ?? 0) > 0 ? ` -c ${container}` : ''}${previous ? ' --previous' : ''}`

// ── not yet on a node ──

function unscheduled(pod: Pod, context: WhyContext): Finding[] {
  const gates = pod.spec?.schedulingGates ?? []
  if (gates.length > 0) {
    const names = gates.map((g) => g.name).join(', ')
    return [
      bad(
        `it waits for its scheduling gates to be taken off: ${names}`,
        `espera a que se quiten sus scheduling gates: ${names}`,
        describe(pod),
      ),
    ]
  }
  const scheduler = pod.spec?.schedulerName
  if (scheduler !== undefined && scheduler !== 'default-scheduler')
    return [
      bad(
        `it asks for the scheduler "${scheduler}", and none of that name runs`,
        `pide el planificador "${scheduler}", y no corre ninguno con ese nombre`,
      ),
    ]
  const verdict = context.world.scheduler.explain(pod.metadata.namespace!, pod.metadata.name)
  if (verdict === undefined) return [note('it has no node yet', 'aún no tiene nodo', describe(pod))]
  if (verdict.chosen !== undefined)
    return [note(`the scheduler is about to put it on ${verdict.chosen}`, `el planificador está a punto de ponerlo en ${verdict.chosen}`)]
  const rows = verdict.nodes.map((n) =>
    n.reasons === undefined
      ? note(`${n.node}: would fit`, `${n.node}: cabría`)
      : note(`${n.node}: ${n.reasons.join(', ')}`, `${n.node}: ${n.reasons.join(', ')}`),
  )
  return [
    bad(`the scheduler finds no node for it: ${verdict.message}`, `el planificador no le encuentra nodo: ${verdict.message}`),
    ...rows,
    ...claims(pod, context),
  ]
}

/** Claims that are not bound. */
function claims(pod: Pod, { read }: WhyContext): Finding[] {
  return (pod.spec?.volumes ?? []).flatMap((volume) => {
    const name = volume.persistentVolumeClaim?.claimName
    if (name === undefined) return []
    const claim = read.get('persistentvolumeclaims', pod.metadata.namespace, name)
    if (claim === undefined)
      return [bad(`its claim "${name}" does not exist`, `su claim "${name}" no existe`, `kubectl get pvc${nOf(pod)}`)]
    if (claim.status?.phase === 'Bound') return []
    const phase = claim.status?.phase ?? 'Pending'
    return [note(`its claim "${name}" is ${phase}`, `su claim "${name}" está en ${phase}`, `why pvc/${name}`)]
  })
}

// ── containers ──

/** ConfigMaps and Secrets that a container or a volume needs and that are not there. */
function missingSources(pod: Pod, { read }: WhyContext): Finding[] {
  const found: Finding[] = []
  const look = (resource: 'configmaps' | 'secrets', name: string | undefined, optional: boolean | undefined, key?: string): void => {
    if (name === undefined || optional === true) return
    const kind = resource === 'secrets' ? 'Secret' : 'ConfigMap'
    const object = read.get(resource, pod.metadata.namespace, name)
    if (object === undefined)
      found.push(
        bad(
          `the ${kind} "${name}" that it uses does not exist`,
          `el ${kind} "${name}" que usa no existe`,
          `kubectl get ${resource}${nOf(pod)}`,
        ),
      )
    else if (key !== undefined && object.data?.[key] === undefined)
      found.push(
        bad(
          `the ${kind} "${name}" has no key "${key}"; it has ${keysText(object.data)}`,
          `el ${kind} "${name}" no tiene la clave "${key}"; tiene ${keysText(object.data)}`,
          `kubectl describe ${resource} ${name}${nOf(pod)}`,
        ),
      )
  }
  for (const container of [...(pod.spec?.initContainers ?? []), ...(pod.spec?.containers ?? [])]) {
    for (const { valueFrom } of container.env ?? []) {
      look('configmaps', valueFrom?.configMapKeyRef?.name, valueFrom?.configMapKeyRef?.optional, valueFrom?.configMapKeyRef?.key)
      look('secrets', valueFrom?.secretKeyRef?.name, valueFrom?.secretKeyRef?.optional, valueFrom?.secretKeyRef?.key)
    }
    for (const from of container.envFrom ?? []) {
      look('configmaps', from.configMapRef?.name, from.configMapRef?.optional)
      look('secrets', from.secretRef?.name, from.secretRef?.optional)
    }
  }
  for (const volume of pod.spec?.volumes ?? []) {
    look('configmaps', volume.configMap?.name, volume.configMap?.optional)
    look('secrets', volume.secret?.secretName, volume.secret?.optional)
  }
  return found
}

const keysText = (data: Readonly<Record<string, string>> | undefined): string =>
  Object.keys(data ?? {})
    .sort()
    .join(', ') || '–'

const IMAGE_REASONS = new Set(['ErrImagePull', 'ImagePullBackOff', 'InvalidImageName', 'ErrImageNeverPull', 'ImageInspectError'])

function waiting(pod: Pod, status: ContainerStatus, context: WhyContext): Finding[] {
  const { reason = '', message = '' } = status.state?.waiting ?? {}
  if (IMAGE_REASONS.has(reason)) {
    const told = lastWarning(pod, context, 'Failed', 'InspectFailed')?.message ?? message
    return [
      bad(
        `the image "${status.image}" of container ${status.name} cannot be pulled (${reason}): ${told}`,
        `la imagen "${status.image}" del contenedor ${status.name} no se puede descargar (${reason}): ${told}`,
        describe(pod),
      ),
    ]
  }
  if (reason === 'CrashLoopBackOff') return [...ended(pod, status, status.lastState?.terminated, context), ...restarted(status, message)]
  if (reason === 'CreateContainerConfigError') {
    const missing = missingSources(pod, context)
    return missing.length > 0
      ? missing
      : [
          bad(
            `container ${status.name} cannot be configured: ${message}`,
            `el contenedor ${status.name} no se puede configurar: ${message}`,
            describe(pod),
          ),
        ]
  }
  if (reason === 'ContainerCreating' || reason === 'PodInitializing') return creating(pod, reason, context)
  return [
    bad(
      `container ${status.name} waits: ${reason} ${message}`.trim(),
      `el contenedor ${status.name} espera: ${reason} ${message}`.trim(),
      describe(pod),
    ),
  ]
}

function restarted(status: ContainerStatus, message: string): Finding[] {
  const n = status.restartCount
  if (n === 0) return []
  const tail = message === '' ? '' : `: ${message}`
  return [
    note(
      `it has been restarted ${n} times, and the kubelet waits longer each time${tail}`,
      `se ha reiniciado ${n} veces, y el kubelet espera más cada vez${tail}`,
    ),
  ]
}

function creating(pod: Pod, reason: string, context: WhyContext): Finding[] {
  const missing = [...missingSources(pod, context), ...claims(pod, context)]
  if (missing.length > 0) return missing
  const mount = lastWarning(pod, context, 'FailedMount', 'FailedAttachVolume', 'FailedCreatePodSandBox', 'NetworkNotReady')
  if (mount)
    return [
      bad(`its node reports ${mount.reason}: ${mount.message}`, `su nodo informa de ${mount.reason}: ${mount.message}`, describe(pod)),
    ]
  return reason === 'PodInitializing'
    ? []
    : [
        note(
          'its containers are being made: image, volumes, network',
          'se están creando sus contenedores: imagen, volúmenes, red',
          describe(pod),
        ),
      ]
}

type Ended = NonNullable<NonNullable<ContainerStatus['state']>['terminated']>

function ended(pod: Pod, status: ContainerStatus, end: Ended | undefined, context: WhyContext): Finding[] {
  if (end === undefined) return []
  const { name } = status
  const spec = containerOf(pod, name)
  if (end.reason === 'OOMKilled') {
    const limit = spec?.resources?.limits?.['memory']
    return [
      limit === undefined
        ? bad(
            `container ${name} was killed for memory on the node (OOMKilled): it has no limit of its own`,
            `el contenedor ${name} murió por memoria en el nodo (OOMKilled): no tiene límite propio`,
            `why node/${pod.spec?.nodeName}`,
          )
        : bad(
            `container ${name} was killed at its memory limit of ${limit} (OOMKilled)`,
            `el contenedor ${name} murió al llegar a su límite de memoria de ${limit} (OOMKilled)`,
            describe(pod),
          ),
    ]
  }
  const killedBy = lastWarning(pod, context, 'Unhealthy')
  const liveness = killedBy?.message?.startsWith('Liveness') || killedBy?.message?.startsWith('Startup') ? killedBy : undefined
  if ((end.exitCode === 137 || end.exitCode === 143) && liveness)
    return [
      bad(
        `the kubelet killed container ${name} because its probe failed: ${liveness.message}`,
        `el kubelet mató el contenedor ${name} porque falló su sonda: ${liveness.message}`,
        logs(pod, name, true),
      ),
    ]
  if (end.exitCode === 0)
    return [
      bad(
        `container ${name} ends by itself with exit code 0: its program is done, and the pod's restartPolicy ${pod.spec?.restartPolicy} starts it again`,
        `el contenedor ${name} termina solo con código 0: su programa acaba, y la restartPolicy ${pod.spec?.restartPolicy} lo vuelve a arrancar`,
        logs(pod, name, true),
      ),
    ]
  const command =
    spec?.command !== undefined || spec?.args !== undefined ? ` [${[...(spec.command ?? []), ...(spec.args ?? [])].join(' ')}]` : ''
  return [
    bad(
      `container ${name}${command} ended with exit code ${end.exitCode} (${end.reason ?? 'Error'})${end.message ? `: ${end.message}` : ''}`,
      `el contenedor ${name}${command} terminó con código ${end.exitCode} (${end.reason ?? 'Error'})${end.message ? `: ${end.message}` : ''}`,
      logs(pod, name, true),
    ),
  ]
}

const containerOf = (pod: Pod, name: string): Container | undefined =>
  [...(pod.spec?.containers ?? []), ...(pod.spec?.initContainers ?? [])].find((c) => c.name === name)

export function probeText(probe: Probe): string {
  if (probe.httpGet) return `HTTP GET :${probe.httpGet.port}${probe.httpGet.path ?? '/'}`
  if (probe.tcpSocket) return `TCP :${probe.tcpSocket.port}`
  if (probe.grpc) return `gRPC :${probe.grpc.port}`
  return `exec ${(probe.exec?.command ?? []).join(' ')}`
}

function notReady(pod: Pod, status: ContainerStatus, context: WhyContext): Finding[] {
  const spec = containerOf(pod, status.name)
  const told = lastWarning(pod, context, 'Unhealthy')?.message
  const probe = status.started === false ? spec?.startupProbe : spec?.readinessProbe
  if (probe === undefined)
    return [
      note(
        `container ${status.name} runs and will count as ready at once`,
        `el contenedor ${status.name} corre y contará como listo enseguida`,
      ),
    ]
  const kind = status.started === false ? 'startup' : 'readiness'
  const tail = told === undefined ? '' : `: ${told}`
  return [
    bad(
      `container ${status.name} runs, but its ${kind} probe (${probeText(probe)}) does not pass${tail}; Services send it nothing`,
      `el contenedor ${status.name} corre, pero su sonda de ${kind} (${probeText(probe)}) no pasa${tail}; los Services no le envían nada`,
      logs(pod, status.name),
    ),
  ]
}

function initFindings(pod: Pod, context: WhyContext): Finding[] {
  for (const status of pod.status?.initContainerStatuses ?? []) {
    const { state } = status
    if (state?.terminated?.exitCode === 0 || status.started) continue
    if (state?.running)
      return [
        bad(
          `init container ${status.name} still runs; the others wait for it to end`,
          `el init container ${status.name} sigue corriendo; los demás esperan a que acabe`,
          logs(pod, status.name),
        ),
      ]
    if (state?.waiting) return waiting(pod, status, context)
    return ended(pod, status, state?.terminated, context)
  }
  return []
}

function containerFindings(pod: Pod, context: WhyContext): Finding[] {
  const init = initFindings(pod, context)
  if (init.length > 0) return init
  const seen = new Set<string>()
  return (pod.status?.containerStatuses ?? [])
    .flatMap((status) => {
      if (status.state?.waiting) return waiting(pod, status, context)
      if (status.state?.terminated)
        return status.state.terminated.exitCode === 0 && pod.spec?.restartPolicy !== 'Always'
          ? []
          : [...ended(pod, status, status.state.terminated, context), ...restarted(status, '')]
      return status.ready ? [] : notReady(pod, status, context)
    })
    .filter((f) => !seen.has(f.say.en) && seen.add(f.say.en))
}

// ── the whole ──

function deleting(pod: Pod, context: WhyContext): Finding[] {
  const node = context.read.get('nodes', undefined, pod.spec?.nodeName ?? '')
  const finalizers = pod.metadata.finalizers ?? []
  if (finalizers.length > 0)
    return [
      bad(
        `it is being deleted and waits for its finalizers: ${finalizers.join(', ')}`,
        `se está borrando y espera a sus finalizers: ${finalizers.join(', ')}`,
        describe(pod),
      ),
    ]
  if (node !== undefined && !nodeStatus(node).startsWith('Ready'))
    return [
      bad(
        `it is to be deleted, but its node ${node.metadata.name} is ${nodeStatus(node)}: nobody there can confirm that it has stopped`,
        `debe borrarse, pero su nodo ${node.metadata.name} está ${nodeStatus(node)}: nadie allí puede confirmar que ha parado`,
        `why node/${node.metadata.name}`,
      ),
    ]
  return [
    note(
      `it is being stopped and has ${pod.metadata.deletionGracePeriodSeconds ?? 30} s for it`,
      `se está parando y tiene ${pod.metadata.deletionGracePeriodSeconds ?? 30} s para ello`,
    ),
  ]
}

export function explainPod(pod: Pod, context: WhyContext): Finding[] {
  if (pod.metadata.deletionTimestamp !== undefined) return deleting(pod, context)
  if (!pod.spec?.nodeName) return unscheduled(pod, context)
  const { phase, reason, message } = pod.status ?? {}
  if (phase === 'Succeeded') return [fine('it has done its work and ended well', 'ha hecho su trabajo y terminó bien')]
  const found: Finding[] = []
  if (phase === 'Failed' && reason)
    found.push(
      bad(`it failed: ${reason}${message ? `: ${message}` : ''}`, `falló: ${reason}${message ? `: ${message}` : ''}`, describe(pod)),
    )
  const node = context.read.get('nodes', undefined, pod.spec.nodeName)
  if (node === undefined)
    found.push(bad(`its node ${pod.spec.nodeName} is not in the cluster any more`, `su nodo ${pod.spec.nodeName} ya no está en el clúster`))
  else if (!nodeStatus(node).startsWith('Ready'))
    found.push(
      bad(
        `its node ${node.metadata.name} is ${nodeStatus(node)}: what follows is what was last heard of it`,
        `su nodo ${node.metadata.name} está ${nodeStatus(node)}: lo que sigue es lo último que se supo de él`,
        `why node/${node.metadata.name}`,
      ),
    )
  found.push(...containerFindings(pod, context))
  if (found.some((f) => f.kind === 'bad')) return found
  const summary = podSummary(pod)
  if (summary.ready < summary.total)
    return found.length > 0 ? found : [note('its containers are starting', 'sus contenedores están arrancando', describe(pod))]
  const since = ageSince(pod.status?.conditions?.find((c) => c.type === 'Ready')?.lastTransitionTime ?? undefined, context.nowMs)
  found.push(
    fine(
      `it runs on ${pod.spec.nodeName} as ${pod.status?.podIP ?? '?'} and has been ready for ${since}`,
      `corre en ${pod.spec.nodeName} como ${pod.status?.podIP ?? '?'} y está listo desde hace ${since}`,
    ),
  )
  for (const status of pod.status?.containerStatuses ?? [])
    if (status.restartCount > 0)
      found.push(...ended(pod, status, status.lastState?.terminated, context).map((f) => ({ ...f, kind: 'note' as const })))
  return found
}

export const podExplainer: Explainer<Pod> = { resource: 'pods', explain: explainPod }

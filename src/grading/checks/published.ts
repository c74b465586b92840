/** The doors a cluster opens to the company's network: node ports on every node, host ports, balancers' and external addresses. For checks that ask what can be reached from outside. */
import type { Node, Pod, Service } from '../../api/generated/types/core-v1.ts'
import type { Session } from '../../session/session.ts'

export interface Door {
  readonly name: string
  readonly host: string
  readonly port: number
  /** The pod whose own port it is. */
  readonly podUid?: string
}

const nodeAddresses = (session: Session): string[] =>
  session.world.cluster.read
    .list('nodes')
    .flatMap((n) => ((n as Node).status?.addresses ?? []).filter((a) => a.type === 'InternalIP').map((a) => a.address))

/** Of a Service: each node port on every node, each port on its outer addresses. */
function doorsOfService(service: Service, nodes: readonly string[]): Door[] {
  const { name } = service.metadata
  const outer = [
    ...(service.spec?.externalIPs ?? []),
    ...(service.status?.loadBalancer?.ingress ?? []).flatMap((i) => (i.ip === undefined ? [] : [i.ip])),
  ]
  return (service.spec?.ports ?? []).flatMap((p) => [
    ...(p.nodePort ? nodes.map((host) => ({ name: `service/${name}`, host, port: p.nodePort! })) : []),
    ...outer.map((host) => ({ name: `service/${name}`, host, port: p.port })),
  ])
}

/** Of a pod: its ports on its node's own address. */
function doorsOfPod(pod: Pod): Door[] {
  const host = pod.status?.hostIP
  if (host === undefined) return []
  const own = pod.spec?.hostNetwork === true
  return (pod.spec?.containers ?? []).flatMap((c) =>
    (c.ports ?? []).flatMap((p) =>
      own || p.hostPort
        ? [{ name: `pod/${pod.metadata.name}`, host: p.hostIP ?? host, port: p.hostPort ?? p.containerPort, podUid: pod.metadata.uid! }]
        : [],
    ),
  )
}

/** Every door of every namespace, in a fixed order. */
export function publishedDoors(session: Session): Door[] {
  const { read } = session.world.cluster
  const nodes = nodeAddresses(session)
  return [
    ...read.list('services').flatMap((s) => doorsOfService(s as Service, nodes)),
    ...read.list('pods').flatMap((p) => doorsOfPod(p as Pod)),
  ]
}

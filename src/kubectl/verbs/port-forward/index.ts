/**
 * `kubectl port-forward`: ports of this machine that lead into a pod, for as long as the command runs. It listens and hands the listening to its
 * host, which keeps it as data.
 */
import { ApiError } from '../../../api/errors.ts'
import type { ApiObject } from '../../../api/meta.ts'
import type { ForwardedPort, Steps } from '../../contract.ts'
import { CommandError, usageError } from '../../errors.ts'
import { firstPodOf, podSelectorText } from '../../pods.ts'
import type { Info } from '../../resources/builder.ts'
import { fetchOne } from '../../resources/one.ts'
import type { VerbContext, VerbDefinition } from '../../verb.ts'
import { ofPod, ofService, type PortPair, parsePairs, portsOf, refuseUdp } from './ports.ts'

function* podBehind(context: VerbContext, info: Info): Steps<ApiObject> {
  if (info.kind.resource === 'pods') return info.object!
  const type = `*${info.kind.version}.${info.kind.kind}`
  if (info.kind.resource === 'services' && podSelectorText(info) === undefined)
    throw new CommandError(`cannot attach to ${type}: invalid service '${info.name}': Service is defined without a selector`)
  if (podSelectorText(info) === undefined) throw new CommandError(`cannot attach to ${type}: selector for ${type} not implemented`)
  const { pod } = yield* firstPodOf(context, info, context.flags.duration('pod-running-timeout'))
  return pod
}

/** Addresses to listen on: `localhost` is both of its addresses. */
function addressesOf(context: VerbContext): string[] {
  const found = new Set<string>()
  for (const address of context.flags.list('address')) {
    if (address === 'localhost') found.add('127.0.0.1').add('::1')
    else if (/^\d{1,3}(\.\d{1,3}){3}$/.test(address) || /^[0-9a-f:]*:[0-9a-f:]*$/i.test(address)) found.add(address)
    else throw new CommandError(`${address} is not a valid IP`)
  }
  return [...found]
}

/** The API lets the connection through to the pod's kubelet. */
function upgrade(context: VerbContext, pod: ApiObject): void {
  const pods = context.kube.kinds.byStoreName('pods')!
  try {
    const { stream } = context.kube.call('create', pods, pod.metadata.namespace, pod.metadata.name, { subresource: 'portforward' })
    stream?.close()
  } catch (error) {
    if (error instanceof ApiError) throw new CommandError(`error upgrading connection: ${error.status.message ?? ''}`)
    throw error
  }
}

const shown = (address: string): string => (address.includes(':') ? `[${address}]` : address)

/** Listens on a port at all addresses; tells what came of it. */
function listen(context: VerbContext, addresses: readonly string[], { local, remote }: PortPair): ForwardedPort[] {
  const listened: ForwardedPort[] = []
  const failures: string[] = []
  let port = local
  for (const address of addresses) {
    const answer = context.host.listen!(address, port)
    if (typeof answer === 'string') {
      const family = address.includes(':') ? 'tcp6' : 'tcp4'
      failures.push(`unable to create listener: Error listen ${family} ${shown(address)}:${port}: bind: ${answer}`)
      continue
    }
    // The second address takes the port that was drawn for the first.
    port = answer
    listened.push({ address, local: port, remote })
    context.out(`Forwarding from ${shown(address)}:${port} -> ${remote}\n`)
  }
  if (listened.length === 0)
    context.err(`Unable to listen on port ${local}: Listeners failed to create with the following errors: [${failures.join(' ')}]\n`)
  return listened
}

function* run(context: VerbContext): Steps<number | undefined> {
  const { args, host } = context
  if (args.length < 2) throw usageError(context.path, 'TYPE/NAME and list of ports are required for port-forward')
  if (host.listen === undefined) throw new CommandError('port-forward is not available here: nothing listens on this machine')
  const info = fetchOne(context, args.slice(0, 1), 'pods')
  const pod = yield* podBehind(context, info)
  const texts = args.slice(1)
  const isService = info.kind.resource === 'services'
  refuseUdp(texts, portsOf(isService ? info.object! : pod))
  const translated = isService ? ofService(texts, info.object!, pod) : ofPod(texts, pod)
  const phase = String(pod.status?.phase ?? '')
  if (phase !== 'Running') throw new CommandError(`unable to forward port because pod is not running. Current status=${phase}`)
  const addresses = addressesOf(context)
  const pairs = parsePairs(translated)
  upgrade(context, pod)
  const listened = pairs.flatMap((pair) => listen(context, addresses, pair))
  if (listened.length === 0)
    throw new CommandError(`unable to listen on any of the requested ports: [${pairs.map((p) => `{${p.local} ${p.remote}}`).join(' ')}]`)
  const { namespace = '', name, uid = '' } = pod.metadata
  yield { forward: { namespace, pod: name, uid, node: String(pod.spec?.nodeName ?? ''), ports: listened } }
  return 0
}

export const portForwardVerb: VerbDefinition = { path: 'kubectl port-forward', run }

/**
 * `kubectl debug`: an ephemeral container in a pod, a changed copy of a pod (`--copy-to`), or a pod on a node.
 */
import type { ApiObject } from '../../../api/meta.ts'
import type { Steps } from '../../contract.ts'
import { CommandError } from '../../errors.ts'
import { build } from '../../resources/builder.ts'
import type { VerbContext, VerbDefinition } from '../../verb.ts'
import { attachTo, printLog, takeInput } from '../exec/index.ts'
import { customOf, profileOf } from './profiles.ts'
import { addEphemeral, commandOf, copyOf, debuggerName, podOnNode, suffix } from './targets.ts'

const PULL_POLICIES = ['', 'Always', 'IfNotPresent', 'Never']
/** Flags that say something of the copy, with what is to be said where there is none. */
const OF_COPIES = ['replace', 'same-node', 'set-image'] as const

/** A reference as the registry's library takes one: no capitals in the name, no blanks. */
const isImage = (text: string): boolean => /^[a-z0-9]+([._/:-]+[a-z0-9]+)*(:\w[\w.-]*)?(@sha256:[0-9a-f]{64})?$/.test(text)

function checkCopy(context: VerbContext): void {
  const { flags } = context
  const command = commandOf(context)
  if (flags.text('copy-to') === '') {
    for (const flag of OF_COPIES) if (flags.changed(flag)) throw new CommandError(`--${flag} may only be used with --copy-to.`)
    if (flags.text('image') === '') throw new CommandError('you must specify --image when not using --copy-to.')
    return
  }
  if (flags.text('image') !== '') return
  if (flags.list('set-image').length === 0 && command.length === 0)
    throw new CommandError('you must specify --image, --set-image or command arguments.')
  if (command.length > 0 && flags.text('container') === '')
    throw new CommandError('you must specify an existing container or a new image when specifying args.')
}

function check(context: VerbContext): void {
  const { flags } = context
  profileOf(context)
  customOf(context)
  checkCopy(context)
  const image = flags.text('image')
  if (image !== '' && !isImage(image)) throw new CommandError(`invalid image name ${JSON.stringify(image)}: invalid reference format`)
  if (names(context).length === 0 && flags.list('filename').length === 0) throw new CommandError('NAME is required for debug')
  const policy = flags.text('image-pull-policy')
  if (!PULL_POLICIES.includes(policy)) throw new CommandError(`invalid image pull policy: ${policy}`)
  for (const pair of flags.list('set-image')) {
    const [container, value = ''] = pair.split('=')
    if (!isImage(value))
      throw new CommandError(
        `invalid image name ${JSON.stringify(value)} for container ${JSON.stringify(container)}: invalid reference format`,
      )
  }
  const target = flags.text('target')
  if (target !== '') {
    if (flags.text('copy-to') !== '') throw new CommandError('--target is incompatible with --copy-to. Use --share-processes instead.')
    if (!flags.bool('quiet'))
      context.out(
        `Targeting container ${JSON.stringify(target)}. If you don't see processes from this container it may be because the container runtime doesn't support this feature.\n`,
      )
  }
  if (flags.bool('tty') && !flags.bool('stdin')) throw new CommandError('-i/--stdin is required for containers with -t/--tty=true')
}

const names = (context: VerbContext): readonly string[] => (context.dash < 0 ? context.args : context.args.slice(0, context.dash))

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
  if (statuses().some((s) => s.name === container && s.state?.terminated !== undefined)) {
    printLog(context, pod, container)
    return 0
  }
  return yield* attachTo(context, pod, container, context.flags.bool('stdin'), context.flags.bool('tty'))
}

/** One thing to debug; gives the pod and the container to attach to. */
function debugOne(context: VerbContext, object: ApiObject, turn: number): { pod: ApiObject; container: string } {
  const { flags, kube } = context
  const pods = kube.kinds.byStoreName('pods')!
  const { name, namespace } = object.metadata
  if (object.kind === 'Node') {
    const podName = `node-debugger-${name}-${suffix(context, turn + 1)}`
    const container = flags.text('container') || 'debugger'
    if (!flags.bool('quiet')) context.out(`Creating debugging pod ${podName} with container ${container} on node ${name}.\n`)
    return { pod: kube.create(pods, kube.namespace, podOnNode(context, name, podName)), container }
  }
  if (object.kind !== 'Pod')
    throw new CommandError(`"${object.apiVersion.replace(/^v1$/, '/v1')}, Kind=${object.kind}" not supported by debug`)
  if (flags.text('copy-to') === '') {
    const container = debuggerName(context)
    return { pod: addEphemeral(context, object, container), container }
  }
  const { copy, container } = copyOf(context, object)
  if (flags.bool('replace')) kube.delete(pods, namespace, name, { gracePeriodSeconds: 0 })
  return { pod: kube.create(pods, namespace, copy), container }
}

function* run(context: VerbContext): Steps<number | undefined> {
  const { flags } = context
  check(context)
  const attach = flags.changed('attach') ? flags.bool('attach') : flags.bool('stdin')
  if (attach) takeInput(context)
  const list = names(context).map((name) => (name.includes('/') ? name : `pods/${name}`))
  const built = build(context, { args: list, fetch: 'object', selector: '', all: false, allNamespaces: false })
  if (built.failures.length > 0) throw built.failures[0]
  let exitCode = 0
  for (const [turn, info] of built.infos.entries()) {
    const { pod, container } = debugOne(context, info.object!, turn)
    if (attach) exitCode = yield* attachWhenRunning(context, pod, container)
  }
  return exitCode
}

export const debugVerb: VerbDefinition = { path: 'kubectl debug', run }

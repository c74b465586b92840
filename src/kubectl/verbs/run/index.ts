/**
 * `kubectl run`: makes a pod, and attaches to it with `-i`/`--attach`.
 */
import type { ApiObject } from '../../../api/meta.ts'
import type { Steps } from '../../contract.ts'
import { CommandError, usageError } from '../../errors.ts'
import { dryRunOf, teller, writeQuery } from '../../options.ts'
import { recorded } from '../../record.ts'
import type { VerbContext, VerbDefinition } from '../../verb.ts'
import { waitForDeletion } from '../../waiting.ts'
import { withLastApplied } from '../apply/last-applied.ts'
import { checkRequired, parsePairs } from '../create/generator.ts'
import { isEnvName } from '../create/sources.ts'
import { attachTo, printLog, takeInput } from '../exec/index.ts'
import { withOverrides } from '../overrides.ts'

function envOf(context: VerbContext): { name: string; value: string }[] {
  return context.flags.list('env').map((pair) => {
    const equals = pair.indexOf('=')
    if (equals < 1 || !isEnvName(pair.slice(0, equals))) throw new CommandError(`invalid env: ${pair}`)
    return { name: pair.slice(0, equals), value: pair.slice(equals + 1) }
  })
}

function portOf(context: VerbContext): number | undefined {
  const text = context.flags.text('port')
  if (text === '') return undefined
  if (!/^[+-]?\d+$/.test(text)) throw new CommandError(`strconv.Atoi: parsing ${JSON.stringify(text)}: invalid syntax`)
  return Number(text)
}

function annotationsOf(context: VerbContext): Record<string, string> {
  return Object.fromEntries(
    context.flags.list('annotations').map((pair) => {
      const equals = pair.indexOf('=')
      if (equals < 1) throw new CommandError(`invalid annotation format: ${pair}`)
      return [pair.slice(0, equals), pair.slice(equals + 1)]
    }),
  )
}

function podOf(context: VerbContext, name: string, restart: string): ApiObject {
  const { flags } = context
  const rest = context.args.slice(1)
  const env = envOf(context)
  const port = portOf(context)
  const policy = flags.text('image-pull-policy')
  const labels = flags.text('labels') === '' ? { run: name } : parsePairs(flags.text('labels'))
  const annotations = annotationsOf(context)
  const interactive = flags.bool('stdin')
  const container = {
    name,
    image: flags.text('image'),
    ...(rest.length === 0 ? {} : flags.bool('command') ? { command: [...rest] } : { args: [...rest] }),
    ...(env.length > 0 ? { env } : {}),
    ...(port === undefined ? {} : { ports: [{ containerPort: port }] }),
    ...(policy === '' ? {} : { imagePullPolicy: policy }),
    resources: {},
    ...(interactive ? { stdin: true, ...(flags.bool('leave-stdin-open') ? {} : { stdinOnce: true }) } : {}),
    ...(flags.bool('tty') ? { tty: true } : {}),
    ...(flags.bool('privileged') ? { securityContext: { privileged: true } } : {}),
  }
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, labels, ...(Object.keys(annotations).length > 0 ? { annotations } : {}) },
    spec: { containers: [container], dnsPolicy: 'ClusterFirst', restartPolicy: restart },
    status: {},
  }
}

function checkArguments(context: VerbContext): { name: string; restart: string; attach: boolean } {
  const { flags } = context
  checkRequired(context, ['image'])
  const before = context.dash >= 0 ? context.dash : context.args.length
  if (before === 0) throw usageError(context.path, 'NAME is required for run')
  const image = flags.text('image')
  if (image === '') throw new CommandError('--image is required')
  if (/\s/.test(image) || /[A-Z]/.test(image.split(':')[0]!))
    throw new CommandError(`Invalid image name ${JSON.stringify(image)}: invalid reference format`)
  if (flags.bool('tty') && !flags.bool('stdin')) throw usageError(context.path, '-i/--stdin is required for containers with -t/--tty=true')
  if (flags.bool('expose') && flags.text('port') === '') throw usageError(context.path, '--port must be set when exposing a service')
  const restart = flags.text('restart')
  if (!['Always', 'OnFailure', 'Never'].includes(restart)) throw usageError(context.path, `invalid restart policy: ${restart}`)
  const attach = flags.changed('attach') ? flags.bool('attach') : flags.bool('stdin')
  if (flags.bool('rm') && !attach) throw usageError(context.path, '--rm should only be used for attached containers')
  const pull = flags.text('image-pull-policy')
  if (!['', 'Always', 'IfNotPresent', 'Never'].includes(pull)) throw usageError(context.path, `invalid image pull policy: ${pull}`)
  return { name: context.args[0]!, restart, attach }
}

function* waitUntilStarted(context: VerbContext, pod: ApiObject): Steps<ApiObject> {
  const pods = context.kube.kinds.byStoreName('pods')!
  const look = (): ApiObject | undefined => context.kube.find(pods, pod.metadata.namespace, pod.metadata.name)
  const begun = (): boolean => {
    const now = look()
    return now === undefined || ['Running', 'Succeeded', 'Failed'].includes(now.status?.phase as string)
  }
  const answer = yield { until: begun, timeoutMs: context.flags.duration('pod-running-timeout') }
  if (answer?.satisfied === false) throw new CommandError('timed out waiting for the condition')
  const now = look()
  if (now === undefined) throw new CommandError(`pods ${JSON.stringify(pod.metadata.name)} not found`)
  return now
}

/** The log of a container that ended before anybody could attach. */
function tail(context: VerbContext, pod: ApiObject, container: string): number {
  printLog(context, pod, container)
  const statuses = (pod.status?.containerStatuses ?? []) as { state?: { terminated?: { exitCode: number } } }[]
  return statuses[0]?.state?.terminated?.exitCode ?? 0
}

/** Joins the container until it ends; a pod that is not started again says how it ended. */
function* attached(context: VerbContext, pod: ApiObject, container: string): Steps<number> {
  const { flags } = context
  yield* attachTo(context, pod, container, flags.bool('stdin'), flags.bool('tty'))
  if (flags.bool('leave-stdin-open') || pod.spec.restartPolicy === 'Always') return 0
  const pods = context.kube.kinds.byStoreName('pods')!
  const look = (): ApiObject | undefined => context.kube.find(pods, pod.metadata.namespace, pod.metadata.name)
  const completed = (): boolean => {
    const now = look()
    return now === undefined || now.status?.phase === 'Succeeded' || now.status?.phase === 'Failed'
  }
  yield { until: completed, timeoutMs: flags.duration('pod-running-timeout') }
  const statuses = (look()?.status?.containerStatuses ?? []) as { state?: { terminated?: { exitCode: number } } }[]
  return statuses[0]?.state?.terminated?.exitCode ?? 0
}

function* attachRun(context: VerbContext, pod: ApiObject): Steps<number> {
  const started = yield* waitUntilStarted(context, pod)
  const container = pod.spec.containers[0].name as string
  const ended = ['Succeeded', 'Failed'].includes(started.status?.phase as string)
  const exitCode = ended ? tail(context, started, container) : yield* attached(context, started, container)
  if (context.flags.bool('rm')) {
    const pods = context.kube.kinds.byStoreName('pods')!
    context.kube.delete(pods, pod.metadata.namespace, pod.metadata.name, { propagationPolicy: 'Background' })
    context.out(`pod ${JSON.stringify(pod.metadata.name)} deleted from ${pod.metadata.namespace} namespace\n`)
    yield* waitForDeletion(context, [{ kind: pods, namespace: pod.metadata.namespace, name: pod.metadata.name, uid: pod.metadata.uid }], 0)
  }
  if (exitCode !== 0) throw new CommandError(`pod ${context.kube.namespace}/${pod.metadata.name} terminated (Error)`, exitCode)
  return 0
}

function exposed(context: VerbContext, name: string, labels: Record<string, string> | undefined): ApiObject {
  const port = portOf(context)!
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name },
    spec: { ports: [{ port, protocol: 'TCP', targetPort: port }], selector: labels ?? { run: name } },
    status: { loadBalancer: {} },
  }
}

function* run(context: VerbContext): Steps<number | undefined> {
  const { name, restart, attach } = checkArguments(context)
  if (attach) takeInput(context)
  const dry = dryRunOf(context)
  if (attach && dry !== 'none')
    throw usageError(context.path, `--dry-run=[server|client] can't be used with attached containers options (--attach, --stdin, or --tty)`)
  const tell = teller(context)
  const pods = context.kube.kinds.byStoreName('pods')!
  const pod = withOverrides(context, pods, podOf(context, name, restart))
  const settled = context.kube.target.enforced ? { ...pod, metadata: { ...pod.metadata, namespace: context.kube.namespace } } : pod
  const place = context.flags.bool('save-config') ? withLastApplied(settled) : settled
  const cause = recorded(context, place)
  const created = dry === 'client' ? cause : context.kube.create(pods, context.kube.namespace, cause, { query: writeQuery(context) })
  if (context.flags.bool('expose')) {
    const services = context.kube.kinds.byStoreName('services')!
    const service = exposed(context, name, pod.metadata.labels)
    tell(
      services,
      dry === 'client' ? service : context.kube.create(services, context.kube.namespace, service, { query: writeQuery(context) }),
      'created',
    )
  }
  if (attach) return yield* attachRun(context, created)
  tell(pods, created, 'created')
  return 0
}

export const runVerb: VerbDefinition = { path: 'kubectl run', run }

/**
 * `kubectl rollout status|history|undo|restart|pause|resume`, by the kinds' rollout capability.
 */
import { ApiError } from '../../../api/errors.ts'
import type { RolloutCapability, RolloutRevision } from '../../../api/kind.ts'
import type { ApiObject } from '../../../api/meta.ts'
import { formatTime } from '../../../api/rfc3339.ts'
import type { Steps } from '../../contract.ts'
import { CommandError, messageOf, throwAll } from '../../errors.ts'
import { dryRunOf, dryRunSuffix, teller, writeQuery } from '../../options.ts'
import { atPath, patchBetween } from '../../pod-template.ts'
import { objectFormats, objectPrinter } from '../../printers/objects.ts'
import { TabWriter } from '../../printers/tabwriter.ts'
import { build, type Info } from '../../resources/builder.ts'
import { nameOf, resourceOf } from '../../resources/mapper.ts'
import { plainVerb, type VerbContext, type VerbDefinition } from '../../verb.ts'
import { lastAppliedOf } from '../apply/last-applied.ts'
import { describeTemplate } from './template-text.ts'

const kindGroup = (info: Info): string => (info.kind.group === '' ? info.kind.kind : `${info.kind.kind}.${info.kind.group}`)

function found(context: VerbContext): readonly Info[] {
  if (context.args.length === 0 && context.flags.list('filename').length === 0 && context.flags.text('kustomize') === '')
    throw new CommandError('required resource not specified')
  const built = build(context, { args: context.args, fetch: 'object', latest: true, typesAlone: true })
  throwAll(built.failures)
  return built.infos
}

/** The same, telling of nothing found. */
function foundOrTold(context: VerbContext): readonly Info[] {
  const infos = found(context)
  if (infos.length === 0) context.err(`No resources found in ${context.kube.namespace} namespace.\n`)
  return infos
}

function capability(info: Info, otherwise: string): RolloutCapability {
  const rollout = info.kind.capabilities?.rollout
  if (rollout === undefined) throw new CommandError(`${otherwise}${kindGroup(info)}`)
  return rollout
}

function* statusOf(context: VerbContext, info: Info, endMs: number | undefined): Steps {
  const rollout = capability(info, 'no status viewer has been implemented for ')
  const revision = context.flags.int('revision')
  let last = ''
  for (;;) {
    const object = context.kube.get(info.kind, info.namespace, info.name)
    const seen = object.metadata.resourceVersion
    let status: { message: string; done: boolean }
    try {
      status = rollout.status(object, revision)
    } catch (error) {
      if (error instanceof ApiError) throw error
      throw new CommandError(messageOf(error).replace(/^error: /, ''))
    }
    const line = status.message.endsWith('\n') ? status.message : `${status.message}\n`
    if (line !== last || status.done) context.out(line)
    last = line
    if (status.done || !context.flags.bool('watch')) return
    const left = endMs === undefined ? undefined : Math.max(0, endMs - context.host.now())
    const answer = yield {
      until: () => context.kube.find(info.kind, info.namespace, info.name)?.metadata.resourceVersion !== seen,
      ...(left === undefined ? {} : { timeoutMs: left }),
    }
    if (answer?.satisfied === false) throw new CommandError('timed out waiting for the condition')
    if (context.kube.find(info.kind, info.namespace, info.name) === undefined) throw new CommandError('object has been deleted')
  }
}

export const rolloutStatusVerb: VerbDefinition = {
  path: 'kubectl rollout status',
  *run(context) {
    const timeoutMs = context.flags.duration('timeout')
    if (context.flags.int('revision') < 0) throw new CommandError('revision must be a positive integer: -1')
    const infos = foundOrTold(context)
    const endMs = timeoutMs === 0 ? undefined : context.host.now() + timeoutMs
    for (const info of infos) yield* statusOf(context, info, endMs)
    return 0
  },
}

function historyText(info: Info, list: readonly RolloutRevision[], revision: number): string {
  if (revision > 0) {
    const one = list.find((r) => r.revision === revision)
    if (one === undefined) throw new CommandError('unable to find the specified revision')
    return `${nameOf(info.kind, info.name)} with revision #${revision}\n${describeTemplate(one.template)}\n`
  }
  const writer = new TabWriter({ minWidth: 0, padding: 2, remember: false })
  writer.line(['REVISION', 'CHANGE-CAUSE'])
  for (const one of list) writer.line([String(one.revision), one.changeCause || '<none>'])
  return `${nameOf(info.kind, info.name)} \n${writer.flush()}\n`
}

export const rolloutHistoryVerb = plainVerb('kubectl rollout history', (context) => {
  const revision = context.flags.int('revision')
  if (revision < 0) throw new CommandError(`revision must be a positive integer: ${revision}`)
  const printer = objectPrinter(context, objectFormats)
  for (const info of found(context)) {
    const list = capability(info, 'no history viewer has been implemented for ').history(info.object!, context.kube.reader())
    if (revision > 0 && !list.some((one) => one.revision === revision)) throw new CommandError('unable to find the specified revision')
    if (printer === undefined) context.out(historyText(info, list, revision))
    else
      for (const one of list)
        if (revision === 0 || one.revision === revision)
          context.out(printer(one.object ?? { ...info.object!, spec: { ...info.object!.spec, template: one.template } }))
  }
  return 0
})

const undoWarning = (info: Info): string =>
  `resource ${info.kind.resource}/${info.name} was previously managed with 'kubectl apply'. Rolling back will not update the kubectl.kubernetes.io/last-applied-configuration annotation, which may cause unexpected behavior on future 'kubectl apply' operations. Consider using 'kubectl apply' with your previous configuration file instead.`

function revisionToUndo(info: Info, list: readonly RolloutRevision[], wanted: number): RolloutRevision {
  if (wanted !== 0) {
    const one = list.find((r) => r.revision === wanted)
    if (one === undefined) throw new CommandError(`unable to find specified revision ${wanted} in history`)
    return one
  }
  const before = [...list].sort((a, b) => b.revision - a.revision)[1]
  if (before === undefined)
    throw new CommandError(`no rollout history found for ${info.kind.kind.toLowerCase()} ${JSON.stringify(info.name)}`)
  return before
}

export const rolloutUndoVerb = plainVerb('kubectl rollout undo', (context) => {
  const to = context.flags.int('to-revision')
  const tell = teller(context)
  for (const info of found(context)) {
    const rollout = capability(info, 'no rollbacker has been implemented for ')
    const object = info.object!
    const list = rollout.history(object, context.kube.reader())
    const target = revisionToUndo(info, list, to)
    if (lastAppliedOf(object) !== undefined) context.kube.warning(undoWarning(info))
    // A dry run tells the template that would come.
    if (dryRunOf(context) === 'client') {
      context.out(`${nameOf(info.kind, info.name)} ${describeTemplate(target.template)} (dry run)\n`)
      continue
    }
    if (object.spec?.paused === true)
      throw new CommandError(
        `you cannot rollback a paused ${info.kind.kind.toLowerCase()}; resume it first with 'kubectl rollout resume' and try again`,
      )
    const newest = list.reduce((max, r) => Math.max(max, r.revision), 0)
    if (target.revision === newest) {
      context.out(
        `${nameOf(info.kind, info.name)} skipped rollback (current template already matches revision ${target.revision})${dryRunSuffix(dryRunOf(context))}\n`,
      )
      continue
    }
    context.kube.patch(info.kind, info.namespace, info.name, target.rollbackPatch(), 'strategic', { query: writeQuery(context, false) })
    tell(info.kind, object, 'rolled back')
  }
  return 0
})

type Change = (context: VerbContext, info: Info, copy: ApiObject) => void

/** `unchanged`: what is wrong where the change changes nothing. */
function changing(path: string, message: string, change: Change, unchanged = ''): VerbDefinition {
  return plainVerb(path, (context) => {
    const tell = teller(context)
    const failures: unknown[] = []
    for (const info of foundOrTold(context)) {
      try {
        const copy = structuredClone(info.object!)
        change(context, info, copy)
        const { patch, type } = patchBetween(info.kind, info.object!, copy)
        if (Object.keys(patch).length === 0 && unchanged !== '')
          throw new CommandError(`failed to create patch for ${info.name}: ${unchanged}`)
        tell(
          info.kind,
          context.kube.patch(info.kind, info.namespace, info.name, patch, type, { query: writeQuery(context, false) }),
          message,
        )
      } catch (error) {
        if (!(error instanceof ApiError) && !(error instanceof CommandError)) throw error
        failures.push(error instanceof ApiError ? new CommandError(`failed to patch: ${messageOf(error)}`) : error)
      }
    }
    throwAll(failures)
    return 0
  })
}

const pausable = (info: Info, doing: string): void => {
  if (info.kind.capabilities?.rollout?.pausable !== true)
    throw new CommandError(`${resourceOf(info.kind)} ${JSON.stringify(info.name)} ${doing} is not supported`)
}

export const rolloutRestartVerb = changing(
  'kubectl rollout restart',
  'restarted',
  (context, info, copy) => {
    if (info.kind.capabilities?.rollout?.restartable !== true)
      throw new CommandError(`${resourceOf(info.kind)} ${JSON.stringify(info.name)} restarting is not supported`)
    if (copy.spec?.paused === true)
      throw new CommandError(
        `${resourceOf(info.kind)} ${JSON.stringify(info.name)} can't restart paused ${info.kind.kind.toLowerCase()} (run rollout resume first)`,
      )
    const template = atPath(copy, info.kind.capabilities.podTemplatePath ?? 'spec.template') as {
      metadata?: { annotations?: Record<string, string> }
    }
    template.metadata = {
      ...template.metadata,
      annotations: { ...template.metadata?.annotations, 'kubectl.kubernetes.io/restartedAt': formatTime(context.host.now()) },
    }
  },
  'if restart has already been triggered within the past second, please wait before attempting to trigger another',
)

export const rolloutPauseVerb = changing('kubectl rollout pause', 'paused', (_context, info, copy) => {
  pausable(info, 'pausing')
  if (copy.spec?.paused === true) throw new CommandError(`${resourceOf(info.kind)} ${JSON.stringify(info.name)} is already paused`)
  copy.spec.paused = true
})

export const rolloutResumeVerb = changing('kubectl rollout resume', 'resumed', (_context, info, copy) => {
  pausable(info, 'resuming')
  if (copy.spec?.paused !== true) throw new CommandError(`${resourceOf(info.kind)} ${JSON.stringify(info.name)} is not paused`)
  copy.spec.paused = false
})

export const rolloutVerbs: readonly VerbDefinition[] = [
  rolloutStatusVerb,
  rolloutHistoryVerb,
  rolloutUndoVerb,
  rolloutRestartVerb,
  rolloutPauseVerb,
  rolloutResumeVerb,
]

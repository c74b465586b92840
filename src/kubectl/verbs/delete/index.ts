/**
 * `kubectl delete`: by name, file, selector; waits until the objects are gone.
 */
import { ApiError } from '../../../api/errors.ts'
import type { ApiQuery } from '../../../apiserver/contract.ts'
import type { Steps } from '../../contract.ts'
import { addSource, CommandError, throwAll } from '../../errors.ts'
import { dryRunOf } from '../../options.ts'
import { build, type Info } from '../../resources/builder.ts'
import { nameOf } from '../../resources/mapper.ts'
import type { VerbContext, VerbDefinition } from '../../verb.ts'
import { type Gone, waitForDeletion } from '../../waiting.ts'
import { sendRaw } from '../raw.ts'

export interface DeleteSettings {
  readonly gracePeriodSeconds: number
  readonly propagation: 'Background' | 'Foreground' | 'Orphan'
  readonly force: boolean
  readonly wait: boolean
  readonly timeoutMs: number
}

const immediate =
  'Immediate deletion does not wait for confirmation that the running resource has been terminated. The resource may continue to run on the cluster indefinitely.'

const cascades: Record<string, DeleteSettings['propagation']> = {
  background: 'Background',
  foreground: 'Foreground',
  orphan: 'Orphan',
  true: 'Background',
  false: 'Orphan',
}

/** The flags' meaning, as DeleteOptions.Complete and Validate settle it. */
export function deleteSettings(context: VerbContext, { quiet = false, graceWithForce = false } = {}): DeleteSettings {
  const { flags } = context
  let grace = flags.int('grace-period')
  let wait = flags.bool('wait')
  const force = flags.bool('force')
  if (flags.bool('now')) {
    if (grace !== -1) throw new CommandError('--now and --grace-period cannot be specified together')
    grace = 1
  }
  if (grace === 0 && !force) {
    wait = !flags.changed('wait') || wait
    grace = 1
  }
  if (force && grace < 0) grace = 0
  if (force && grace > 0 && !graceWithForce)
    throw new CommandError('--force and --grace-period greater than 0 cannot be specified together')
  const cascade = cascades[flags.text('cascade')]
  if (cascade === undefined)
    throw new CommandError(`invalid cascade value (${flags.text('cascade')}). Must be "background", "foreground", or "orphan"`)
  if (force && !flags.changed('wait')) wait = false
  if (grace === 0 && force && !quiet) context.kube.warning(immediate)
  return { gracePeriodSeconds: grace, propagation: cascade, force, wait, timeoutMs: flags.duration('timeout') }
}

/** `pod "web" deleted from lab namespace`. */
export function deletedText(info: Info, force: boolean, suffix: string): string {
  const what = nameOf(info.kind, '').slice(0, -1)
  const where = info.kind.namespaced ? ` from ${info.namespace} namespace` : ''
  return `${what} ${JSON.stringify(info.name)} ${force ? 'force deleted' : 'deleted'}${where}${suffix}\n`
}

export function queryOf(settings: DeleteSettings, dryRun: boolean): ApiQuery {
  return {
    ...(settings.gracePeriodSeconds >= 0 ? { gracePeriodSeconds: settings.gracePeriodSeconds } : {}),
    propagationPolicy: settings.propagation,
    ...(dryRun ? { dryRun: true } : {}),
  }
}

function uidOf(answer: unknown): string | undefined {
  const body = answer as { details?: { uid?: string }; metadata?: { uid?: string } } | undefined
  return body?.details?.uid ?? body?.metadata?.uid
}

/** Deletes and tells; gives what to wait for. */
export function deleteOne(context: VerbContext, info: Info, settings: DeleteSettings): Gone {
  const dry = dryRunOf(context)
  const brief = context.flags.text('output') === 'name'
  const tell = (suffix: string): void =>
    context.out(
      brief ? `${nameOf(info.kind, info.name)}\n` : deletedText(info, settings.force && settings.gracePeriodSeconds === 0, suffix),
    )
  if (dry === 'client') {
    tell(' (dry run)')
    return { kind: info.kind, namespace: info.namespace, name: info.name, uid: undefined }
  }
  const answer = context.kube.delete(info.kind, info.namespace, info.name, queryOf(settings, dry === 'server'))
  tell(dry === 'server' ? ' (server dry run)' : '')
  return { kind: info.kind, namespace: info.namespace, name: info.name, uid: uidOf(answer) }
}

function validateArguments(context: VerbContext): void {
  const { flags } = context
  const output = flags.text('output')
  if (output !== '' && output !== 'name') throw new CommandError(`unexpected -o output mode: ${output}. We only support '-o name'`)
  if (flags.bool('all') && flags.text('selector') !== '') throw new CommandError('cannot set --all and --selector at the same time')
  if (flags.bool('all') && flags.text('field-selector') !== '')
    throw new CommandError('cannot set --all and --field-selector at the same time')
}

/** `-i`: asks once for all. */
function confirmed(context: VerbContext, infos: readonly Info[]): boolean {
  const lines = infos.map((info) => `${nameOf(info.kind, info.name)}\n`).join('')
  context.out(`You are about to delete the following ${infos.length} resource(s):\n${lines}Do you want to continue? (y/n): `)
  return /^[yY]/.test(context.host.stdin().trim())
}

function* run(context: VerbContext): Steps<number | undefined> {
  if (context.flags.text('raw') !== '') return sendRaw(context, 'DELETE')
  validateArguments(context)
  const settings = deleteSettings(context)
  const ignore = context.flags.bool('ignore-not-found') || (context.flags.bool('all') && !context.flags.changed('ignore-not-found'))
  const built = build(context, { args: context.args, fetch: 'none', allSelects: true })
  const failures: unknown[] = [...built.failures]
  if (context.flags.bool('interactive') && built.infos.length > 0 && !confirmed(context, built.infos)) {
    context.out('deletion is cancelled\n')
    return 0
  }
  const gone: Gone[] = []
  let found = 0
  for (const info of built.infos) {
    try {
      found++
      if (info.name === '') throw new CommandError('resource name may not be empty')
      gone.push(deleteOne(context, info, settings))
    } catch (error) {
      if (!(error instanceof ApiError) && !(error instanceof CommandError)) throw error
      if (ignore && error instanceof ApiError && error.status.reason === 'NotFound') continue
      failures.push(addSource('deleting', info.source, error))
    }
  }
  if (found === 0 && failures.length === 0) context.err('No resources found\n')
  throwAll(failures)
  if (settings.wait && dryRunOf(context) === 'none') yield* waitForDeletion(context, gone, settings.timeoutMs)
  return 0
}

export const deleteVerb: VerbDefinition = { path: 'kubectl delete', run }

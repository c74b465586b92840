/**
 * `kubectl diff`: the live objects against what an apply would make of them, as unified diffs. Exit codes: 0 same, 1 different, 2 and more failed.
 */
import { createTwoFilesPatch } from 'diff'
import { ApiError } from '../../../api/errors.ts'
import type { ApiObject } from '../../../api/meta.ts'
import { formatTime } from '../../../api/rfc3339.ts'
import { CommandError, failureText } from '../../errors.ts'
import { toYaml } from '../../printers/yaml.ts'
import { buildFromFiles, type Info } from '../../resources/builder.ts'
import { plainVerb, type VerbContext } from '../../verb.ts'
import { prunable } from '../apply/prune.ts'
import { planPatch } from '../apply/three-way.ts'

/** What is compared: no managed fields, secrets' data hidden, the last-applied annotation left as it was. */
function shown(context: VerbContext, object: ApiObject | undefined): string {
  if (object === undefined) return ''
  const { managedFields, ...metadata } = object.metadata
  const keep = context.flags.bool('show-managed-fields') && managedFields !== undefined ? { ...metadata, managedFields } : metadata
  return toYaml({ ...object, metadata: keep })
}

type Compared = readonly [live: ApiObject | undefined, next: ApiObject | undefined]

function masked(context: VerbContext, live: ApiObject | undefined, next: ApiObject | undefined): Compared {
  if (context.flags.bool('show-secrets') || (live ?? next)?.kind !== 'Secret') return [live, next]
  const hide = (object: ApiObject | undefined, other: ApiObject | undefined, suffix: string): ApiObject | undefined => {
    if (object?.data === undefined) return object
    const data = Object.fromEntries(
      Object.entries(object.data as Record<string, string>).map(([key, value]) => [
        key,
        other?.data?.[key] === value || other?.data?.[key] === undefined ? '***' : `*** (${suffix})`,
      ]),
    )
    return { ...object, data }
  }
  return [hide(live, next, 'before'), hide(next, live, 'after')]
}

/** The object as it would be after the apply: the server says it in a dry run. */
function afterApply(context: VerbContext, info: Info, live: ApiObject | undefined): ApiObject {
  const { kube, flags } = context
  if (flags.bool('server-side')) {
    return kube.patch(info.kind, info.namespace, info.name, info.object!, 'apply', {
      query: { dryRun: true, fieldManager: flags.text('field-manager'), force: flags.bool('force-conflicts') },
    })
  }
  if (live === undefined)
    return kube.create(info.kind, info.namespace, info.object!, {
      query: { dryRun: true, fieldManager: flags.text('field-manager') },
    })
  const plan = planPatch(kube, info, live, false)
  return plan.changed
    ? kube.patch(info.kind, info.namespace, info.name, plan.patch, plan.type, {
        query: { dryRun: true, fieldManager: flags.text('field-manager') },
      })
    : live
}

function diffOne(context: VerbContext, info: Info): string {
  if (info.name === '') throw new CommandError('resource name may not be empty')
  const live = context.kube.find(info.kind, info.namespace, info.name)
  return difference(context, info, live, afterApply(context, info, live))
}

function difference(context: VerbContext, info: Info, live: ApiObject | undefined, next: ApiObject | undefined): string {
  const [before, after] = masked(context, live, next)
  const a = shown(context, before)
  const b = shown(context, after)
  if (a === b) return ''
  const name = `${info.kind.group === '' ? '' : `${info.kind.group}.`}${info.kind.version}.${info.kind.kind}.${info.namespace ?? ''}.${info.name}`
  const stamp = formatTime(context.host.now()).replace('T', ' ').replace('Z', '.000000000 +0000')
  const text = createTwoFilesPatch(`/tmp/LIVE-${tag(context, 0)}/${name}`, `/tmp/MERGED-${tag(context, 1)}/${name}`, a, b, stamp, stamp, {
    context: 3,
  })
  const body = text.replace(/^=+\n/, '')
  const head = /^--- (\S+)\t.*\n\+\+\+ (\S+)\t/.exec(body)
  return head === null ? body : `diff -u -N ${head[1]} ${head[2]}\n${body}`
}

const tag = (context: VerbContext, n: number): string => String(Math.floor(context.host.random(n) * 4_000_000_000))

/** What `--prune` would delete. */
function* pruned(context: VerbContext, infos: readonly Info[]): Generator<Info> {
  if (!context.flags.bool('prune')) return
  const named = infos.flatMap((info) => context.kube.find(info.kind, info.namespace, info.name) ?? [])
  yield* prunable(context, infos, named)
}

export const diffVerb = plainVerb('kubectl diff', (context) => {
  try {
    if (context.args.length > 0) throw new CommandError(`Unexpected args: [${context.args.join(' ')}]`, 2)
    if (context.flags.list('filename').length === 0 && context.flags.text('kustomize') === '')
      throw new CommandError('must specify one of -f and -k', 2)
    const { infos, failures } = buildFromFiles(context)
    if (failures.length > 0) throw failures[0]
    let different = false
    for (const info of infos) {
      const text = diffOne(context, info)
      if (text !== '') different = true
      context.out(text)
    }
    for (const info of pruned(context, infos)) {
      different = true
      context.out(difference(context, info, info.object, undefined))
    }
    return different ? 1 : 0
  } catch (error) {
    if (!(error instanceof CommandError) && !(error instanceof ApiError)) throw error
    context.err(failureText(error).text)
    return 2
  }
})

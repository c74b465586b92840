/**
 * `kubectl taint`.
 */
import type { ApiObject } from '../../../api/meta.ts'
import { labelValueErrors, qualifiedNameErrors } from '../../../api/names.ts'
import { CommandError, messageOf, throwAll, usageError } from '../../errors.ts'
import { dryRunOf, fieldValidation, teller, writeQuery } from '../../options.ts'
import { build, type Info } from '../../resources/builder.ts'
import { plainVerb, type VerbContext } from '../../verb.ts'

interface Taint {
  key: string
  value?: string
  effect: string
}

interface TaintChanges {
  readonly add: readonly Taint[]
  readonly remove: readonly Taint[]
}

const effects = ['NoSchedule', 'PreferNoSchedule', 'NoExecute']

function checkEffect(effect: string): void {
  if (!effects.includes(effect)) throw new CommandError(`invalid taint effect: ${effect}, unsupported taint effect`)
}

function parseTaint(spec: string): Taint {
  const parts = spec.split(':')
  if (parts.length > 2) throw new CommandError(`invalid taint spec: ${spec}`)
  const effect = parts[1] ?? ''
  if (parts.length === 2) checkEffect(effect)
  const pair = parts[0]!.split('=')
  if (pair.length > 2) throw new CommandError(`invalid taint spec: ${spec}`)
  const wrong = [...qualifiedNameErrors(pair[0]!), ...(pair[1] === undefined ? [] : labelValueErrors(pair[1]))]
  if (wrong.length > 0) throw new CommandError(`invalid taint spec: ${spec}, ${wrong.join('; ')}`)
  return { key: pair[0]!, ...(pair[1] ? { value: pair[1] } : {}), effect }
}

function parseTaints(specs: readonly string[]): TaintChanges {
  const add: Taint[] = []
  const remove: Taint[] = []
  for (const spec of specs) {
    if (spec.endsWith('-')) remove.push(parseTaint(spec.slice(0, -1)))
    else {
      const taint = parseTaint(spec)
      if (taint.effect === '') throw new CommandError(`invalid taint spec: ${spec}, ${qualifiedNameErrors('')[1] ?? ''}`)
      if (add.some((t) => t.key === taint.key && t.effect === taint.effect))
        throw new CommandError(`duplicated taints with the same key and effect: {${taint.key} ${taint.value ?? ''} ${taint.effect} <nil>}`)
      add.push(taint)
    }
  }
  const both = add.filter((taint) => remove.some((gone) => gone.key === taint.key && gone.effect === taint.effect))
  if (both.length > 0)
    throw new CommandError(
      `can not both modify and remove the following taint(s) in the same command: ${both.map((t) => `${t.key}=${t.effect}`).join(', ')}`,
    )
  return { add, remove }
}

const isTaint = (arg: string): boolean => arg.includes('=') || arg.endsWith('-') || arg.includes(':')

interface Planned {
  readonly taints: readonly Taint[]
  readonly word: string
  readonly missing: readonly string[]
}

function plan(node: ApiObject, changes: TaintChanges, overwrite: boolean): Planned {
  const before = (node.spec?.taints ?? []) as Taint[]
  const same = (a: Taint, b: Taint): boolean => a.key === b.key && a.effect === b.effect
  if (!overwrite) {
    const taken = changes.add.filter((taint) => before.some((b) => same(taint, b))).map((taint) => taint.key)
    if (taken.length > 0)
      throw new CommandError(
        `node ${node.metadata.name} already has ${[...new Set(taken)].join(', ')} taint(s) with same effect(s) and --overwrite is false`,
      )
  }
  const missing: string[] = []
  let kept = before.filter((b) => !changes.add.some((taint) => same(taint, b)))
  const replaced = before.length - kept.length
  for (const gone of changes.remove) {
    const left = kept.filter((b) => !(b.key === gone.key && (gone.effect === '' || b.effect === gone.effect)))
    if (left.length === kept.length)
      missing.push(`taint ${JSON.stringify(`${gone.key}${gone.effect === '' ? '' : `:${gone.effect}`}`)} not found`)
    kept = left
  }
  const word =
    changes.remove.length > 0 && changes.add.length === 0 ? 'untainted' : replaced > 0 || changes.remove.length > 0 ? 'modified' : 'tainted'
  return { taints: [...changes.add, ...kept], word, missing }
}

function taintOne(context: VerbContext, info: Info, changes: TaintChanges, tell: ReturnType<typeof teller>): readonly string[] {
  const { taints, word, missing } = plan(info.object!, changes, context.flags.bool('overwrite'))
  if (missing.length > 0) return missing
  if (dryRunOf(context) === 'client') {
    tell(info.kind, { ...info.object!, spec: { ...info.object!.spec, taints } }, word)
    return []
  }
  const body = { spec: { taints: taints.length === 0 ? null : taints } }
  tell(info.kind, context.kube.patch(info.kind, undefined, info.name, body, 'merge', { query: writeQuery(context, false) }), word)
  return []
}

export const taintVerb = plainVerb('kubectl taint', (context) => {
  const first = context.args.findIndex(isTaint)
  const resources = first < 0 ? context.args : context.args.slice(0, first)
  const specs = first < 0 ? [] : context.args.slice(first)
  if (resources.length === 0) throw new CommandError('one or more resources must be specified as <resource> <name>')
  let changes: TaintChanges
  try {
    changes = parseTaints(specs)
  } catch (error) {
    throw usageError(context.path, messageOf(error))
  }
  const type = resources[0]!.split('/')[0]!
  const kind = context.kube.kinds.resolve(type)
  if (kind?.resource !== 'nodes') throw new CommandError(`invalid resource type ${type}, only node types are supported`)
  if (specs.length === 0) throw new CommandError('at least one taint update is required')
  fieldValidation(context)
  if (resources.length === 1 && !resources[0]!.includes('/') && !context.flags.bool('all') && context.flags.text('selector') === '') {
    throw usageError(context.path, "at least one resource name must be specified since '--all' parameter is not set")
  }
  const built = build(context, { args: resources, fetch: 'object', latest: true })
  const tell = teller(context)
  const failures: unknown[] = [...built.failures]
  for (const info of built.infos) {
    try {
      failures.push(...taintOne(context, info, changes, tell).map((text) => new CommandError(text)))
    } catch (error) {
      if (!(error instanceof Error)) throw error
      failures.push(error)
    }
  }
  throwAll(failures)
  return 0
})

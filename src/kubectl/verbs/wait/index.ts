/**
 * `kubectl wait`.
 */
import { ApiError } from '../../../api/errors.ts'
import { jsonPathText, jsonPathValues, parseJsonPath, relaxedJsonPath } from '../../../api/jsonpath.ts'
import type { ApiObject } from '../../../api/meta.ts'
import type { Steps } from '../../contract.ts'
import { CommandError, messageOf, throwAll } from '../../errors.ts'
import { objectFormats, objectPrinter } from '../../printers/objects.ts'
import { type Built, build, type Info } from '../../resources/builder.ts'
import { nameOf } from '../../resources/mapper.ts'
import type { VerbContext, VerbDefinition } from '../../verb.ts'

type Test =
  | { readonly kind: 'delete' }
  | { readonly kind: 'create' }
  | { readonly kind: 'object'; readonly holds: (object: ApiObject) => boolean }

const WEEK_MS = 7 * 86_400_000

/** A condition counts only when it was set for the object's present generation, where it says so. */
function conditionTest(text: string): Test {
  const equals = text.indexOf('=')
  const name = (equals < 0 ? text : text.slice(0, equals)).toLowerCase()
  const wanted = (equals < 0 ? 'true' : text.slice(equals + 1).replace(/^"(.*)"$/, '$1')).toLowerCase()
  return {
    kind: 'object',
    holds(object) {
      const conditions = (object.status?.conditions ?? []) as { type?: string; status?: string; observedGeneration?: number }[]
      const found = conditions.find((c) => c.type?.toLowerCase() === name)
      if (found === undefined) return false
      const generation = object.metadata.generation
      const observed = found.observedGeneration ?? (object.status as { observedGeneration?: number } | undefined)?.observedGeneration
      if (generation !== undefined && observed !== undefined && observed < generation) return false
      return (found.status ?? '').toLowerCase() === wanted
    },
  }
}

function jsonPathTest(text: string): Test {
  const found = /^(.*?\})(?:=(.*))?$/s.exec(text)
  const simple = /^([^=]*)(?:=(.*))?$/s.exec(text)
  const [, path = '', value] = text.startsWith("'") || text.includes('}') ? (found ?? []) : (simple ?? [])
  if (path === '') throw new CommandError('jsonpath expression cannot be empty')
  if (text.endsWith('=')) throw new CommandError(`jsonpath wait value cannot be empty`)
  const wanted = value?.replace(/^(["'])(.*)\1$/, '$2')
  try {
    parseJsonPath(relaxedJsonPath(path))
  } catch (error) {
    if (error instanceof ApiError) throw new CommandError(messageOf(error))
    throw error
  }
  return {
    kind: 'object',
    holds(object) {
      const values = jsonPathValues(object, path)
      if (values.length === 0) return false
      if (values.length > 1) throw new CommandError('given jsonpath expression matches more than one value')
      if (wanted === undefined) return true
      const first = values[0]
      if (typeof first === 'object' && first !== null)
        throw new CommandError('jsonpath leads to a nested object or list which is not supported')
      return jsonPathText(first) === wanted
    },
  }
}

function testOf(text: string): Test {
  if (text.toLowerCase() === 'delete') return { kind: 'delete' }
  if (text.toLowerCase() === 'create') return { kind: 'create' }
  if (text.startsWith('condition=')) return conditionTest(text.slice('condition='.length))
  if (text.startsWith('jsonpath=')) return jsonPathTest(text.slice('jsonpath='.length))
  throw new CommandError(`unrecognized condition: ${JSON.stringify(text)}`)
}

interface Deadline {
  readonly endMs: number
}

const left = (context: VerbContext, deadline: Deadline): number => Math.max(0, deadline.endMs - context.host.now())
const timedOut = (info: Info): CommandError => new CommandError(`timed out waiting for the condition on ${info.kind.resource}/${info.name}`)

function* waitGone(context: VerbContext, info: Info, deadline: Deadline): Steps {
  const uid = info.object?.metadata.uid
  const gone = (): boolean => {
    const now = context.kube.find(info.kind, info.namespace, info.name)
    return now === undefined || (uid !== undefined && now.metadata.uid !== uid)
  }
  if (gone()) return
  yield { until: gone, timeoutMs: left(context, deadline) }
  if (!gone()) throw timedOut(info)
}

function* waitFor(context: VerbContext, info: Info, holds: (object: ApiObject) => boolean, deadline: Deadline): Steps<ApiObject> {
  let seen = context.kube.find(info.kind, info.namespace, info.name)
  const met = (): boolean => {
    seen = context.kube.find(info.kind, info.namespace, info.name)
    return seen !== undefined && holds(seen)
  }
  if (!met()) yield { until: met, timeoutMs: left(context, deadline) }
  if (!met()) throw timedOut(info)
  return seen!
}

function* appear(context: VerbContext, deadline: Deadline): Steps<Built> {
  let built = find(context, 'object')
  if (built.infos.length > 0) return built
  const there = (): boolean => {
    built = find(context, 'object')
    return built.infos.length > 0
  }
  yield { until: there, timeoutMs: left(context, deadline) }
  if (!there()) throw new CommandError('timed out waiting for the condition')
  return built
}

const find = (context: VerbContext, fetch: 'object' | 'none'): Built => build(context, { args: context.args, fetch, latest: true })

const isMissing = (error: unknown): boolean => error instanceof ApiError && error.status.reason === 'NotFound'

function* run(context: VerbContext): Steps<number | undefined> {
  const { flags } = context
  const conditions = flags.list('for')
  if (conditions.length === 0) throw new CommandError('unrecognized condition: []')
  const tests = conditions.map(testOf)
  const timeoutMs = flags.duration('timeout')
  const deadline: Deadline = { endMs: context.host.now() + (timeoutMs < 0 ? WEEK_MS : timeoutMs) }
  const printer = objectPrinter(context, objectFormats)
  const tell = (info: Info, object: ApiObject): void =>
    context.out(printer === undefined ? `${nameOf(info.kind, info.name)} condition met\n` : printer(object))
  const failures: unknown[] = []
  for (const test of tests) {
    const built = test.kind === 'create' ? yield* appear(context, deadline) : find(context, 'object')
    const missing = built.failures.filter((e) => !(test.kind === 'delete' && isMissing(e)))
    throwAll(missing)
    if (built.infos.length === 0) {
      if (test.kind === 'delete') continue
      throw new CommandError('no matching resources found')
    }
    for (const info of built.infos) {
      try {
        if (test.kind === 'delete') yield* waitGone(context, info, deadline)
        tell(info, test.kind === 'object' ? yield* waitFor(context, info, test.holds, deadline) : info.object!)
      } catch (error) {
        if (!(error instanceof CommandError) && !(error instanceof ApiError)) throw error
        failures.push(error)
      }
    }
  }
  throwAll(failures)
  return 0
}

export const waitVerb: VerbDefinition = { path: 'kubectl wait', run }

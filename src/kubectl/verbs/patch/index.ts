/**
 * `kubectl patch`.
 */
import { ApiError, errors } from '../../../api/errors.ts'
import { type ApiObject, groupOf } from '../../../api/meta.ts'
import { applyJsonPatch } from '../../../api/patch/json.ts'
import { applyMergePatch } from '../../../api/patch/merge.ts'
import { applyStrategicPatch } from '../../../api/patch/strategic.ts'
import { deepEqual } from '../../../api/walk.ts'
import { normalisePath } from '../../../script/files.ts'
import { CommandError, throwAll } from '../../errors.ts'
import { dryRunOf, teller, writeQuery } from '../../options.ts'
import { recordAfter } from '../../record.ts'
import { build, type Info } from '../../resources/builder.ts'
import { parseYaml, YamlError } from '../../resources/yaml.ts'
import { plainVerb, type VerbContext } from '../../verb.ts'

type Kind = 'json' | 'merge' | 'strategic'

function patchText(context: VerbContext): string {
  const inline = context.flags.text('patch')
  const file = context.flags.text('patch-file')
  if (inline !== '' && file !== '') throw new CommandError('cannot specify --patch and --patch-file together')
  if (inline === '' && file === '') throw new CommandError('must specify --patch or --patch-file containing the contents of the patch')
  if (file === '') return inline
  if (file === '-') return context.host.stdin()
  const full = normalisePath(file, context.host.cwd)
  if (context.host.files.stat(full) === undefined)
    throw new CommandError(`unable to read patch file: open ${file}: no such file or directory`)
  return context.host.files.read(full)
}

/** The patch as data. What begins as JSON goes to the server as it is, so that the server says what is wrong with it. */
function parsePatch(text: string): unknown {
  if (/^\s*[{[]/.test(text)) {
    try {
      return JSON.parse(text)
    } catch {
      throw errors.badRequest(jsonComplaint(text))
    }
  }
  try {
    return parseYaml(text)
  } catch (error) {
    if (error instanceof YamlError) throw new CommandError(`unable to parse ${JSON.stringify(text)}: ${error.message}`)
    throw error
  }
}

/** Go's words for a JSON text that does not parse. */
export function jsonComplaint(text: string): string {
  for (let end = 1; end <= text.length; end++) {
    const bad = badCharacter(text.slice(0, end))
    if (bad !== undefined) return bad
  }
  return 'unexpected end of JSON input'
}

/** Whether the last bracket that is open is a brace. */
function inObject(prefix: string): boolean {
  const open: string[] = []
  for (const sign of prefix.replace(/"(?:[^"\\]|\\.)*"/g, '')) {
    if (sign === '{' || sign === '[') open.push(sign)
    else if (sign === '}' || sign === ']') open.pop()
  }
  return open[open.length - 1] === '{'
}

function badCharacter(prefix: string): string | undefined {
  try {
    JSON.parse(prefix)
    return undefined
  } catch (error) {
    const message = error instanceof Error ? error.message : ''
    if (
      /end of JSON input|Unterminated|Expected .* at position (\d+)$/.test(message) &&
      !new RegExp(`position ${prefix.length - 1}\\b`).test(message)
    )
      return undefined
    const position = /position (\d+)/.exec(message)
    if (position === null || Number(position[1]) !== prefix.length - 1) return undefined
    const where = /[{,]\s*.$/.test(prefix) && inObject(prefix) ? 'object key string' : 'value'
    return `invalid character '${prefix[prefix.length - 1]}' looking for beginning of ${where}`
  }
}

function local(object: ApiObject, info: Info, type: Kind, patch: unknown): ApiObject {
  if (type === 'json') return applyJsonPatch(object, patch) as ApiObject
  return type === 'merge' ? (applyMergePatch(object, patch) as ApiObject) : applyStrategicPatch(object, patch, info.kind.schema)
}

function patchOne(context: VerbContext, info: Info, type: Kind, patch: unknown): { before: ApiObject; after: ApiObject } {
  if (context.flags.bool('local') || dryRunOf(context) === 'client')
    return { before: info.object!, after: local(info.object!, info, type, patch) }
  const sub = context.flags.text('subresource')
  const after = context.kube.patch(info.kind, info.namespace, info.name, patch, type, {
    query: writeQuery(context, false),
    ...(sub === '' ? {} : { subresource: sub }),
  })
  return { before: info.object!, after }
}

/** A subresource's own kind (a Scale), which is none of the server's. */
const kindOfAnswer = (object: ApiObject) => ({ group: groupOf(object.apiVersion), kind: object.kind })

const sameBut = (object: ApiObject): unknown => {
  const { resourceVersion: _, managedFields: __, ...metadata } = object.metadata
  return { ...object, metadata }
}

export const patchVerb = plainVerb('kubectl patch', (context) => {
  const type = (context.flags.text('type').toLowerCase() || 'strategic') as Kind
  const text = patchText(context)
  if (!['json', 'merge', 'strategic'].includes(type))
    throw new CommandError(`--type must be one of [json merge strategic], not ${JSON.stringify(context.flags.text('type'))}`)
  const built = build(context, {
    args: context.args,
    fetch: 'object',
    latest: !context.flags.bool('local'),
    subresource: context.flags.text('subresource'),
  })
  if (built.infos.length === 0) throwAll(built.failures.length > 0 ? built.failures : [new CommandError('no objects passed to patch')])
  const patch = parsePatch(text)
  const tell = teller(context)
  const failures: unknown[] = [...built.failures]
  for (const info of built.infos) {
    try {
      const { before, after } = patchOne(context, info, type, patch)
      if (!context.flags.bool('local') && dryRunOf(context) === 'none') recordAfter(context, info)
      tell(
        context.kube.kinds.byKind(after.apiVersion, after.kind) ?? kindOfAnswer(after),
        after,
        deepEqual(sameBut(before), sameBut(after)) ? 'patched (no change)' : 'patched',
      )
    } catch (error) {
      if (!(error instanceof ApiError)) throw error
      failures.push(error)
    }
  }
  throwAll(failures)
  return 0
})

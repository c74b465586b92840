/**
 * `kubectl edit` (and `apply edit-last-applied`): the object in an editor, reopened with the server's complaints until it is taken or given up.
 */
import { ApiError } from '../../../api/errors.ts'
import type { ApiObject } from '../../../api/meta.ts'
import type { Steps } from '../../contract.ts'
import { CommandError, messageOf, throwAll } from '../../errors.ts'
import { writeQuery } from '../../options.ts'
import { patchBetween } from '../../pod-template.ts'
import { toJsonIndented } from '../../printers/json.ts'
import { dataFormats, objectPrinter, withoutManagedFields } from '../../printers/objects.ts'
import { toYaml } from '../../printers/yaml.ts'
import { recorded } from '../../record.ts'
import { build, type Info } from '../../resources/builder.ts'
import { nameOf, resourceOf } from '../../resources/mapper.ts'
import { parseYaml, YamlError } from '../../resources/yaml.ts'
import type { VerbContext, VerbDefinition } from '../../verb.ts'
import { withLastApplied } from '../apply/last-applied.ts'

interface Reason {
  readonly head: string
  readonly other: readonly string[]
}

const intro = `# Please edit the object below. Lines beginning with a '#' will be ignored,
# and an empty file will abort the edit. If an error occurs while saving this file will be
# reopened with the relevant failures.
#
`

const annotationIntro = `# Please edit the 'last-applied-configuration' annotations below.
# Lines beginning with a '#' will be ignored, and an empty file will abort the edit.
#
`

function header(reasons: readonly Reason[], annotation: boolean): string {
  return (
    (annotation ? annotationIntro : intro) +
    reasons.map((reason) => `# ${reason.head}:\n${reason.other.map((line) => `# * ${line}\n`).join('')}#\n`).join('')
  )
}

const withoutComments = (text: string): string =>
  text
    .replaceAll('\r\n', '\n')
    .split('\n')
    .filter((line) => !line.trimStart().startsWith('#'))
    .join('\n')
    .trim()

/** The editor's words as they stand in KUBE_EDITOR or EDITOR; the driver runs them in a shell with the path behind them. */
const editorOf = (context: VerbContext): readonly string[] => (context.host.env.KUBE_EDITOR || context.host.env.EDITOR || 'vi').split(' ')

const resultText = (error: unknown, info: Info): string => {
  const what = `${resourceOf(info.kind)} ${JSON.stringify(info.name)}`
  if (error instanceof ApiError && error.status.reason === 'NotFound') return `error: ${what} could not be found on the server\n`
  if (
    error instanceof CommandError ||
    (error instanceof ApiError && (error.status.reason === 'Invalid' || error.status.reason === 'BadRequest'))
  )
    return `error: ${what} is invalid\n`
  return `error: ${what} could not be patched: ${messageOf(error)}\n`
}

function reasonOf(error: unknown, info: Info): Reason {
  const head = `${resourceOf(info.kind)} ${JSON.stringify(info.name)} was not valid`
  const causes = error instanceof ApiError ? (error.status.details?.causes ?? []) : []
  return { head, other: causes.length > 0 ? causes.map((c) => `${c.field ?? ''}: ${c.message ?? ''}`) : [messageOf(error)] }
}

function editedObject(text: string, { info, isNew }: EditTask): ApiObject {
  let value: unknown
  try {
    value = parseYaml(text)
  } catch (error) {
    if (!(error instanceof YamlError)) throw error
    throw new CommandError(`The edited file had a syntax error: error converting YAML to JSON: ${error.message}`)
  }
  const object = value as ApiObject
  const before = info.object!
  if (
    typeof object !== 'object' ||
    object === null ||
    object.apiVersion !== before.apiVersion ||
    object.kind !== before.kind ||
    (isNew !== true && object.metadata?.name !== before.metadata.name)
  ) {
    throw new CommandError('At least one of apiVersion, kind and name was changed')
  }
  return object
}

export interface EditTask {
  readonly info: Info
  /** What is put into the editor. */
  readonly shown: ApiObject
  /** Sends the edited object; throws what the server says. Gives what is told. */
  readonly send: (edited: ApiObject) => string
  /** Nothing of that name is there yet: it may change, and what the server refuses is not edited again. */
  readonly isNew?: boolean
  /** It is the annotation that is edited, not the object. */
  readonly isAnnotation?: boolean
}

/** Opens the editor until the change is taken. Gives the exit code. */
export function* editLoop(context: VerbContext, task: EditTask, format: string): Steps<number> {
  const body = format === 'json' ? `${toJsonIndented(task.shown)}\n` : toYaml(task.shown)
  const extension = format === 'json' ? 'json' : 'yaml'
  let reasons: readonly Reason[] = []
  let content = body
  let failedText: string | undefined
  for (let round = 0; ; round++) {
    const number = Math.floor(context.host.random(round) * 4_000_000_000)
    const path = `/tmp/kubectl-edit-${number}.${extension}`
    if (context.host.files.stat('/tmp') === undefined) context.host.files.mkdir('/tmp')
    const whole = format === 'json' ? content : header(reasons, task.isAnnotation === true) + content
    context.host.files.write(path, context.flags.bool('windows-line-endings') ? whole.replaceAll('\n', '\r\n') : whole)
    const answer = yield { edit: { command: editorOf(context), path } }
    if (answer?.exitCode !== undefined && answer.exitCode !== 0) {
      context.host.files.remove(path)
      const editor = JSON.stringify(context.host.env.KUBE_EDITOR || context.host.env.EDITOR || 'vi')
      throw new CommandError(
        answer.exitCode === 127 ? `unable to launch the editor ${editor}` : `there was a problem with the editor ${editor}`,
      )
    }
    const text = withoutComments(context.host.files.stat(path) === undefined ? '' : context.host.files.read(path))
    if (failedText !== undefined && text === failedText) {
      context.err(`A copy of your changes has been stored to ${JSON.stringify(path)}\n`)
      throw new CommandError('Edit cancelled, no valid changes were saved.')
    }
    if (text === withoutComments(body)) {
      context.host.files.remove(path)
      context.err('Edit cancelled, no changes made.\n')
      return 0
    }
    if (text === '' && reasons.length === 0) {
      context.host.files.remove(path)
      context.err('Edit cancelled, saved file was empty.\n')
      return 0
    }
    try {
      context.out(task.send(editedObject(text, task)))
      context.host.files.remove(path)
      return 0
    } catch (error) {
      if (!(error instanceof ApiError) && !(error instanceof CommandError)) throw error
      if (task.isNew === true) {
        context.err(`A copy of your changes has been stored to ${JSON.stringify(path)}\n`)
        throw error
      }
      context.err(resultText(error, task.info))
      reasons = [reasonOf(error, task.info)]
      failedText = text
      content = `${text}\n`
    }
  }
}

function sendPatch(context: VerbContext, info: Info, printer: ReturnType<typeof objectPrinter>) {
  return (changed: ApiObject): string => {
    const edited = recorded(context, context.flags.bool('save-config') ? withLastApplied(changed) : changed)
    const before = withoutManagedFields(info.object!)
    const { patch, type } = patchBetween(info.kind, before, edited)
    if (Object.keys(patch).length === 0) return `${nameOf(info.kind, info.name)} skipped\n`
    if (context.flags.bool('output-patch')) context.out(`Patch: ${JSON.stringify(patch)}\n`)
    const sub = context.flags.text('subresource')
    const after = context.kube.patch(info.kind, info.namespace, info.name, patch, type, {
      query: writeQuery(context),
      ...(sub === '' ? {} : { subresource: sub }),
    })
    return printer === undefined ? `${nameOf(info.kind, info.name)} edited\n` : printer(after)
  }
}

function* run(context: VerbContext): Steps<number | undefined> {
  const printer = objectPrinter(context, dataFormats)
  const format = context.flags.text('output') === 'json' ? 'json' : 'yaml'
  const built = build(context, { args: context.args, fetch: 'object', latest: true, typesAlone: true })
  throwAll(built.failures)
  if (built.infos.length === 0) throw new CommandError('edit cancelled, no objects found')
  for (const info of built.infos) {
    const code = yield* editLoop(
      context,
      { info, shown: withoutManagedFields(info.object!), send: sendPatch(context, info, printer) },
      format,
    )
    if (code !== 0) return code
  }
  return 0
}

export const editVerb: VerbDefinition = { path: 'kubectl edit', run }

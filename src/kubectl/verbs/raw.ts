/**
 * `--raw PATH` of get, create, replace and delete: one request at a path, its answer as the server gave it (cli-runtime's rawhttp).
 */

import { bodyText } from '../../api/body-text.ts'
import { ApiError } from '../../api/errors.ts'
import { normalisePath } from '../../script/files.ts'
import type { SentToPath } from '../contract.ts'
import { CommandError } from '../errors.ts'
import { unavailable } from '../kube.ts'
import type { VerbContext } from '../verb.ts'

/** The text the server would have sent: items of lists say their kind where it is a custom one. */
function textOf(context: VerbContext, body: unknown): string {
  const { apiVersion = '', kind = '' } = body as { apiVersion?: string; kind?: string }
  const item = context.kube.kinds.byKind(apiVersion, kind.replace(/List$/, ''))
  return bodyText(body, 'object', item !== undefined && context.kube.kinds.isCustom(item))
}

/** Asks, and prints what is answered. Throws ApiError for failures. */
export function askRaw(context: VerbContext, sent?: SentToPath): number {
  const path = context.flags.text('raw')
  if (!path.startsWith('/'))
    throw new CommandError(`--raw must be a valid URL path: parse ${JSON.stringify(path)}: invalid URI for request`)
  const answer = context.host.path(path, context.kube.target.access, sent)
  for (const text of answer.warnings) context.kube.warning(text)
  if (answer.code === 503 && typeof answer.body === 'string') throw new ApiError(unavailable())
  if (answer.code >= 400) throw new ApiError(answer.body as never)
  context.out(typeof answer.body === 'string' ? answer.body : `${textOf(context, answer.body)}\n`)
  return 0
}

function bodyOf(context: VerbContext, filename: string): string {
  if (filename === '-') return context.host.stdin()
  const path = normalisePath(filename, context.host.cwd)
  if (context.host.files.stat(path) === undefined) throw new CommandError(`open ${filename}: no such file or directory`)
  return context.host.files.read(path)
}

/** Sends the one file as it stands; a deletion may have none. */
export function sendRaw(context: VerbContext, method: SentToPath['method']): number {
  const { flags } = context
  const refuse = (why: string): never => {
    throw new CommandError(why)
  }
  const files = flags.list('filename')
  const given = (name: string): boolean => flags.has(name) && flags.text(name) !== ''
  if (flags.has('edit') && flags.bool('edit')) refuse('--raw and --edit are mutually exclusive')
  if (files.length === 0 && method !== 'DELETE') refuse('must specify one of -f and -k')
  if (files.length > 1) refuse('--raw can only use a single local file or stdin')
  if (/^https?:\/\//.test(files[0] ?? '')) refuse('--raw cannot read from a url')
  if (flags.bool('recursive')) refuse('--raw and --recursive are mutually exclusive')
  if (given('selector')) refuse('--raw and --selector (-l) are mutually exclusive')
  if (given('output')) refuse('--raw and --output are mutually exclusive')
  return askRaw(context, { method, ...(files[0] === undefined ? {} : { body: bodyOf(context, files[0]) }) })
}

/**
 * `-o custom-columns=NAME:.path,…` and `custom-columns-file=…` (kubectl's CustomColumnsPrinter).
 */
import { ApiError } from '../../api/errors.ts'
import { jsonPathValues, parseJsonPath, relaxedJsonPath } from '../../api/jsonpath.ts'
import type { ApiObject } from '../../api/meta.ts'
import { goText } from '../../api/patch/go-text.ts'
import { escapeTerminal } from '../../kinds/describe/escape.ts'
import { CommandError, messageOf } from '../errors.ts'
import type { VerbContext } from '../verb.ts'
import type { ObjectPrinter } from './objects.ts'
import { TabWriter } from './tabwriter.ts'
import { readTemplateFile } from './template-file.ts'

interface CustomColumn {
  readonly header: string
  readonly path: string
}

function parseSpec(spec: string): CustomColumn[] {
  if (spec === '') throw new CommandError('custom-columns format specified but no custom columns given')
  const parts = spec.split(',')
  const wrong = parts.find((part) => !part.includes(':'))
  if (wrong !== undefined) throw new CommandError(`unexpected custom-columns spec: ${wrong}, expected <header>:<json-path-expr>`)
  return parts.map((part) => {
    const colon = part.indexOf(':')
    return { header: part.slice(0, colon), path: checked(part.slice(colon + 1)) }
  })
}

function checked(path: string): string {
  try {
    parseJsonPath(relaxedJsonPath(path))
    return path
  } catch (error) {
    if (error instanceof ApiError) throw new CommandError(messageOf(error))
    throw error
  }
}

function parseFile(text: string): CustomColumn[] {
  const [headers, paths] = text.split('\n')
  if (headers === undefined || paths === undefined)
    throw new CommandError('unexpected file format; expected two lines: headers and templates')
  const names = headers.trim().split(/\s+/)
  const specs = paths.trim().split(/\s+/)
  if (names.length !== specs.length)
    throw new CommandError(`number of headers (${names.length}) and field specifications (${specs.length}) don't match`)
  return names.map((header, i) => ({ header, path: checked(specs[i]!) }))
}

function cell(object: ApiObject, path: string): string {
  const values = jsonPathValues(object, path)
  return values.length === 0 ? '<none>' : escapeTerminal(values.map(goText).join(','))
}

/** Headers once, then a line an object; a list gives its items. */
export function customColumnsPrinter(context: VerbContext, name: string, argument: string): ObjectPrinter {
  const columns = name === 'custom-columns-file' ? parseFile(readTemplateFile(context, argument, 'template ')) : parseSpec(argument)
  let headed = context.flags.has('no-headers') && context.flags.bool('no-headers')
  const writer = new TabWriter()
  return (object) => {
    if (!headed) writer.line(columns.map((column) => column.header))
    headed = true
    const items = Array.isArray(object.items) ? (object.items as ApiObject[]) : [object]
    for (const item of items) writer.line(columns.map((column) => cell(item, column.path)))
    return writer.flush()
  }
}

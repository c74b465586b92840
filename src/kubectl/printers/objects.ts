/**
 * `-o FORMAT` for whole objects: json, yaml, kyaml, name, jsonpath, go-template, custom-columns (cli-runtime's PrintFlags).
 */
import type { ApiObject } from '../../api/meta.ts'
import { groupOf } from '../../api/meta.ts'
import { CommandError } from '../errors.ts'
import type { VerbContext } from '../verb.ts'
import { customColumnsPrinter } from './custom-columns.ts'
import { goTemplatePrinter } from './go-template.ts'
import { toJsonIndented } from './json.ts'
import { jsonPathPrinter } from './jsonpath.ts'
import { toKyaml } from './kyaml.ts'
import { toYaml } from './yaml.ts'

/** Gives the text of one object, its line end included where the format has one. Called once for each object, in order. */
export type ObjectPrinter = (object: ApiObject) => string

const templateFormats = ['go-template', 'go-template-file', 'jsonpath', 'jsonpath-as-json', 'jsonpath-file', 'template', 'templatefile']
/** What most verbs take. */
export const objectFormats: readonly string[] = [...templateFormats, 'json', 'kyaml', 'name', 'yaml'].sort()
/** What `get` takes. */
export const getFormats: readonly string[] = [...objectFormats, 'custom-columns', 'custom-columns-file', 'wide'].sort()
export const dataFormats: readonly string[] = ['json', 'kyaml', 'yaml']

const noPrinter = (format: string, formats: readonly string[]): CommandError =>
  new CommandError(
    `unable to match a printer suitable for the output format ${JSON.stringify(format)}, allowed formats are: ${formats.join(',')}`,
  )

/** Objects without managedFields, as printers show them unless asked. */
export function withoutManagedFields(object: ApiObject): ApiObject {
  if (Array.isArray(object.items)) return { ...object, items: object.items.map(withoutManagedFields) } as unknown as ApiObject
  if (object.metadata?.managedFields === undefined) return object
  const { managedFields: _, ...metadata } = object.metadata
  return { ...object, metadata }
}

/** `pod/web`, one line an object; lists give their items. */
function namePrinter(): ObjectPrinter {
  const one = (object: ApiObject): string => {
    const group = groupOf(object.apiVersion)
    return `${object.kind.toLowerCase()}${group === '' ? '' : `.${group}`}/${object.metadata?.name || '<unknown>'}\n`
  }
  return (object) => (Array.isArray(object.items) ? object.items.map(one).join('') : one(object))
}

function yamlPrinter(): ObjectPrinter {
  let count = 0
  return (object) => `${count++ === 0 ? '' : '---\n'}${toYaml(object)}`
}

const dataPrinters: Record<string, () => ObjectPrinter> = {
  json: () => (object) => `${toJsonIndented(object)}\n`,
  yaml: yamlPrinter,
  kyaml: () => toKyaml as ObjectPrinter,
  name: namePrinter,
}

const hasOwnData = (format: string): boolean => dataFormats.includes(format.toLowerCase())

/** A format and what stands after its `=`, or `--template`: given that, the format of a template is its name alone, `=` and all. */
function splitFormat(context: VerbContext, format: string): { name: string; argument: string } {
  const equals = format.indexOf('=')
  const name = equals < 0 ? format : format.slice(0, equals)
  const template = context.flags.has('template') ? context.flags.text('template') : ''
  if (template !== '' && !name.startsWith('custom-columns')) return { name: format, argument: template }
  return { name, argument: equals < 0 ? '' : format.slice(equals + 1) }
}

/** The printer for `-o`, undefined when none is asked for. `wide` is left to the caller. */
export function objectPrinter(context: VerbContext, formats: readonly string[]): ObjectPrinter | undefined {
  let format = context.flags.has('output') ? context.flags.text('output') : ''
  if (format === '' && context.flags.has('template') && context.flags.text('template') !== '' && formats.includes('go-template'))
    format = 'go-template'
  if (format === '') return undefined
  const printer = printerFor(context, format, formats)
  const showManaged = context.flags.has('show-managed-fields') && context.flags.bool('show-managed-fields')
  // Templates and columns see all of an object.
  return showManaged || !hasOwnData(format) ? printer : (object) => printer(withoutManagedFields(object))
}

function printerFor(context: VerbContext, format: string, formats: readonly string[]): ObjectPrinter {
  const data = dataPrinters[format.toLowerCase()]
  if (data !== undefined && formats.includes(format.toLowerCase())) return data()
  const { name, argument } = splitFormat(context, format)
  if (!formats.includes(name) || data !== undefined) throw noPrinter(format, formats)
  const missingOk = !context.flags.has('allow-missing-template-keys') || context.flags.bool('allow-missing-template-keys')
  if (name.startsWith('jsonpath')) return jsonPathPrinter(context, name, argument, missingOk)
  if (name.startsWith('custom-columns')) return customColumnsPrinter(context, name, argument)
  if (name.includes('template')) return goTemplatePrinter(context, name, argument, missingOk)
  throw noPrinter(format, formats)
}

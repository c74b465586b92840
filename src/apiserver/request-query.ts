/**
 * Query parameters of a URL as the API server converts them to its options: list, watch, write and delete options, and those of log,
 * exec and attach. Numbers and booleans follow Go's conversions.
 */
import { errors, type FieldError, notSupported } from '../api/errors.ts'
import type { ApiQuery, Verb } from './contract.ts'

/** apimachinery's query conversion: only `false` and `0` are false. */
const asBoolean = (text: string): boolean => !['false', '0'].includes(text.toLowerCase())

function asInteger(text: string): number {
  if (/^[+-]?\d{1,18}$/.test(text)) return Number(text)
  const why = /^[+-]?\d+$/.test(text) ? 'value out of range' : 'invalid syntax'
  throw errors.badRequest(`strconv.ParseInt: parsing ${JSON.stringify(text)}: ${why}`)
}

type Convert = (text: string) => unknown
const asText: Convert = (text) => text

const LISTING: Readonly<Record<string, Convert>> = {
  labelSelector: asText,
  fieldSelector: asText,
  limit: asInteger,
  continue: asText,
  resourceVersion: asText,
  resourceVersionMatch: asText,
  allowWatchBookmarks: asBoolean,
  sendInitialEvents: asBoolean,
  timeoutSeconds: asInteger,
}
const WRITING: Readonly<Record<string, Convert>> = { fieldManager: asText, force: asBoolean }
const DELETING: Readonly<Record<string, Convert>> = { gracePeriodSeconds: asInteger, propagationPolicy: asText }
const OPTIONS: Readonly<Record<string, Convert>> = {
  container: asText,
  follow: asBoolean,
  previous: asBoolean,
  timestamps: asBoolean,
  tailLines: asInteger,
  limitBytes: asInteger,
  sinceSeconds: asInteger,
  sinceTime: asText,
  stdin: asBoolean,
  stdout: asBoolean,
  stderr: asBoolean,
  tty: asBoolean,
  includeObject: asText,
}

const KINDS: Partial<Readonly<Record<Verb, string>>> = {
  create: 'CreateOptions',
  update: 'UpdateOptions',
  patch: 'PatchOptions',
  delete: 'DeleteOptions',
  deletecollection: 'DeleteOptions',
}
const VALIDATIONS = ['', 'Ignore', 'Strict', 'Warn']

function convert(params: URLSearchParams, known: Readonly<Record<string, Convert>>, into: Record<string, unknown>): void {
  for (const [name, how] of Object.entries(known)) {
    const text = params.get(name)
    if (text !== null && text !== '') into[name] = how(text)
  }
}

/** Throws Invalid for options of a write that name what there is not. */
function checkWrite(params: URLSearchParams, kind: string): void {
  const found: FieldError[] = []
  const dryRun = params.getAll('dryRun').filter((v) => v !== '')
  if (dryRun.some((v) => v !== 'All')) found.push(notSupported('dryRun', dryRun, ['All']))
  const validation = params.get('fieldValidation') ?? ''
  if (!VALIDATIONS.includes(validation) && kind !== 'DeleteOptions') found.push(notSupported('fieldValidation', validation, VALIDATIONS))
  if (found.length > 0) throw errors.invalid('meta.k8s.io', kind, '', found)
}

/** Throws BadRequest or Invalid, as the API server words it. */
export function queryOf(params: URLSearchParams, verb: Verb): ApiQuery {
  const query: Record<string, unknown> = {}
  const options: Record<string, unknown> = {}
  convert(params, LISTING, query)
  convert(params, OPTIONS, options)
  const kind = KINDS[verb]
  if (kind !== undefined) {
    checkWrite(params, kind)
    convert(params, WRITING, query)
    if (kind === 'DeleteOptions') convert(params, DELETING, query)
    if (params.getAll('dryRun').includes('All')) query['dryRun'] = true
    const validation = params.get('fieldValidation')
    if (validation) query['fieldValidation'] = validation
  }
  const command = params.getAll('command')
  if (command.length > 0) options['command'] = command
  const ports = params.getAll('ports')
  if (ports.length > 0) options['ports'] = ports.flatMap((p) => p.split(',')).map(asInteger)
  if (Object.keys(options).length > 0) query['options'] = options
  return query as ApiQuery
}

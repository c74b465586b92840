/**
 * API objects as Go's JSON encoding prints the API server's internal structs: every field, in the order of its declaration, under
 * its Go name. Error messages that show whole structs, and their differences, are made of it.
 */
import structs from './structs.json' with { type: 'json' }

/**
 * Fields in order, each with its type: a name of another struct, `string`, `int`, `bool`, `quantity`, `any` (printed as it is),
 * with `*` (null when absent), `[]` (list) or `{}` (map) before it. `+T` stands for the fields of T embedded.
 */
type Struct = readonly (readonly [goName: string, type: string, apiName?: string])[]
const table = structs as unknown as Readonly<Record<string, Struct>>

/** Go's initialisms: how a struct's field is called in the API. */
const lowerFirst = (name: string): string => {
  const initials = /^[A-Z]+(?=[A-Z][a-z]|$|\d)/.exec(name)?.[0]
  return initials ? initials.toLowerCase() + name.slice(initials.length) : name[0]!.toLowerCase() + name.slice(1)
}

type Json = Readonly<Record<string, unknown>>

function zero(type: string): unknown {
  if (type === 'string') return ''
  if (type === 'int') return 0
  if (type === 'bool') return false
  if (type === 'quantity') return '0'
  if (table[type]) return goForm({}, type)
  return null
}

function value(given: unknown, type: string): unknown {
  if (type.startsWith('*')) return given === undefined || given === null ? null : value(given, type.slice(1))
  if (given === undefined || given === null) return zero(type)
  if (type.startsWith('[]')) return (given as unknown[]).map((item) => value(item, type.slice(2)))
  if (type.startsWith('{}')) {
    const map = given as Json
    return Object.fromEntries(
      Object.keys(map)
        .sort()
        .map((key) => [key, value(map[key], type.slice(2))]),
    )
  }
  return table[type] ? goForm(given as Json, type) : given
}

/** The object as a Go struct of that type holds it: plain data with Go's names, ready for JSON. */
export function goForm(object: Json, type: string): Record<string, unknown> {
  const form: Record<string, unknown> = {}
  for (const [name, fieldType, apiName] of table[type]!) {
    if (fieldType.startsWith('+')) Object.assign(form, goForm(object, fieldType.slice(1)))
    else form[name] = value(object[apiName ?? lowerFirst(name)], fieldType)
  }
  return form
}

/** Go's MarshalIndent with one space; it escapes what could end a script in HTML. */
export const goJson = (form: unknown): string =>
  JSON.stringify(form, null, 1)
    .replace(/\{\n\s*\}/g, '{}')
    .replace(/[<>&\u2028\u2029]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`)

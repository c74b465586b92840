/**
 * Field selectors (`status.phase=Running,metadata.name!=x`): apimachinery's fields package.
 */
import { errors } from './errors.ts'

export interface FieldRequirement {
  readonly field: string
  readonly operator: '=' | '!='
  readonly value: string
}

export type FieldSelector = readonly FieldRequirement[]

/** Splits at commas that no backslash precedes. */
function terms(text: string): string[] {
  const out: string[] = []
  let start = 0
  for (let i = 0; i < text.length; i++) {
    if (text[i] === '\\') i++
    else if (text[i] === ',') {
      out.push(text.slice(start, i))
      start = i + 1
    }
  }
  out.push(text.slice(start))
  return out
}

function splitTerm(term: string): [string, '=' | '!=', string] | undefined {
  for (let i = 0; i < term.length; i++) {
    const rest = term.slice(i)
    if (rest.startsWith('!=')) return [term.slice(0, i), '!=', term.slice(i + 2)]
    if (rest.startsWith('==')) return [term.slice(0, i), '=', term.slice(i + 2)]
    if (rest.startsWith('=')) return [term.slice(0, i), '=', term.slice(i + 1)]
  }
  return undefined
}

function unescaped(text: string): string {
  let out = ''
  for (let i = 0; i < text.length; i++) {
    const c = text[i]!
    if (c === '\\') {
      const next = text[++i]
      if (next === undefined || !'\\,='.includes(next)) throw errors.badRequest(`invalid field selector: invalid escape sequence: ${text}`)
      out += next
    } else if (c === ',' || c === '=') throw errors.badRequest(`invalid field selector: unescaped character in value: ${JSON.stringify(c)}`)
    else out += c
  }
  return out
}

const parsed = new Map<string, FieldSelector>()

/** Throws ApiError (BadRequest). */
export function parseFieldSelector(text: string): FieldSelector {
  const known = parsed.get(text)
  if (known !== undefined) return known
  const out: FieldRequirement[] = []
  for (const term of terms(text)) {
    if (term === '') continue
    const split = splitTerm(term)
    if (split === undefined) throw errors.badRequest(`invalid selector: '${text}'; can't understand '${term}'`)
    out.push({ field: split[0], operator: split[1], value: unescaped(split[2]) })
  }
  out.sort((a, b) => (a.field < b.field ? -1 : a.field > b.field ? 1 : 0))
  if (parsed.size >= 2_000) parsed.clear()
  parsed.set(text, out)
  return out
}

/** `read` gives a field's text, '' where it is absent (as the API compares). */
export function matchesFields(selector: FieldSelector, read: (field: string) => string): boolean {
  for (const r of selector) if ((read(r.field) === r.value) !== (r.operator === '=')) return false
  return true
}

const escaped = (value: string): string => value.replace(/[\\,=]/g, (c) => `\\${c}`)
export const formatFieldSelector = (selector: FieldSelector): string =>
  selector.map((r) => `${r.field}${r.operator}${escaped(r.value)}`).join(',')

/** What most kinds say of a field they cannot select by: only these two are known. */
export const unknownFieldSelectorText = (field: string, supported: readonly string[] = ['metadata.name', 'metadata.namespace']): string =>
  `"${field}" is not a known field selector: only ${supported.map((f) => `"${f}"`).join(', ')}`

/** What kinds with fields of their own say (pods, nodes, events, secrets …). */
export const fieldLabelNotSupportedText = (field: string): string => `field label not supported: ${field}`

/** Throws ApiError for the first unsupported field; `ownFields` are those beyond name and namespace. */
export function checkFieldSelector(selector: FieldSelector, ownFields: readonly string[], namespaced = true): void {
  const common = namespaced ? ['metadata.name', 'metadata.namespace'] : ['metadata.name']
  for (const { field } of selector) {
    if (common.includes(field) || ownFields.includes(field)) continue
    throw errors.badRequest(ownFields.length > 0 ? fieldLabelNotSupportedText(field) : unknownFieldSelectorText(field))
  }
}

/**
 * Label selectors: the string language of `-l`, the LabelSelector object, matching and printing, with apimachinery's error texts.
 * A selector is plain data, so it can be cached, compared and kept in a snapshot.
 */
import { ApiError, errors, type FieldError, fieldErrorText, forbidden, invalid, notSupported, required } from './errors.ts'
import { labelValueErrors, qualifiedNameErrors } from './names.ts'
import { messagesToErrors, validateLabels } from './names-meta.ts'
import { parseSelectorText } from './selectors-parse.ts'

export type Labels = Readonly<Record<string, string>>
export type SelectorOperator = '=' | '==' | '!=' | 'in' | 'notin' | 'exists' | '!' | 'gt' | 'lt'

export interface Requirement {
  readonly key: string
  readonly operator: SelectorOperator
  /** Sorted, each once. */
  readonly values: readonly string[]
}

/** All requirements must hold; `nothing` matches no object at all. */
export interface Selector {
  readonly requirements: readonly Requirement[]
  readonly nothing?: boolean
}

export interface LabelSelectorRequirement {
  key: string
  operator: string
  values?: readonly string[]
}

/** metav1.LabelSelector as it stands in specs. */
export interface LabelSelector {
  matchLabels?: Labels
  matchExpressions?: readonly LabelSelectorRequirement[]
}

export const EVERYTHING: Selector = { requirements: [] }
export const NOTHING: Selector = { requirements: [], nothing: true }

const OPERATORS = ['in', 'notin', '=', '==', '!=', 'gt', 'lt', 'exists', '!']
const CACHE_LIMIT = 2_000

/** Sorted and made unique, then checked; throws ApiError with the bare text of the first errors. */
export function makeRequirement(key: string, operator: SelectorOperator, values: readonly string[]): Requirement {
  const found: FieldError[] = messagesToErrors('key', key, joined(qualifiedNameErrors(key)))
  found.push(...countErrors(operator, values))
  for (const [i, value] of values.entries()) found.push(...messagesToErrors(`values[${i}][${key}]`, value, joined(labelValueErrors(value))))
  if (found.length > 0) throw errors.badRequest(listText(found))
  return { key, operator, values: [...new Set(values)].sort() }
}

const joined = (messages: readonly string[]): string[] => (messages.length === 0 ? [] : [messages.join('; ')])
const listText = (list: readonly FieldError[]): string => {
  const texts = list.map(fieldErrorText)
  return texts.length === 1 ? texts[0]! : `[${texts.join(', ')}]`
}

function countErrors(operator: SelectorOperator, values: readonly string[]): FieldError[] {
  switch (operator) {
    case 'in':
    case 'notin':
      return values.length === 0 ? [invalid('values', values, "for 'in', 'notin' operators, values set can't be empty")] : []
    case '=':
    case '==':
    case '!=':
      return values.length === 1 ? [] : [invalid('values', values, 'exact-match compatibility requires one single value')]
    case 'exists':
    case '!':
      return values.length === 0 ? [] : [invalid('values', values, 'values set must be empty for exists and does not exist')]
    case 'gt':
    case 'lt':
      if (values.length !== 1) return [invalid('values', values, "for 'Gt', 'Lt' operators, exactly one value is required")]
      return /^[+-]?\d+$/.test(values[0]!)
        ? []
        : [invalid('values[0]', values[0], "for 'Gt', 'Lt' operators, the value must be an integer")]
    default:
      return [notSupported('operator', operator, OPERATORS)]
  }
}

const byText = new Map<string, Selector>()

/** `a=b,c!=d,e in (x,y),!f,g`; throws ApiError (BadRequest) with apimachinery's text. */
export function parseLabelSelector(text: string): Selector {
  const known = byText.get(text)
  if (known !== undefined) return known
  const requirements = parseSelectorText(text, makeRequirement)
  const selector: Selector = { requirements: sortByKey(requirements) }
  if (byText.size >= CACHE_LIMIT) byText.clear()
  byText.set(text, selector)
  return selector
}

const sortByKey = (list: readonly Requirement[]): Requirement[] => [...list].sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0))

const objectOperator: Record<string, SelectorOperator> = { In: 'in', NotIn: 'notin', Exists: 'exists', DoesNotExist: '!' }
const byObject = new WeakMap<object, Selector>()

/**
 * The selector a LabelSelector object means: absent selects nothing, empty selects everything. Throws ApiError for an invalid one.
 * Frozen objects (all that come out of the store) are compiled once.
 */
export function labelSelectorOf(object: LabelSelector | null | undefined): Selector {
  if (object === undefined || object === null) return NOTHING
  const known = byObject.get(object)
  if (known !== undefined) return known
  const list: Requirement[] = []
  for (const [key, value] of Object.entries(object.matchLabels ?? {})) list.push(makeRequirement(key, '=', [value]))
  for (const r of object.matchExpressions ?? []) {
    const operator = Object.hasOwn(objectOperator, r.operator) ? objectOperator[r.operator] : undefined
    if (operator === undefined) throw errors.badRequest(`"${r.operator}" is not a valid label selector operator`)
    list.push(makeRequirement(r.key, operator, r.values ?? []))
  }
  const selector = { requirements: sortByKey(list) }
  if (Object.isFrozen(object)) byObject.set(object, selector)
  return selector
}

const bySet = new WeakMap<object, Selector>()

/** The selector of a plain map, as Services and ReplicationControllers hold: every pair must be there; an empty map selects everything. */
export function selectorFromSet(labels: Labels | null | undefined): Selector {
  if (labels === undefined || labels === null) return EVERYTHING
  const known = bySet.get(labels)
  if (known !== undefined) return known
  const selector = {
    requirements: sortByKey(Object.entries(labels).map(([key, value]) => ({ key, operator: '=' as const, values: [value] }))),
  }
  if (Object.isFrozen(labels)) bySet.set(labels, selector)
  return selector
}

function holds(r: Requirement, labels: Labels): boolean {
  const value = Object.hasOwn(labels, r.key) ? labels[r.key] : undefined
  switch (r.operator) {
    case '=':
    case '==':
      return value === r.values[0]
    case 'in':
      return value !== undefined && r.values.includes(value)
    case '!=':
    case 'notin':
      return value === undefined || !r.values.includes(value)
    case 'exists':
      return value !== undefined
    case '!':
      return value === undefined
    default: {
      if (value === undefined || !/^[+-]?\d+$/.test(value)) return false
      const left = BigInt(value.replace('+', ''))
      const right = BigInt(r.values[0]!.replace('+', ''))
      return r.operator === 'gt' ? left > right : left < right
    }
  }
}

const none: Labels = {}

export function matchesLabels(selector: Selector, labels: Labels | null | undefined): boolean {
  if (selector.nothing === true) return false
  for (const r of selector.requirements) if (!holds(r, labels ?? none)) return false
  return true
}

/** Shorthand: does the LabelSelector object select these labels? */
export const labelSelectorMatches = (object: LabelSelector | null | undefined, labels: Labels | null | undefined): boolean =>
  matchesLabels(labelSelectorOf(object), labels)

/** The pairs every match must have: what an index by label can be asked for. */
export const exactPairs = (selector: Selector): [string, string][] =>
  selector.requirements.filter((r) => r.operator === '=' || r.operator === '==').map((r) => [r.key, r.values[0]!])

export const isEverything = (selector: Selector): boolean => selector.nothing !== true && selector.requirements.length === 0

function requirementText(r: Requirement): string {
  switch (r.operator) {
    case 'exists':
      return r.key
    case '!':
      return `!${r.key}`
    case 'in':
    case 'notin':
      return `${r.key} ${r.operator} (${r.values.join(',')})`
    case 'gt':
      return `${r.key}>${r.values[0]}`
    case 'lt':
      return `${r.key}<${r.values[0]}`
    default:
      return `${r.key}${r.operator}${r.values[0]}`
  }
}

/** `a=b,c in (x,y)`; '' for everything. */
export const formatSelector = (selector: Selector): string => selector.requirements.map(requirementText).join(',')

/** As tables and `describe` show a LabelSelector: `<none>` where it says nothing, `<error>` where it is invalid. */
export function formatLabelSelector(object: LabelSelector | null | undefined): string {
  try {
    return formatSelector(labelSelectorOf(object)) || '<none>'
  } catch (e) {
    if (e instanceof ApiError) return '<error>'
    throw e
  }
}

/** `a=b,c=d` with sorted keys, `<none>` for no labels (apimachinery's labels.FormatLabels). */
export function formatLabels(labels: Labels | null | undefined): string {
  const keys = Object.keys(labels ?? {}).sort()
  return keys.length === 0 ? '<none>' : keys.map((k) => `${k}=${labels![k]}`).join(',')
}

function validateExpression(r: LabelSelectorRequirement, path: string): FieldError[] {
  const found: FieldError[] = []
  const count = r.values?.length ?? 0
  if (r.operator === 'In' || r.operator === 'NotIn') {
    if (count === 0) found.push(required(`${path}.values`, "must be specified when `operator` is 'In' or 'NotIn'"))
  } else if (r.operator === 'Exists' || r.operator === 'DoesNotExist') {
    if (count > 0) found.push(forbidden(`${path}.values`, "may not be specified when `operator` is 'Exists' or 'DoesNotExist'"))
  } else found.push(invalid(`${path}.operator`, r.operator ?? '', 'not a valid selector operator'))
  found.push(...messagesToErrors(`${path}.key`, r.key ?? '', qualifiedNameErrors(r.key ?? '')))
  for (const [i, value] of (r.values ?? []).entries())
    found.push(...messagesToErrors(`${path}.values[${i}]`, value, labelValueErrors(value)))
  return found
}

export function validateLabelSelector(object: LabelSelector | null | undefined, path: string): FieldError[] {
  if (object === undefined || object === null) return []
  const found = validateLabels(object.matchLabels, `${path}.matchLabels`)
  for (const [i, r] of (object.matchExpressions ?? []).entries()) found.push(...validateExpression(r, `${path}.matchExpressions[${i}]`))
  return found
}

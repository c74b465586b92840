/** `--set` and its kin: `a.b=c,list[0].name=x,d={1,2}` laid over values (helm's strvals). */
import { type Fields, has, isMap, put } from '../template/values.ts'
import { HelmError } from './contract.ts'

const MAX_INDEX = 65_536
const MAX_DEPTH = 30

type Step = string | number
export type Reading = (text: string) => unknown

/** What a bare word means: a truth, nothing, an int, or itself. */
export function typed(text: string): unknown {
  if (text === 'true') return true
  if (text === 'false') return false
  if (text === 'null') return null
  if (text === '0') return 0n
  if (/^[+-]?[1-9]\d*$/.test(text) && BigInt(text) < 2n ** 63n && BigInt(text) >= -(2n ** 63n)) return BigInt(text)
  return text
}

class Reader {
  at = 0
  constructor(readonly text: string) {}

  get done(): boolean {
    return this.at >= this.text.length
  }

  /** Characters up to one of `stops`, backslashes taken off; gives the stop, '' at the end. */
  until(stops: string): [string, string] {
    let out = ''
    while (!this.done) {
      const c = this.text[this.at++]!
      if (c === '\\' && !this.done) out += this.text[this.at++]!
      else if (stops.includes(c)) return [out, c]
      else out += c
    }
    return [out, '']
  }
}

function fail(message: string): never {
  throw new HelmError(message)
}

/** The path before an `=`. */
function path(reader: Reader): Step[] | undefined {
  const steps: Step[] = []
  let bracket = false
  for (;;) {
    const [key, stop] = reader.until('.[=,')
    if (key !== '') steps.push(key)
    else if (!bracket && stop !== '[' && steps.length === 0 && stop === '') return undefined
    if (steps.length > MAX_DEPTH) fail(`value name nested level is greater than maximum supported nested level of ${MAX_DEPTH}`)
    if (stop === '=') return steps
    if (stop === '.') {
      bracket = false
      continue
    }
    if (stop === '[') {
      const [index, close] = reader.until(']')
      if (close === '' || !/^-?\d+$/.test(index))
        fail(`error parsing index: strconv.Atoi: parsing ${JSON.stringify(index)}: invalid syntax`)
      if (Number(index) < 0) fail(`negative ${index} index not allowed`)
      if (Number(index) > MAX_INDEX) fail(`index of ${index} is greater than maximum supported index of ${MAX_INDEX}`)
      steps.push(Number(index))
      bracket = true
      continue
    }
    if (steps.length === 0 && key === '' && stop === '') return undefined
    return fail(`key ${JSON.stringify(String(steps.at(-1) ?? ''))} has no value${stop === ',' ? ` (cannot end with ${stop})` : ''}`)
  }
}

function set(target: Fields | unknown[], steps: readonly Step[], value: unknown): void {
  const [step, ...rest] = steps
  const there = Array.isArray(target) ? target[Number(step)] : has(target, String(step)) ? target[String(step)] : undefined
  let next = value
  if (rest.length > 0) {
    next = typeof rest[0] === 'number' ? (Array.isArray(there) ? [...there] : []) : isMap(there) ? { ...there } : {}
    set(next as Fields, rest, value)
  }
  if (Array.isArray(target)) {
    while (target.length < Number(step)) target.push(null)
    target[Number(step)] = next
  } else put(target, String(step), next)
}

/** One `--set` text over `values`, which are changed. Throws HelmError without its prefix. */
export function setValues(values: Fields, text: string, reading: Reading): void {
  const reader = new Reader(text)
  while (!reader.done) {
    const steps = path(reader)
    if (steps === undefined) return
    if (steps.length === 0 || typeof steps[0] === 'number') fail(`key map ${JSON.stringify(text)} has no value`)
    if (reader.text[reader.at] === '{') {
      reader.at++
      const list: unknown[] = []
      for (;;) {
        const [item, stop] = reader.until(',}')
        if (stop === '') fail("list must terminate with '}'")
        if (item !== '' || stop === ',') list.push(reading(item))
        if (stop === '}') break
      }
      if (reader.text[reader.at] === ',') reader.at++
      set(values, steps, list)
      continue
    }
    const [word] = reader.until(',')
    set(values, steps, reading(word))
  }
}

/** One `--set-json` text: `key=JSON`, several by commas, or one whole object. */
export function setJson(values: Fields, text: string): Fields {
  if (text.trim().startsWith('{')) {
    const whole: unknown = JSON.parse(text)
    return isMap(whole) ? mergeJson(values, whole) : values
  }
  let rest = text
  while (rest !== '') {
    const reader = new Reader(rest)
    const steps = path(reader) ?? fail(`key map ${JSON.stringify(text)} has no value`)
    const json = rest.slice(reader.at)
    const end = jsonEnd(json)
    set(values, steps, JSON.parse(json.slice(0, end)))
    rest = json.slice(end).replace(/^\s*,\s*/, '')
  }
  return values
}

function mergeJson(under: Fields, over: Fields): Fields {
  for (const key of Object.keys(over)) {
    const there = has(under, key) ? under[key] : undefined
    put(under, key, isMap(there) && isMap(over[key]) ? mergeJson({ ...there }, over[key] as Fields) : over[key])
  }
  return under
}

/** Where the JSON value that begins a text ends. */
function jsonEnd(text: string): number {
  let depth = 0
  let quoted = false
  for (let i = 0; i < text.length; i++) {
    const c = text[i]!
    if (quoted) {
      if (c === '\\') i++
      else if (c === '"') quoted = false
    } else if (c === '"') quoted = true
    else if (c === '{' || c === '[') depth++
    else if (c === '}' || c === ']') depth--
    else if (c === ',' && depth === 0) return i
  }
  return text.length
}

/** Logstash's pipeline language: `input { beats { port => 5044 } } filter { … } output { … }`, with the plugins that are simulated. */
import type { Json, LogEvent, Sink } from '../log-shipping/sinks.ts'

export type Value = string | number | boolean | readonly Value[] | { readonly [key: string]: Value }
export interface Plugin {
  readonly name: string
  readonly settings: Readonly<Record<string, Value>>
}
export interface Pipeline {
  readonly inputs: readonly Plugin[]
  readonly filters: readonly Plugin[]
  readonly outputs: readonly Plugin[]
}

/** The pipeline cannot be made: Logstash says so and ends. */
export class PipelineError extends Error {}

const INPUTS = ['beats', 'http', 'kafka']
const FILTERS = ['grok', 'json', 'mutate', 'drop']
const OUTPUTS = ['elasticsearch', 'kafka', 'stdout']

type Token = { readonly kind: 'word' | 'text' | 'mark'; readonly value: string }

function tokens(text: string): Token[] {
  const out: Token[] = []
  const rule = /\s+|#[^\n]*|"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)'|(=>|[{}[\],])|([^\s{}[\],"'#]+)/y
  while (rule.lastIndex < text.length) {
    const from = rule.lastIndex
    const match = rule.exec(text)
    if (match === null) {
      const before = text.slice(0, from)
      throw new PipelineError(
        `Expected one of [ \\t\\r\\n], "#", "input", "filter", "output" at line ${before.split('\n').length}, column ${from - before.lastIndexOf('\n')} (byte ${from + 1})`,
      )
    }
    if (match[1] !== undefined || match[2] !== undefined) out.push({ kind: 'text', value: match[1] ?? match[2]! })
    else if (match[3] !== undefined) out.push({ kind: 'mark', value: match[3] })
    else if (match[4] !== undefined) out.push({ kind: 'word', value: match[4] })
  }
  return out
}

class Reader {
  readonly #tokens: readonly Token[]
  #at = 0
  constructor(text: string) {
    this.#tokens = tokens(text)
  }
  get next(): Token | undefined {
    return this.#tokens[this.#at]
  }
  take(value?: string): Token {
    const token = this.next
    if (token === undefined || (value !== undefined && token.value !== value))
      throw new PipelineError(
        `Expected one of [ \\t\\r\\n], "#", ${value === undefined ? 'a value' : `"${value}"`} after ${this.#tokens[this.#at - 1]?.value ?? 'the beginning'}`,
      )
    this.#at++
    return token
  }
  is(value: string): boolean {
    return this.next?.kind === 'mark' && this.next.value === value
  }
}

function value(r: Reader): Value {
  if (r.is('[')) {
    r.take()
    const list: Value[] = []
    while (!r.is(']')) {
      list.push(value(r))
      if (r.is(',')) r.take()
    }
    r.take(']')
    return list
  }
  if (r.is('{')) {
    r.take()
    const map: Record<string, Value> = {}
    while (!r.is('}')) {
      const key = r.take().value
      r.take('=>')
      map[key] = value(r)
      if (r.is(',')) r.take()
    }
    r.take('}')
    return map
  }
  const { kind, value: text } = r.take()
  return kind === 'word' && /^-?\d+(\.\d+)?$/.test(text)
    ? Number(text)
    : kind === 'word' && (text === 'true' || text === 'false')
      ? text === 'true'
      : text
}

function plugins(r: Reader, section: 'input' | 'filter' | 'output'): Plugin[] {
  const known = section === 'input' ? INPUTS : section === 'filter' ? FILTERS : OUTPUTS
  const out: Plugin[] = []
  r.take('{')
  while (!r.is('}')) {
    const name = r.take().value
    if (name === 'if' || name === 'else') throw new PipelineError('clusterlab does not simulate conditions in a pipeline')
    if (!known.includes(name))
      throw new PipelineError(`clusterlab does not simulate the ${section} plugin ${name}; there are ${known.join(', ')}`)
    r.take('{')
    const settings: Record<string, Value> = {}
    while (!r.is('}')) {
      const key = r.take().value
      r.take('=>')
      settings[key] = value(r)
    }
    r.take('}')
    out.push({ name, settings })
  }
  r.take('}')
  return out
}

/** `env`: fills in `${NAME}` and `${NAME:default}`. Throws PipelineError. */
export function readPipeline(text: string, env: Readonly<Record<string, string>>): Pipeline {
  const filled = text.replace(/\$\{(\w+)(?::([^}]*))?\}/g, (_, name: string, other?: string) => {
    const found = env[name] ?? other
    if (found === undefined)
      throw new PipelineError(
        `Cannot evaluate \`\${${name}}\`. Replacement variable \`${name}\` is not defined in a Logstash secret store or as an Environment entry and there is no default value given.`,
      )
    return found
  })
  const r = new Reader(filled)
  const pipeline = { input: [] as Plugin[], filter: [] as Plugin[], output: [] as Plugin[] }
  while (r.next !== undefined) {
    const section = r.take().value
    if (section !== 'input' && section !== 'filter' && section !== 'output')
      throw new PipelineError(`Expected one of [ \\t\\r\\n], "#", "input", "filter", "output" at "${section}"`)
    pipeline[section].push(...plugins(r, section))
  }
  if (pipeline.input.length === 0) throw new PipelineError('No configuration found in the configured sources.')
  return { inputs: pipeline.input, filters: pipeline.filter, outputs: pipeline.output }
}

export const texts = (v: Value | undefined): string[] => (Array.isArray(v) ? v.map(String) : v === undefined ? [] : [String(v)])
const pairs = (v: Value | undefined): [string, string][] =>
  typeof v === 'object' && !Array.isArray(v) ? Object.entries(v as Record<string, Value>).map(([k, x]) => [k, String(x)]) : []

/** What Apache and nginx write by default: the two patterns of grok that are simulated. */
const COMMON = /^(\S+) (\S+) (\S+) \[([^\]]+)\] "(\S+) (\S+)(?: HTTP\/([\d.]+))?" (\d{3}) (\d+|-)(?: "([^"]*)" "([^"]*)")?/

function grok(event: LogEvent, settings: Plugin['settings']): LogEvent {
  const [field, pattern] = pairs(settings['match'])[0] ?? ['message', '']
  const match = COMMON.exec(String(event[field] ?? ''))
  if (!/COMBINEDAPACHELOG|COMMONAPACHELOG/.test(pattern))
    throw new PipelineError('clusterlab simulates of grok only %{COMBINEDAPACHELOG} and %{COMMONAPACHELOG}')
  if (match === null) return { ...event, tags: [...(Array.isArray(event['tags']) ? (event['tags'] as Json[]) : []), '_grokparsefailure'] }
  const [, clientip, ident, auth, timestamp, verb, request, httpversion, response, bytes, referrer, agent] = match
  const found = { clientip, ident, auth, timestamp, verb, request, httpversion, response, bytes, referrer, useragent: agent }
  return { ...event, ...(Object.fromEntries(Object.entries(found).filter(([, x]) => x !== undefined)) as LogEvent) }
}

function mutate(event: LogEvent, settings: Plugin['settings']): LogEvent {
  let out: Record<string, Json> = { ...event }
  for (const [from, to] of pairs(settings['rename'])) {
    const { [from]: moved, ...rest } = out
    out = moved === undefined ? out : { ...rest, [to]: moved }
  }
  for (const [name, text] of [...pairs(settings['add_field']), ...pairs(settings['replace'])]) out[name] = text
  for (const name of texts(settings['remove_field'])) delete out[name]
  return out
}

/** An event after all filters; undefined: dropped. */
export function filtered(pipeline: Pipeline, event: LogEvent): LogEvent | undefined {
  let out = event
  for (const { name, settings } of pipeline.filters) {
    if (name === 'drop') return undefined
    if (name === 'mutate') out = mutate(out, settings)
    else if (name === 'grok') out = grok(out, settings)
    else {
      try {
        const parsed = JSON.parse(String(out[String(settings['source'] ?? 'message')] ?? '')) as Json
        if (typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed)) out = { ...out, ...(parsed as LogEvent) }
      } catch {
        out = { ...out, tags: ['_jsonparsefailure'] }
      }
    }
  }
  return out
}

export function sinkOf({ name, settings }: Plugin): Sink {
  if (name === 'stdout') return { kind: 'console' }
  if (name === 'kafka')
    return {
      kind: 'kafka',
      servers: String(settings['bootstrap_servers'] ?? 'localhost:9092'),
      topic: String(settings['topic_id'] ?? ''),
      acks: Number(settings['acks'] ?? 1),
      plain: settings['codec'] !== 'json',
    }
  const hosts = texts(settings['hosts']).map((h) => (h.includes('://') ? h : `http://${h}`))
  return {
    kind: 'elasticsearch',
    hosts: hosts.length > 0 ? hosts : ['http://localhost:9200'],
    index: String(settings['index'] ?? 'logstash-%{+yyyy.MM.dd}'),
  }
}

/** filebeat.yml: inputs and the one output. What is not simulated is refused by name. https://www.elastic.co/guide/en/beats/filebeat/8.15/configuration-filebeat-options.html */
import { parse, YAMLParseError } from 'yaml'
import type { ProcessContext } from '../contract.ts'
import type { Sink } from '../log-shipping/sinks.ts'
import { readText } from '../text/files.ts'

export const HOME = '/usr/share/filebeat'

export interface Input {
  readonly paths: readonly string[]
  /** Lines are a container's, as containerd writes them. */
  readonly container: boolean
  readonly fields: Readonly<Record<string, string>>
}
export interface Settings {
  readonly inputs: readonly Input[]
  readonly sink: Sink
  readonly sinkName: string
  readonly dataPath: string
  readonly kubernetes: boolean
}

/** Filebeat ends with `Exiting: ` and this. */
export class SettingsError extends Error {}

type Tree = Readonly<Record<string, unknown>>
const isTree = (v: unknown): v is Tree => typeof v === 'object' && v !== null && !Array.isArray(v)

/** A value by its dotted name, whether it was written nested or with dots. */
function at(tree: unknown, name: string): unknown {
  if (name === '' || !isTree(tree)) return name === '' ? tree : undefined
  for (const key of Object.keys(tree)) {
    if (name !== key && !name.startsWith(`${key}.`)) continue
    const found = at(tree[key], name.slice(key.length + 1))
    if (found !== undefined) return found
  }
  return undefined
}

const list = (v: unknown): string[] =>
  Array.isArray(v)
    ? v.map(String)
    : v === undefined || v === null
      ? []
      : String(v)
          .split(',')
          .map((s) => s.trim())

function inputOf(tree: Tree): Input[] {
  const type = String(tree['type'] ?? 'log')
  if (tree['enabled'] === false) return []
  if (!['log', 'filestream', 'container'].includes(type))
    throw new SettingsError(`clusterlab simulates only the inputs filestream, log and container, not ${type}`)
  const parsers = Array.isArray(tree['parsers']) ? tree['parsers'] : []
  const fields = isTree(tree['fields']) ? Object.fromEntries(Object.entries(tree['fields']).map(([k, v]) => [k, String(v)])) : {}
  const paths = list(tree['paths'])
  if (paths.length === 0)
    throw new SettingsError('Failed to start crawler: starting input failed: error while initializing input: no path is configured')
  return [{ paths, container: type === 'container' || parsers.some((p) => isTree(p) && 'container' in p), fields }]
}

function sinkOf(config: unknown, version: string): { sink: Sink; sinkName: string } {
  const names = ['elasticsearch', 'logstash', 'kafka', 'console', 'file', 'redis'].filter((n) => {
    const value = at(config, `output.${n}`)
    return value !== undefined && !(isTree(value) && value['enabled'] === false)
  })
  if (names.length === 0) throw new SettingsError('No outputs are defined. Please define one under the output section.')
  if (names.length > 1)
    throw new SettingsError("error unpacking config data: more than one namespace configured accessing 'output' (source:'filebeat.yml')")
  const get = (key: string): unknown => at(config, `output.${names[0]}.${key}`)
  const hosts = list(get('hosts'))
  switch (names[0]) {
    case 'elasticsearch': {
      const index = String(get('index') ?? `filebeat-${version}`).replace('%{[agent.version]}', version)
      const urls = (hosts.length > 0 ? hosts : ['localhost:9200']).map((h) => (h.includes('://') ? h : `http://${h}`))
      return { sink: { kind: 'elasticsearch', hosts: urls, index }, sinkName: `elasticsearch(${urls[0]})` }
    }
    case 'logstash':
      if (hosts.length === 0)
        throw new SettingsError("error initializing publisher: missing required field accessing 'output.logstash.hosts'")
      return { sink: { kind: 'beats', hosts }, sinkName: `async(tcp://${hosts[0]})` }
    case 'kafka':
      return {
        sink: {
          kind: 'kafka',
          servers: hosts.join(','),
          topic: String(get('topic') ?? 'beats'),
          acks: Number(get('required_acks') ?? 1),
          plain: false,
        },
        sinkName: `kafka(${hosts.join(',')})`,
      }
    case 'console':
      return { sink: { kind: 'console' }, sinkName: 'console' }
    default:
      throw new SettingsError(`clusterlab does not simulate output.${names[0]}`)
  }
}

/** Throws SettingsError. */
export function readSettings(ctx: ProcessContext, version: string): Settings {
  const given = ctx.argv.indexOf('-c')
  const path = given >= 0 ? (ctx.argv[given + 1] ?? '') : `${HOME}/filebeat.yml`
  const full = path.startsWith('/') ? path : `${HOME}/${path}`
  const text = readText(ctx.files, full)
  if (text === undefined) throw new SettingsError(`error loading config file: stat ${full}: no such file or directory`)
  const filled = text.replace(
    /\$\{(\w+)(?::([^}]*))?\}/g,
    (_, name: string, other?: string) => ctx.env[name] ?? other ?? (name === 'HOSTNAME' ? ctx.hostname : ''),
  )
  let config: unknown
  try {
    config = parse(filled)
  } catch (error) {
    if (!(error instanceof YAMLParseError)) throw error
    throw new SettingsError(`error loading config file: yaml: line ${error.linePos?.[0].line ?? 1}: ${error.message.split('\n')[0]}`)
  }
  if (at(config, 'filebeat.autodiscover') !== undefined)
    throw new SettingsError('clusterlab does not simulate filebeat.autodiscover; there are the inputs filestream, log and container')
  const inputs = at(config, 'filebeat.inputs')
  const processors = at(config, 'processors')
  return {
    inputs: (Array.isArray(inputs) ? inputs : []).filter(isTree).flatMap(inputOf),
    ...sinkOf(config, version),
    dataPath: String(at(config, 'path.data') ?? `${HOME}/data`),
    kubernetes: Array.isArray(processors) && processors.some((p) => isTree(p) && 'add_kubernetes_metadata' in p),
  }
}

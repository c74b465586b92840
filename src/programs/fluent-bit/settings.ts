/** fluent-bit.conf in its classic form: sections in brackets, keys and values under them. https://docs.fluentbit.io/manual/administration/configuring-fluent-bit/classic-mode/configuration-file */
import type { FileView } from '../../script/files.ts'
import type { Sink } from '../log-shipping/sinks.ts'
import { pathsOf } from '../log-shipping/tail.ts'
import { readText } from '../text/files.ts'

export interface Section {
  readonly kind: string
  /** Keys in lower case. */
  readonly keys: Readonly<Record<string, string>>
}
export class SettingsError extends Error {}

/** Reads a file and those it includes. Throws SettingsError. */
export function readSections(files: FileView, path: string, env: Readonly<Record<string, string>>): Section[] {
  const text = readText(files, path)
  if (text === undefined) throw new SettingsError(`could not open configuration file, aborting: ${path}`)
  if (/\.ya?ml$/.test(path)) throw new SettingsError('clusterlab simulates only the classic form of the configuration, not YAML')
  const sections: { kind: string; keys: Record<string, string> }[] = []
  const variables: Record<string, string> = {}
  for (const raw of text.split('\n')) {
    const line = raw.trim().replace(/\$\{(\w+)\}/g, (_, name: string) => variables[name] ?? env[name] ?? '')
    if (line === '' || line.startsWith('#')) continue
    const include = /^@INCLUDE\s+(\S+)/i.exec(line)?.[1]
    if (include !== undefined) {
      const full = include.startsWith('/') ? include : `${path.slice(0, path.lastIndexOf('/'))}/${include}`
      for (const file of pathsOf(files, full))
        sections.push(...readSections(files, file, env).map((s) => ({ kind: s.kind, keys: { ...s.keys } })))
      continue
    }
    const set = /^@SET\s+(\w+)=(.*)$/i.exec(line)
    if (set !== null) {
      variables[set[1]!] = set[2]!
      continue
    }
    const head = /^\[(\w+)\]$/.exec(line)?.[1]
    if (head !== undefined) {
      sections.push({ kind: head.toUpperCase(), keys: {} })
      continue
    }
    const [key = ''] = /^\S+/.exec(line) ?? []
    const last = sections.at(-1)
    if (last === undefined) throw new SettingsError(`unexpected line outside of a section in ${path}: ${line}`)
    last.keys[key.toLowerCase()] = line.slice(key.length).trim()
  }
  return sections
}

const known: Readonly<Record<string, readonly string[]>> = {
  INPUT: ['tail'],
  FILTER: ['kubernetes', 'modify', 'record_modifier'],
  OUTPUT: ['es', 'kafka', 'stdout'],
}

/** Throws SettingsError for what is not simulated. */
export function checked(sections: readonly Section[]): readonly Section[] {
  for (const { kind, keys } of sections) {
    const names = known[kind]
    if (names === undefined) continue
    const name = keys['name']?.toLowerCase()
    if (name === undefined) throw new SettingsError(`no plugin name for section '${kind.toLowerCase()}'`)
    if (!names.includes(name))
      throw new SettingsError(`clusterlab does not simulate the ${kind.toLowerCase()} '${name}'; there are ${names.join(', ')}`)
    if (kind === 'INPUT' && keys['path'] === undefined) throw new SettingsError("[input:tail:tail.0] no input 'path' was given")
  }
  return sections
}

export const isOn = (text: string | undefined): boolean => /^(on|true|yes)$/i.test(text ?? '')

export function sinkOf({ keys }: Section): Sink {
  const name = keys['name']!.toLowerCase()
  if (name === 'stdout') return { kind: 'console' }
  if (name === 'kafka')
    return {
      kind: 'kafka',
      servers: keys['brokers'] ?? '',
      topic: keys['topics'] ?? 'fluent-bit',
      acks: Number(keys['rdkafka.request.required.acks'] ?? -1),
      plain: false,
    }
  const index = isOn(keys['logstash_format']) ? `${keys['logstash_prefix'] ?? 'logstash'}-%{+yyyy.MM.dd}` : (keys['index'] ?? 'fluent-bit')
  const tls = isOn(keys['tls']) ? 'https' : 'http'
  return { kind: 'elasticsearch', hosts: [`${tls}://${keys['host'] ?? '127.0.0.1'}:${keys['port'] ?? 9200}`], index }
}

/**
 * kubectl's describer for kinds it does not know (custom resources): the fields of the object, titled and indented.
 */
import type { DescribeContext, KindDefinition } from '../../../api/kind.ts'
import type { ApiObject } from '../../../api/meta.ts'

/** `apiVersion` → `API Version`, `lastUpdateTime` → `Last Update Time` (smartLabelFor). */
export function labelFor(field: string): string {
  const acronyms = new Set(['API', 'URL', 'UID', 'OSB', 'GUID'])
  const parts = field.match(/[A-Z]+(?![a-z])|[A-Z]?[^A-Z]+/g) ?? [field]
  return parts
    .map((part) => (acronyms.has(part.toUpperCase()) ? part.toUpperCase() : part.charAt(0).toUpperCase() + part.slice(1)))
    .join(' ')
}

const skipped = new Set([
  '.metadata.managedFields',
  '.metadata.name',
  '.metadata.namespace',
  '.metadata.labels',
  '.metadata.annotations',
  '.kind',
  '.apiVersion',
])

function write(value: Record<string, unknown>, path: string, indent: string): string {
  let out = ''
  for (const key of Object.keys(value).sort()) {
    const here = `${path}.${key}`
    if (skipped.has(here) || value[key] === undefined) continue
    out += writeField(labelFor(key), value[key], here, indent)
  }
  return out
}

function writeField(label: string, value: unknown, path: string, indent: string): string {
  if (Array.isArray(value)) {
    let out = `${indent}${label}:\n`
    for (const item of value)
      out +=
        typeof item === 'object' && item !== null
          ? write(item as Record<string, unknown>, path, `${indent}  `)
          : `${indent}  ${String(item)}\n`
    return out
  }
  if (typeof value === 'object' && value !== null)
    return `${indent}${label}:\n${write(value as Record<string, unknown>, path, `${indent}  `)}`
  return `${indent}${label}:\t${value === null ? '<nil>' : String(value)}\n`
}

/** Aligns `Label:\tvalue` lines as the describers' tab writer does: neighbouring lines share a column. */
function align(text: string): string {
  const lines = text.split('\n')
  const out: string[] = []
  for (let i = 0; i < lines.length; ) {
    if (!lines[i]!.includes('\t')) {
      out.push(lines[i]!)
      i++
      continue
    }
    let end = i
    while (end < lines.length && lines[end]!.includes('\t')) end++
    const width = Math.max(...lines.slice(i, end).map((line) => line.indexOf('\t'))) + 2
    for (; i < end; i++) {
      const at = lines[i]!.indexOf('\t')
      out.push(lines[i]!.slice(0, at).padEnd(width) + lines[i]!.slice(at + 1))
    }
  }
  return out.join('\n')
}

const mapLines = (title: string, map: Readonly<Record<string, string>> | undefined, join: string): string => {
  const keys = Object.keys(map ?? {})
    .filter((key) => key !== 'kubectl.kubernetes.io/last-applied-configuration')
    .sort()
  if (keys.length === 0) return `${title}:\t<none>\n`
  return keys.map((key, i) => `${i === 0 ? `${title}:` : ''}\t${key}${join}${map![key]}\n`).join('')
}

/** Text of an object of an unknown kind, events excepted unless it has none. */
export function genericDescription(object: ApiObject, _kind: KindDefinition, context: DescribeContext): string {
  const { metadata } = object
  const head =
    `Name:\t${metadata.name}\nNamespace:\t${metadata.namespace ?? ''}\n${mapLines('Labels', metadata.labels, '=')}${mapLines('Annotations', metadata.annotations, ': ')}` +
    `API Version:\t${object.apiVersion}\nKind:\t${object.kind}\n`
  const events = context.showEvents ? 'Events:\t<none>\n' : ''
  return align(`${head}${write(object as unknown as Record<string, unknown>, '', '')}${events}`)
}

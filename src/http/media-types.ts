/**
 * Which form of an answer a client asks for (`Accept`), as apiserver's negotiation reads it: JSON or YAML, whole objects, Tables,
 * metadata alone, aggregated discovery. Protobuf is not spoken.
 */
import { ApiError } from '../api/errors.ts'

export type View = 'object' | 'table' | 'metadata'

export interface Wanted {
  readonly format: 'json' | 'yaml'
  readonly view: View
  /** The client takes plain objects too: what cannot be shown as asked is answered so. */
  readonly aggregated: boolean
}

export const ACCEPTED = ['application/json', 'application/yaml']

interface Clause {
  readonly type: string
  readonly parameters: Readonly<Record<string, string>>
  readonly quality: number
}

function clauses(header: string): Clause[] {
  const found = header.split(',').map((text): Clause => {
    const [type = '', ...rest] = text.split(';').map((p) => p.trim())
    const parameters: Record<string, string> = {}
    for (const part of rest) {
      const at = part.indexOf('=')
      if (at > 0) parameters[part.slice(0, at).toLowerCase()] = part.slice(at + 1)
    }
    const quality = Number(parameters['q'] ?? '1')
    return { type: type.toLowerCase(), parameters, quality: Number.isFinite(quality) ? quality : 0 }
  })
  return found.filter((c) => c.type !== '' && c.quality > 0).sort((a, b) => b.quality - a.quality)
}

function formatOf(type: string): 'json' | 'yaml' | undefined {
  if (type === 'application/json' || type === '*/*' || type === 'application/*') return 'json'
  return type === 'application/yaml' ? 'yaml' : undefined
}

const isMeta = (p: Clause['parameters']): boolean => (p['g'] ?? 'meta.k8s.io') === 'meta.k8s.io' && (p['v'] ?? 'v1') === 'v1'

/** The view a clause asks for; undefined when there is none such. */
function viewOf({ parameters }: Clause): View | 'aggregated' | undefined {
  switch (parameters['as']) {
    case undefined:
      return 'object'
    case 'Table':
      return isMeta(parameters) ? 'table' : undefined
    case 'PartialObjectMetadata':
    case 'PartialObjectMetadataList':
      return isMeta(parameters) ? 'metadata' : undefined
    case 'APIGroupDiscoveryList':
      return parameters['g'] === 'apidiscovery.k8s.io' && parameters['v'] === 'v2' ? 'aggregated' : undefined
    default:
      return undefined
  }
}

/** The first clause that can be met. Throws NotAcceptable where there is none. */
export function negotiate(header: string | undefined): Wanted {
  const asked = clauses(header ?? '')
  if (asked.length === 0) return { format: 'json', view: 'object', aggregated: false }
  for (const clause of asked) {
    const format = formatOf(clause.type)
    const view = viewOf(clause)
    if (format === undefined || view === undefined) continue
    return view === 'aggregated' ? { format: 'json', view: 'object', aggregated: true } : { format, view, aggregated: false }
  }
  throw notAcceptable()
}

function notAcceptable(): ApiError {
  const message = `only the following media types are accepted: ${ACCEPTED.join(', ')}`
  return new ApiError({ kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', message, reason: 'NotAcceptable', code: 406 })
}

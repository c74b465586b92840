/**
 * What kubectl itself decodes of a manifest before it sends it: the metadata (cli-runtime's metadata accessor), with encoding/json's complaints.
 */
const strings = ['generateName', 'name', 'namespace', 'resourceVersion', 'selfLink', 'uid'] as const

function jsonType(value: unknown): string {
  if (Array.isArray(value)) return 'array'
  return typeof value === 'boolean' ? 'bool' : typeof value
}

function mapProblem(field: string, value: unknown): string | undefined {
  const at = `Go struct field ObjectMeta.metadata.${field} of type`
  if (typeof value !== 'object' || Array.isArray(value)) return `${jsonType(value)} into ${at} map[string]string`
  for (const key of Object.keys(value as object)) {
    const item = (value as Record<string, unknown>)[key]
    if (item !== null && typeof item !== 'string') return `${jsonType(item)} into ${at} string`
  }
  return undefined
}

/** What follows `json: cannot unmarshal `, for the first bad field in the document's order; undefined when all is well. */
export function metadataProblem(metadata: unknown): string | undefined {
  if (metadata === undefined || metadata === null) return undefined
  if (typeof metadata !== 'object' || Array.isArray(metadata))
    return `${jsonType(metadata)} into Go struct field metadataOnlyObject.metadata of type v1.ObjectMeta`
  const fields = metadata as Record<string, unknown>
  for (const [field, value] of Object.entries(fields)) {
    if (value === undefined || value === null) continue
    const wrong = field === 'annotations' || field === 'labels' ? mapProblem(field, value) : undefined
    if (wrong !== undefined) return wrong
    if ((strings as readonly string[]).includes(field) && typeof value !== 'string')
      return `${jsonType(value)} into Go struct field ObjectMeta.metadata.${field} of type string`
  }
  return undefined
}

/**
 * Resources that the server answers and stores no object of (reviews, bindings): the kinds do not hold them, so its discovery documents are read.
 */
import { kindSchema } from '../../api/definitions.ts'
import type { KindDefinition } from '../../api/kind.ts'
import { apiVersionOf, groupOf, versionOf } from '../../api/meta.ts'
import type { VerbContext } from '../verb.ts'
import { kindNamed } from './mapper.ts'

interface DiscoveredGroup {
  readonly versions: readonly { readonly groupVersion: string }[]
}
interface DiscoveredResource {
  readonly name: string
  readonly singularName?: string
  readonly kind: string
  readonly namespaced: boolean
  readonly verbs: readonly string[]
}

function read<T>(context: VerbContext, path: string): T | undefined {
  const answer = context.host.path(path, context.kube.target.access)
  return answer.code >= 400 ? undefined : (answer.body as T)
}

/** What one group and version serve, by its own document. */
function resourcesOf(context: VerbContext, apiVersion: string): readonly KindDefinition[] {
  const root = apiVersion.includes('/') ? 'apis' : 'api'
  const found = read<{ resources?: readonly DiscoveredResource[] }>(context, `/${root}/${apiVersion}`)?.resources ?? []
  return found
    .filter((resource) => !resource.name.includes('/'))
    .map((resource) => ({
      group: groupOf(apiVersion),
      version: versionOf(apiVersion),
      kind: resource.kind,
      resource: resource.name,
      singular: resource.singularName ?? resource.kind.toLowerCase(),
      namespaced: resource.namespaced,
      verbs: resource.verbs,
      shortNames: [],
      categories: [],
      schema: kindSchema(groupOf(apiVersion), versionOf(apiVersion), resource.kind) ?? {},
      subresources: {},
      columns: [],
    }))
}

/** Everything served by groups of which no object is stored. */
export function unstoredKinds(context: VerbContext): readonly KindDefinition[] {
  const known = new Set(context.kube.kinds.all.map((kind) => apiVersionOf(kind.group, kind.version)))
  const groups = read<{ groups?: readonly DiscoveredGroup[] }>(context, '/apis')?.groups ?? []
  return groups
    .flatMap((group) => group.versions.map((v) => v.groupVersion))
    .filter((name) => !known.has(name))
    .flatMap((name) => resourcesOf(context, name))
}

/** The kind an object says it is, if the server serves it at all. */
export const servedKind = (context: VerbContext, apiVersion: string, kind: string): KindDefinition | undefined =>
  context.kube.kinds.byKind(apiVersion, kind) ?? resourcesOf(context, apiVersion).find((found) => found.kind === kind)

/** The kind of that name, among those of which no object is stored too. Throws CommandError for a name nobody serves. */
export function servedResource(context: VerbContext, typed: string): KindDefinition {
  const found = context.kube.kinds.resolve(typed)
  if (found !== undefined) return found
  const [name, ...group] = typed.toLowerCase().split('.')
  const fits = (kind: KindDefinition): boolean =>
    [kind.resource, kind.singular].includes(name!) && (group.length === 0 || kind.group === group.join('.'))
  return unstoredKinds(context).find(fits) ?? kindNamed(context.kube.kinds, typed)
}

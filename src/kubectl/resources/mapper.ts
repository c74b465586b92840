/**
 * From what a person types (`po`, `deploy.apps`, `all`) to kinds.
 */
import type { KindDefinition } from '../../api/kind.ts'
import type { KindRegistry } from '../../api/registry.ts'
import { CommandError } from '../errors.ts'

/** The kind, or kubectl's error for a name nobody serves. */
export function kindNamed(kinds: KindRegistry, typed: string): KindDefinition {
  const found = kinds.resolve(typed)
  if (found === undefined) throw new CommandError(`the server doesn't have a resource type ${JSON.stringify(typed.split('.')[0])}`)
  return found
}

/** `all` and other categories stand for their kinds; everything else is itself. */
export function expandCategories(kinds: KindRegistry, typed: string): readonly string[] {
  const members = kinds.all.filter((kind) => kind.categories.includes(typed) && kind.verbs.includes('list') && kind.verbs.includes('get'))
  if (members.length === 0) return [typed]
  const seen = new Set<string>()
  const out: string[] = []
  for (const kind of members) {
    const name = kind.group === '' ? kind.resource : `${kind.resource}.${kind.group}`
    if (!seen.has(name)) out.push(name)
    seen.add(name)
  }
  return out
}

/** `deployment.apps/web`, `pod/web`: how kubectl names an object in its messages. */
export const nameOf = (kind: Pick<KindDefinition, 'group' | 'kind'>, name: string): string =>
  `${kind.kind.toLowerCase()}${kind.group === '' ? '' : `.${kind.group}`}/${name}`

/** `deployments.apps`. */
export const resourceOf = (kind: Pick<KindDefinition, 'group' | 'resource'>): string =>
  kind.group === '' ? kind.resource : `${kind.resource}.${kind.group}`

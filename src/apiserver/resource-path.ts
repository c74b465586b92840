/**
 * URL paths of resources, taken apart as the API server's RequestInfo does it: group, version, namespace, resource, name, subresource.
 */
import type { Verb } from './contract.ts'

export interface ResourcePath {
  readonly group: string
  readonly version: string
  readonly resource: string
  readonly namespace?: string
  readonly name?: string
  readonly subresource?: string
  /** What follows the subresource (`…/proxy/a/b`), with its slash; '' where nothing does. */
  readonly rest: string
  /** The deprecated `/watch/` form. */
  readonly watch: boolean
}

/** `namespaces/x/status` is a part of the namespace, `namespaces/x/pods` something in it. */
const PARTS_OF_NAMESPACES = new Set(['status', 'finalize'])

function decoded(segments: readonly string[]): string[] | undefined {
  try {
    return segments.map(decodeURIComponent)
  } catch {
    return undefined
  }
}

/** Undefined where the path names no resource (`/version`, `/api/v1`). */
export function parseResourcePath(pathname: string): ResourcePath | undefined {
  const segments = decoded(pathname.split('/').filter((s) => s !== ''))
  if (segments === undefined) return undefined
  const [root] = segments
  const from = root === 'api' ? 2 : root === 'apis' ? 3 : undefined
  if (from === undefined || segments.length <= from) return undefined
  const group = root === 'api' ? '' : segments[1]!
  const version = segments[from - 1]!
  let parts = segments.slice(from)
  const watch = parts[0] === 'watch' && parts.length > 1
  if (watch) parts = parts.slice(1)
  let namespace: string | undefined
  if (parts[0] === 'namespaces' && parts.length > 2 && !PARTS_OF_NAMESPACES.has(parts[2]!)) {
    namespace = parts[1]!
    parts = parts.slice(2)
  }
  const [resource, name, subresource, ...rest] = parts
  return {
    group,
    version,
    resource: resource!,
    ...(namespace !== undefined && { namespace }),
    ...(name !== undefined && { name }),
    ...(subresource !== undefined && { subresource }),
    rest: rest.length === 0 ? '' : `/${rest.join('/')}`,
    watch,
  }
}

/** What a method asks of a resource; undefined for a method that no resource has. */
export function verbOf(method: string, path: ResourcePath, watching: boolean): Verb | undefined {
  switch (method) {
    case 'GET':
    case 'HEAD':
      if (path.watch || (watching && path.subresource === undefined)) return 'watch'
      return path.name === undefined ? 'list' : 'get'
    case 'POST':
      return 'create'
    case 'PUT':
      return 'update'
    case 'PATCH':
      return 'patch'
    case 'DELETE':
      return path.name === undefined ? 'deletecollection' : 'delete'
    default:
      return undefined
  }
}

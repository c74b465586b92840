/** Image references (distribution/reference): `nginx`, `bitnami/nginx:1.25`, `registry.k8s.io/pause@sha256:…`. */

export interface ImageReference {
  readonly registry: string
  readonly repository: string
  readonly tag: string
  readonly digest?: string
}

/** Splits a reference and fills in what Docker Hub implies. Undefined when it is no reference. */
export function parseReference(text: string): ImageReference | undefined {
  const at = text.indexOf('@')
  const digest = at >= 0 ? text.slice(at + 1) : undefined
  const name = at >= 0 ? text.slice(0, at) : text
  const slash = name.lastIndexOf('/')
  const colon = name.indexOf(':', slash + 1)
  const path = colon >= 0 ? name.slice(0, colon) : name
  const tag = colon >= 0 ? name.slice(colon + 1) : 'latest'
  if (!/^[a-z0-9]+([._:/-]+[a-z0-9]+)*$/.test(path) || !/^\w[\w.-]{0,127}$/.test(tag)) return undefined
  const first = path.slice(0, path.indexOf('/'))
  const hasRegistry = path.includes('/') && (first.includes('.') || first.includes(':') || first === 'localhost')
  const registry = hasRegistry ? first : 'docker.io'
  const rest = hasRegistry ? path.slice(first.length + 1) : path
  const repository = registry === 'docker.io' && !rest.includes('/') ? `library/${rest}` : rest
  return { registry, repository, tag, ...(digest && { digest }) }
}

export const canonical = (r: ImageReference): string => `${r.registry}/${r.repository}:${r.tag}`
